//! Tables for spreadsheets: what a program that opens them would take for a formula, and how a table is written so that
//! it takes nothing for one (<https://owasp.org/www-community/attacks/CSV_Injection>).

use std::borrow::Cow;

/// Excel reads the full-width forms too.
const STARTS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Whether a spreadsheet may compute this cell instead of showing it. Some pass over spaces at its beginning.
pub fn computes(cell: &str) -> bool {
    cell.starts_with(STARTS) || cell.trim_start().starts_with(STARTS)
}

/// The cell as every spreadsheet shows it and none computes it: with an apostrophe before it where that is needed.
pub fn csv_safe(cell: &str) -> Cow<'_, str> {
    if computes(cell) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// A table as CSV (RFC 4180): quoted where needed, with safe cells, and with the mark at its beginning by which
/// spreadsheets know UTF-8.
///
/// # Errors
/// None in practice: it is written to memory, and each row has as many cells as the header.
pub fn to_csv<const N: usize>(
    header: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Result<String, std::io::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".into());
    writer.write_record(header)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| csv_safe(cell).into_owned()))?;
    }
    let bytes: Vec<u8> = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    String::from_utf8(bytes).map_err(std::io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_would_be_computed_get_an_apostrophe() {
        for cell in
            ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u{a0}=1", "＝1", "=cmd|'/c calc'!A0"]
        {
            assert_eq!(csv_safe(cell), format!("'{cell}"));
        }
        for cell in ["", "Ada", "a=b", "1-2", "'=1", "ada@example.org", " Ada"] {
            assert_eq!(csv_safe(cell), cell);
        }
    }

    #[test]
    fn a_table_is_quoted_where_needed_and_safe() {
        let rows =
            [["Ada \"the first\", Lovelace".to_owned(), "=1+1".to_owned()], ["Łucja\nB".to_owned(), String::new()]];
        let table = to_csv(["name", "note"], rows).unwrap();
        assert_eq!(table, "\u{feff}name,note\r\n\"Ada \"\"the first\"\", Lovelace\",'=1+1\r\n\"Łucja\nB\",\r\n");
    }

    #[test]
    fn a_table_without_rows_is_its_header() {
        assert_eq!(to_csv(["a", "b"], []).unwrap(), "\u{feff}a,b\r\n");
    }
}
