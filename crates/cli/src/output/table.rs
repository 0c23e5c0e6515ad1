//! Tables without lines: they read well, and `cut` and `awk` read them too.

use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Cell, Color, ContentArrangement};

use super::Output;
use super::text::plain;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colour {
    Green,
    Yellow,
    Red,
    Cyan,
    Faint,
}

/// Rows under a header. What a cell holds is made harmless here, so no caller can forget it.
pub(crate) struct Table {
    header: Vec<&'static str>,
    rows: Vec<Vec<Text>>,
}

pub(crate) struct Text {
    text: String,
    colour: Option<Colour>,
}

pub(crate) fn cell(text: impl Into<String>, colour: Option<Colour>) -> Text {
    Text { text: text.into(), colour }
}

impl<T: Into<String>> From<T> for Text {
    fn from(text: T) -> Self {
        cell(text, None)
    }
}

impl Table {
    pub(crate) fn new<const N: usize>(header: [&'static str; N]) -> Self {
        Self { header: header.to_vec(), rows: Vec::new() }
    }

    pub(crate) fn row<const N: usize>(&mut self, row: [Text; N]) {
        self.rows.push(row.into());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// As wide as its content in a pipe; within the window's width on a terminal.
    pub(crate) fn render(&self, output: &Output) -> String {
        let mut table = comfy_table::Table::new();
        table.load_style(NOTHING);
        if output.terminal {
            table.set_content_arrangement(ContentArrangement::Dynamic);
        } else {
            table.force_no_tty();
        }
        table.set_header(self.header.iter().map(|title| {
            let title = Cell::new(title.to_uppercase());
            if output.colour { title.add_attribute(Attribute::Bold) } else { title }
        }));
        table.add_rows(self.rows.iter().map(|row| row.iter().map(|cell| styled(cell, output.colour))));
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        table.trim_fmt()
    }
}

fn styled(text: &Text, colours: bool) -> Cell {
    // An empty cell would shift its row for programs that count words.
    let shown = if text.text.is_empty() { "-".to_owned() } else { plain(&text.text) };
    let cell = Cell::new(shown);
    match text.colour.filter(|_| colours) {
        Some(Colour::Green) => cell.fg(Color::Green),
        Some(Colour::Yellow) => cell.fg(Color::Yellow),
        Some(Colour::Red) => cell.fg(Color::Red),
        Some(Colour::Cyan) => cell.fg(Color::Cyan),
        Some(Colour::Faint) => cell.add_attribute(Attribute::Dim),
        None => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIPE: Output = Output { json: false, terminal: false, colour: false };

    #[test]
    fn a_row_is_one_line_without_escapes_in_a_pipe() {
        let mut table = Table::new(["name", "state"]);
        table.row([cell("Ada\u{1b}[31m\nLovelace", Some(Colour::Red)), "working".into()]);
        table.row(["".into(), "x".repeat(300).into()]);
        let text = table.render(&PIPE);
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(!text.contains('\u{1b}'));
        assert!(text.lines().nth(2).unwrap().starts_with("-  "), "{text}");
    }
}
