//! Text that somebody else wrote, made harmless for a terminal.

use serde_json::Value;

/// One line without anything that moves a cursor, changes a colour or turns the direction of writing: names come from
/// rosters and join links, and a terminal obeys what is printed to it.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).map(shown).collect()
}

/// Several lines: each harmless, the breaks between them kept.
pub(super) fn plain_lines(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { c } else { shown(c) }).collect()
}

fn shown(c: char) -> char {
    if c.is_control() || turns_direction(c) { char::REPLACEMENT_CHARACTER } else { c }
}

/// Unicode's bidirectional controls (UAX #9, table 1) and the line and paragraph separators.
pub(super) fn turns_direction(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A value of a document in words.
pub(crate) fn plain_value(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) => plain(text),
        Value::Array(items) => items.iter().map(plain_value).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => match ["display_name", "name", "slug", "id"].iter().find_map(|key| fields.get(*key)) {
            Some(named) => plain_value(named),
            None => plain(&value.to_string()),
        },
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        let name = plain("Ada\u{1b}[2J\u{7}\u{9b}31m\r\n\u{202e}ecalevoL");
        assert!(!name.chars().any(|c| c.is_control() || turns_direction(c)), "{name:?}");
        assert!(name.starts_with("Ada\u{fffd}[2J"), "{name}");
    }

    #[test]
    fn names_of_the_world_stay_as_they_are() {
        for name in ["Ada Lovelace", "José Ñandú", "李娜", "Zoë 🙂", "علي"] {
            assert_eq!(plain(name), name);
        }
    }
}
