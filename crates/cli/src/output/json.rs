//! JSON as this program prints it: always valid, and harmless on a terminal.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

use super::text::turns_direction;

/// JSON escapes C0 control characters only; terminals obey others too.
struct Harmless<F>(F);

impl<F: Formatter> Formatter for Harmless<F> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut done = 0;
        for (at, c) in fragment.char_indices().filter(|(_, c)| c.is_control() || turns_direction(*c)) {
            writer.write_all(&fragment.as_bytes()[done..at])?;
            write!(writer, "\\u{:04x}", u32::from(c))?;
            done = at + c.len_utf8();
        }
        writer.write_all(&fragment.as_bytes()[done..])
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

fn printed(document: &Value, formatter: impl Formatter) -> String {
    let mut bytes = Vec::new();
    match document.serialize(&mut Serializer::with_formatter(&mut bytes, Harmless(formatter))) {
        Ok(()) => String::from_utf8_lossy(&bytes).into_owned(),
        // Writing a value into memory has no way to fail.
        Err(_) => document.to_string(),
    }
}

pub(crate) fn pretty(document: &Value) -> String {
    printed(document, PrettyFormatter::new())
}

pub(crate) fn one_line(document: &Value) -> String {
    printed(document, CompactFormatter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn no_control_character_is_printed_and_none_is_lost() {
        let document = json!({ "name": "a\u{9b}31m\u{7f}\u{202e}\u{1b}\"ü\"", "list": [1, {}] });
        for text in [one_line(&document), pretty(&document)] {
            assert!(!text.chars().any(|c| c != '\n' && (c.is_control() || turns_direction(c))), "{text:?}");
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), document);
        }
        assert!(!one_line(&document).contains('\n'));
    }
}
