//! What a check has to say: the first line of its output that is not empty, as a terminal would show it.

use std::sync::{Arc, Mutex, PoisonError};

use avt::{Line, Vt};

/// A message is looked for in so much of the output.
const HEAD_BYTES: usize = 4 * 1024;
/// `docs/protocol.md`, section 2.
const MOST_CHARACTERS: usize = 500;

/// The beginning of an output of any length.
#[derive(Clone, Default)]
pub(super) struct Head(Arc<Mutex<Vec<u8>>>);

impl Head {
    pub(super) fn push(&self, bytes: &[u8]) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = HEAD_BYTES.saturating_sub(kept.len()).min(bytes.len());
        kept.extend_from_slice(&bytes[..room]);
    }

    pub(super) fn first_line(&self) -> Option<String> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&kept).lines().map(shown).find(|line| !line.is_empty())
    }
}

/// The line without its colours, movements of the cursor and other controls; at most 500 characters of it.
fn shown(line: &str) -> String {
    let mut terminal = Vt::new(MOST_CHARACTERS, 1);
    terminal.feed_str(line);
    let text = terminal.lines().next().map(Line::text).unwrap_or_default();
    text.chars().filter(|character| !character.is_control()).take(MOST_CHARACTERS).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_line(output: &[u8]) -> Option<String> {
        let head = Head::default();
        output.chunks(7).for_each(|bytes| head.push(bytes));
        head.first_line()
    }

    #[test]
    fn the_first_line_that_is_not_empty_is_kept() {
        assert_eq!(first_line(b"\n  \r\n\t\nThere is no report yet.\r\nmore\n").unwrap(), "There is no report yet.");
        assert_eq!(first_line(b"\n \n"), None);
        assert_eq!(first_line(b""), None);
    }

    #[test]
    fn it_reads_as_a_terminal_shows_it() {
        assert_eq!(first_line(b"\x1b[1;31mnot\x1b[0m \x07yet\x1b]0;title\x07").unwrap(), "not yet");
        assert_eq!(first_line(b"\x1b[2J\x1b[m\nthen this").unwrap(), "then this");
        assert_eq!(first_line("schön \u{9b}1mgrün".as_bytes()).unwrap(), "schön grün");
        assert_eq!(first_line(b"not \xff utf-8").unwrap(), "not \u{fffd} utf-8");
    }

    #[test]
    fn an_endless_line_is_cut() {
        assert_eq!(first_line("ä".repeat(9000).as_bytes()).unwrap(), "ä".repeat(500));
        assert_eq!(first_line("好".repeat(9000).as_bytes()).unwrap().chars().count(), 250);
    }
}
