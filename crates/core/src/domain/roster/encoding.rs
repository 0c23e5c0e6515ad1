//! Bytes to text. Spreadsheet programs save CSV in whatever their system once used, and rarely say so.

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use serde::Serialize;
use utoipa::ToSchema;

use super::RosterProblem;

/// As much is looked at to tell UTF-16 without its mark.
const SAMPLE_BYTES: usize = 4096;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub enum Encoding {
    #[serde(rename = "UTF-8")]
    Utf8,
    #[serde(rename = "UTF-16LE")]
    Utf16Le,
    #[serde(rename = "UTF-16BE")]
    Utf16Be,
    #[serde(rename = "windows-1252")]
    Windows1252,
}

/// What other files begin with.
const OTHERS: [(&[u8], &str); 6] = [
    (b"PK\x03\x04", "an Excel or OpenDocument file"),
    (b"\xd0\xcf\x11\xe0", "an Excel file"),
    (b"%PDF", "a PDF file"),
    (b"{\\rtf", "a text document"),
    (b"\xff\xfe\0\0", "text in UTF-32"),
    (b"\0\0\xfe\xff", "text in UTF-32"),
];

/// The text without its mark, its encoding, and what is doubtful about it. Characters that cannot be read become U+FFFD:
/// the rows that need them will say so.
pub(super) fn decode(bytes: &[u8]) -> Result<(String, Encoding, Vec<String>), RosterProblem> {
    if let Some((_, what)) = OTHERS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Err(RosterProblem::NotText { what });
    }
    let (encoding, rest) = recognise(bytes)?;
    let mut notices = Vec::new();
    let text = match encoding {
        Encoding::Utf8 => String::from_utf8_lossy(rest),
        Encoding::Utf16Le => UTF_16LE.decode_without_bom_handling(rest).0,
        Encoding::Utf16Be => UTF_16BE.decode_without_bom_handling(rest).0,
        Encoding::Windows1252 => {
            notices.push("the file is not in UTF-8; it was read as Windows-1252: check names with accents".to_owned());
            WINDOWS_1252.decode_without_bom_handling(rest).0
        }
    };
    if text.trim().is_empty() {
        return Err(RosterProblem::Empty);
    }
    Ok((text.into_owned(), encoding, notices))
}

fn recognise(bytes: &[u8]) -> Result<(Encoding, &[u8]), RosterProblem> {
    let marks: [(&[u8], Encoding); 3] =
        [(b"\xef\xbb\xbf", Encoding::Utf8), (b"\xff\xfe", Encoding::Utf16Le), (b"\xfe\xff", Encoding::Utf16Be)];
    for (mark, encoding) in marks {
        if let Some(rest) = bytes.strip_prefix(mark) {
            return Ok((encoding, rest));
        }
    }
    if bytes.contains(&0) {
        let encoding = utf_16(bytes).ok_or(RosterProblem::NotText { what: "a file with binary data" })?;
        return Ok((encoding, bytes));
    }
    let encoding = if std::str::from_utf8(bytes).is_ok() { Encoding::Utf8 } else { Encoding::Windows1252 };
    Ok((encoding, bytes))
}

/// Commas, line breaks, at signs and Latin letters have a zero byte in UTF-16, and it is always the same one of the two.
fn utf_16(bytes: &[u8]) -> Option<Encoding> {
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    let zeros = |position| sample.iter().skip(position).step_by(2).filter(|byte| **byte == 0).count();
    let enough = sample.len() / 2 / 20;
    match (zeros(0), zeros(1)) {
        (0, second) if second > enough => Some(Encoding::Utf16Le),
        (first, 0) if first > enough => Some(Encoding::Utf16Be),
        _ => None,
    }
}
