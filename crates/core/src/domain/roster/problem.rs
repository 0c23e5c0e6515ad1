//! What is wrong with a roster, where, and what to do about it.

use serde::Serialize;
use utoipa::ToSchema;

use super::{MAX_ROSTER_BYTES, MAX_ROSTER_ROWS};

/// Cells are quoted in messages, and shown in previews, no longer than this.
const SHOWN_CHARS: usize = 80;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RosterField)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    DisplayName,
    Name,
    Email,
    ExtraTimePercent,
    /// The row as a whole.
    Row,
}

/// What is wrong with one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RowProblem)]
pub struct Problem {
    pub field: Field,
    pub problem: String,
    /// What to change in the file.
    pub fix: String,
}

impl Problem {
    pub(super) fn new(field: Field, problem: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { field, problem: problem.into(), fix: fix.into() }
    }

    pub(super) fn duplicate(field: Field, value: &str, line: u64) -> Self {
        let fix = "remove one of the two rows, or give each person their own";
        Self::new(field, format!("{} is already in row {line}", shown(value)), fix)
    }
}

/// What is wrong with a file as a whole. The message says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RosterProblem {
    #[error("the file is larger than {} MB; a roster holds names and addresses only", MAX_ROSTER_BYTES >> 20)]
    TooLarge,
    #[error("the file has more than {MAX_ROSTER_ROWS} rows; split it and import one part after the other")]
    TooManyRows,
    #[error("the file is empty")]
    Empty,
    #[error("there are no people below the headings")]
    NoRows,
    #[error("this is {what}, not a CSV file; open it in a spreadsheet program and save it as \"CSV UTF-8\"")]
    NotText { what: &'static str },
    #[error("a quotation mark opens in row {line} and is never closed; close it or remove it")]
    OpenQuote { line: u64 },
    #[error("no column can be recognised ({found}); write headings into the first row, such as: name, e-mail")]
    NoHeadings { found: String },
    #[error(
        "no column holds people's names ({found}); give it the heading \"name\", or \"first name\" and \"last name\""
    )]
    NoNames { found: String },
    #[error("the columns {first:?} and {second:?} both hold the {what}; remove one of them or change its heading")]
    TwoColumns { what: &'static str, first: String, second: String },
}

/// A cell in a message or a preview: one short line, whatever is in it.
pub(super) fn shown(cell: &str) -> String {
    let mut words = String::new();
    for word in cell.split_whitespace() {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
        if words.len() > 4 * SHOWN_CHARS {
            break;
        }
    }
    let printable = words.chars().map(|c| if is_invisible(c) { '\u{fffd}' } else { c });
    let mut short: String = printable.clone().take(SHOWN_CHARS).collect();
    if printable.count() > SHOWN_CHARS {
        short.push('…');
    }
    short
}

/// Control characters, and what turns text round or hides in it. Joiners stay: scripts of India and Persia need them.
pub(super) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
