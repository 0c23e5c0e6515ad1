//! Text to rows of cells.

use serde::Serialize;
use utoipa::ToSchema;

use super::RosterProblem;
use super::headings::Heading;
use super::person::is_email;

/// Rows that are looked at to find the delimiter.
const SAMPLE_ROWS: usize = 30;
/// Stands after the text. Where it is not a row of its own, a quotation mark before it is still open.
const END: &str = "\u{1}end";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub enum Delimiter {
    #[serde(rename = ",")]
    Comma,
    #[serde(rename = ";")]
    Semicolon,
    #[serde(rename = "\t")]
    Tab,
}

impl Delimiter {
    const ALL: [Self; 3] = [Self::Comma, Self::Semicolon, Self::Tab];

    fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }

    /// The name in messages.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Comma => "commas",
            Self::Semicolon => "semicolons",
            Self::Tab => "tabs",
        }
    }
}

/// A row that has any text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// From 1; the line it begins in.
    pub(super) line: u64,
    pub(super) cells: Vec<String>,
}

impl Record {
    pub(super) fn cell(&self, index: usize) -> &str {
        self.cells.get(index).map_or("", String::as_str)
    }
}

/// The first rows, at least one and at most `limit` and one more.
pub(super) fn parse(text: &str, limit: usize) -> Result<(Vec<Record>, Delimiter), RosterProblem> {
    // Line breaks of old Macs.
    let old = text.contains('\r') && !text.contains('\n');
    let text = if old { text.replace('\r', "\n") } else { text.to_owned() };
    let (named, skipped) = named_delimiter(&text);
    let body = &text[skipped..];
    let delimiter = named.unwrap_or_else(|| likeliest(body));
    let first_line = if skipped > 0 { 2 } else { 1 };
    let (records, open) = records(body, delimiter, first_line, limit);
    match open {
        Some(line) => Err(RosterProblem::OpenQuote { line }),
        None if records.is_empty() => Err(RosterProblem::Empty),
        None => Ok((records, delimiter)),
    }
}

/// Excel's own way to say it, in a first line `sep=;`; and where the next line begins.
fn named_delimiter(text: &str) -> (Option<Delimiter>, usize) {
    let line = text.split_inclusive('\n').next().unwrap_or_default();
    let named = line.trim_matches(['\r', '\n', '"']).strip_prefix("sep=");
    let is = |delimiter: &Delimiter| named.is_some_and(|named| named.as_bytes() == [delimiter.byte()]);
    match Delimiter::ALL.into_iter().find(is) {
        Some(delimiter) => (Some(delimiter), line.len()),
        None => (None, 0),
    }
}

/// The delimiter under which the most headings and addresses stand alone in their cells, and rows are of one length.
fn likeliest(text: &str) -> Delimiter {
    let score = |delimiter: &Delimiter| {
        let (sample, _) = records(text, *delimiter, 1, SAMPLE_ROWS);
        let headings =
            sample.first().map_or(0, |first| first.cells.iter().filter(|cell| Heading::of(cell).is_some()).count());
        let emails = sample.iter().flat_map(|record| &record.cells).filter(|cell| is_email(cell.trim())).count();
        let width = sample.first().map_or(0, |first| first.cells.len());
        let even = sample.iter().filter(|record| width > 1 && record.cells.len() == width).count();
        (headings, emails, even, width)
    };
    // Of equal ones the last would be chosen.
    Delimiter::ALL.into_iter().rev().max_by_key(score).unwrap_or(Delimiter::Comma)
}

/// Rows with any text, and the line in which a quotation mark opens that is never closed.
fn records(text: &str, delimiter: Delimiter, first_line: u64, limit: usize) -> (Vec<Record>, Option<u64>) {
    let whole = format!("{text}\n{END}\n");
    let mut builder = csv::ReaderBuilder::new();
    let mut reader =
        builder.has_headers(false).flexible(true).delimiter(delimiter.byte()).from_reader(whole.as_bytes());
    let (mut records, mut last) = (Vec::new(), None);
    let mut lines = Lines { text: whole.as_bytes(), counted: 0, line: first_line };
    for record in reader.records() {
        // Text cannot fail to be read as text.
        let Ok(record) = record else { break };
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        if cells == [END] {
            return (records, None);
        }
        let line = lines.of(record.position().map_or(0, csv::Position::byte));
        last = Some(line);
        if cells.iter().all(|cell| cell.chars().all(is_blank)) {
            continue;
        }
        records.push(Record { line, cells });
        if records.len() > limit {
            return (records, None);
        }
    }
    (records, last)
}

/// Spreadsheets write empty rows as delimiters, of whichever kind.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | ';')
}

/// Counts lines up to places that come one after another.
struct Lines<'a> {
    text: &'a [u8],
    counted: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the first text at or after this place: the reader counts the empty lines before a row to the row.
    fn of(&mut self, place: u64) -> u64 {
        let place = usize::try_from(place).unwrap_or(usize::MAX).min(self.text.len());
        let empty = self.text[place..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let begins = place + empty;
        let breaks = self.text[self.counted.min(begins)..begins].iter().filter(|byte| **byte == b'\n').count();
        self.counted = begins;
        self.line += breaks as u64;
        self.line
    }
}
