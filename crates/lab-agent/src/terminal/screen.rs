//! What the terminal shows, kept so that a browser which comes (back) can be drawn the same.

use std::collections::VecDeque;
use std::fmt::Write;

use avt::{Color, Line, Pen, Vt};

use super::messages::Size;

const MOST_LINES: usize = 2000;
const MOST_BYTES: usize = 1024 * 1024;
/// Erase scrollback, and full reset.
const CLEARING: [&str; 2] = ["\x1b[3J", "\x1bc"];
/// Modes are set and reset so; among them the change between main and alternate screen.
const PRIVATE_MODE: &str = "\x1b[?";

/// Screen, scrollback and input modes. `avt` knows both screen buffers, cursor and pen; `vt100` knows the input modes
/// (bracketed paste, mouse, keypad), which `avt` does not keep.
pub(super) struct Screen {
    vt: Vt,
    modes: vt100::Parser,
    scrollback: VecDeque<String>,
    scrollback_bytes: usize,
    undecoded: Vec<u8>,
}

impl Screen {
    pub(super) fn new(size: Size) -> Self {
        Self {
            vt: Vt::builder().size(size.cols.into(), size.rows.into()).scrollback_limit(0).build(),
            modes: vt100::Parser::default(),
            scrollback: VecDeque::new(),
            scrollback_bytes: 0,
            undecoded: Vec::new(),
        }
    }

    pub(super) fn resize(&mut self, size: Size) {
        let left: Vec<Line> = self.vt.resize(size.cols.into(), size.rows.into()).scrollback.collect();
        self.keep(&left);
    }

    /// Takes output and returns as much of it as ends with a whole character: exactly what viewers are to be sent,
    /// so that a snapshot and the output after it meet without a gap.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> String {
        let text = self.decode(bytes);
        for piece in pieces(&text) {
            let left: Vec<Line> = self.vt.feed_str(piece).scrollback.collect();
            if CLEARING.iter().any(|sequence| piece.starts_with(sequence)) {
                self.scrollback.clear();
                self.scrollback_bytes = 0;
            }
            self.keep(&left);
        }
        self.modes.process(text.as_bytes());
        text
    }

    /// Draws scrollback and screen on a terminal of the same size that has just been reset.
    pub(super) fn snapshot(&self) -> String {
        let (_, rows) = self.vt.size();
        let mut drawing = String::with_capacity(self.scrollback_bytes + 16 * 1024);
        for line in &self.scrollback {
            drawing.push_str(line);
            drawing.push_str("\r\n");
        }
        if !self.scrollback.is_empty() {
            // Exactly what it takes to move every line above out of the screen.
            drawing.extend(std::iter::repeat_n('\n', rows - 1));
            drawing.push_str("\x1b[H");
        }
        // Single-character controls are not understood by every terminal when they come as UTF-8.
        drawing.push_str(&self.vt.dump().replace('\u{9b}', "\x1b["));
        drawing.push_str(&String::from_utf8_lossy(&self.modes.screen().input_mode_formatted()));
        drawing
    }

    fn decode(&mut self, bytes: &[u8]) -> String {
        self.undecoded.extend_from_slice(bytes);
        let mut text = String::with_capacity(self.undecoded.len());
        let mut rest = 0;
        for chunk in self.undecoded.utf8_chunks() {
            text.push_str(chunk.valid());
            rest += chunk.valid().len();
            let invalid = chunk.invalid();
            let is_tail = rest + invalid.len() == self.undecoded.len();
            if is_tail && std::str::from_utf8(invalid).is_err_and(|error| error.error_len().is_none()) {
                break;
            }
            if !invalid.is_empty() {
                text.push(char::REPLACEMENT_CHARACTER);
            }
            rest += invalid.len();
        }
        self.undecoded.drain(..rest);
        text
    }

    fn keep(&mut self, lines: &[Line]) {
        for line in lines {
            let drawn = draw(line);
            self.scrollback_bytes += drawn.len();
            self.scrollback.push_back(drawn);
        }
        while self.scrollback.len() > MOST_LINES || self.scrollback_bytes > MOST_BYTES {
            let Some(oldest) = self.scrollback.pop_front() else {
                break;
            };
            self.scrollback_bytes -= oldest.len();
        }
    }
}

/// Cuts before everything that changes what becomes of lines leaving the screen: `avt` hands them out at the end of
/// a piece, and only while the main screen is shown.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let cuts = text.match_indices('\x1b').map(|(place, _)| place).filter(|place| {
        let rest = &text[*place..];
        rest.starts_with(PRIVATE_MODE) || CLEARING.iter().any(|sequence| rest.starts_with(sequence))
    });
    let ends = cuts.chain([text.len()]);
    let mut start = 0;
    ends.map(move |end| &text[std::mem::replace(&mut start, end)..end]).filter(|piece| !piece.is_empty())
}

/// A line of the scrollback with its colours, without the blanks at its end.
fn draw(line: &Line) -> String {
    let mut drawn = String::new();
    let used = line.cells().iter().rposition(|cell| !cell.is_default()).map_or(0, |last| last + 1);
    let mut pen = Pen::default();
    for cell in line.cells()[..used].iter().filter(|cell| cell.width() > 0) {
        if *cell.pen() != pen {
            pen = *cell.pen();
            drawn.push_str(&select(&pen));
        }
        drawn.push(cell.char());
    }
    if !pen.is_default() {
        drawn.push_str("\x1b[m");
    }
    drawn
}

/// The SGR sequence (ECMA-48, 8.3.117) that selects this pen.
fn select(pen: &Pen) -> String {
    let mut sequence = String::from("\x1b[0");
    let attributes = [
        (pen.is_bold(), ";1"),
        (pen.is_faint(), ";2"),
        (pen.is_italic(), ";3"),
        (pen.is_underline(), ";4"),
        (pen.is_blink(), ";5"),
        (pen.is_inverse(), ";7"),
        (pen.is_strikethrough(), ";9"),
    ];
    sequence.extend(attributes.into_iter().filter(|(set, _)| *set).map(|(_, code)| code));
    for (color, base) in [(pen.foreground(), 38), (pen.background(), 48)] {
        // Writing to a string does not fail.
        let _ = match color {
            None => Ok(()),
            Some(Color::Indexed(index)) => write!(sequence, ";{base};5;{index}"),
            Some(Color::RGB(rgb)) => write!(sequence, ";{base};2;{};{};{}", rgb.r, rgb.g, rgb.b),
        };
    }
    sequence.push('m');
    sequence
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size { cols: 20, rows: 5 };

    fn shown(bytes: &str) -> Vt {
        let mut vt = Vt::builder().size(20, 5).build();
        vt.feed_str(bytes);
        vt
    }

    fn text(vt: &Vt) -> Vec<String> {
        vt.lines().map(|line| line.text().trim_end().to_owned()).collect()
    }

    #[test]
    fn a_snapshot_draws_scrollback_and_screen() {
        let mut screen = Screen::new(SIZE);
        for line in 1..=12 {
            screen.feed(format!("\x1b[3{}mline {line}\x1b[m\r\n", line % 8).as_bytes());
        }
        let copy = shown(&screen.snapshot());
        let expected: Vec<String> = (1..=12).map(|line| format!("line {line}")).chain([String::new()]).collect();
        assert_eq!(text(&copy), expected);
        assert_eq!(copy.line(0).cells()[0].pen().foreground(), Some(Color::Indexed(1)));
        assert_eq!((copy.cursor().col, copy.cursor().row), (0, 4));
    }

    #[test]
    fn a_full_screen_program_and_what_it_covers_both_survive() {
        let mut screen = Screen::new(SIZE);
        screen.feed(b"before\r\n\x1b[?1049h\x1b[2J\x1b[H\x1b[?2004h\x1b[?1heditor");
        let snapshot = screen.snapshot();
        assert!(snapshot.contains("\x1b[?2004h") && snapshot.contains("\x1b[?1h"));
        let mut copy = shown(&snapshot);
        assert_eq!(text(&copy)[0], "editor");
        copy.feed_str("\x1b[?1049l");
        assert_eq!(text(&copy)[0], "before");
    }

    #[test]
    fn lines_leave_the_screen_right_before_it_changes() {
        let mut screen = Screen::new(SIZE);
        screen.feed(b"1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n\x1b[?1049heditor");
        let mut copy = shown(&screen.snapshot());
        copy.feed_str("\x1b[?1049l");
        assert_eq!(text(&copy), ["1", "2", "3", "4", "5", "6", ""]);
        screen.feed(b"\x1b[?1049l\x1b[H\x1b[2J\x1b[3Ja\r\nb\r\nc\r\nd\r\ne\r\nf");
        assert_eq!(text(&shown(&screen.snapshot())), ["a", "b", "c", "d", "e", "f"]);
    }

    #[test]
    fn characters_cut_in_two_are_put_together() {
        let mut screen = Screen::new(SIZE);
        let bytes = "aä€😀".as_bytes();
        let sent: String = bytes.iter().map(|byte| screen.feed(&[*byte])).collect();
        assert_eq!(sent, "aä€😀");
        assert_eq!(screen.feed(b"\xff\xfeb"), "\u{fffd}\u{fffd}b");
        assert_eq!(screen.feed(b"\xe2\x82"), "");
        assert_eq!(screen.feed(b"x"), "\u{fffd}x");
    }

    #[test]
    fn the_scrollback_is_bounded_and_can_be_cleared() {
        let mut screen = Screen::new(SIZE);
        for _ in 0..3 * MOST_LINES {
            screen.feed(b"x\r\n");
        }
        assert_eq!(screen.scrollback.len(), MOST_LINES);
        screen.feed(b"\x1b[H\x1b[2J\x1b[3J");
        assert!(screen.scrollback.is_empty());
    }

    #[test]
    fn no_output_however_wild_breaks_the_screen() {
        let mut screen = Screen::new(SIZE);
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        for round in 0..300 {
            let mut bytes = Vec::new();
            for _ in 0..64 {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                let byte = state.to_le_bytes()[0];
                match byte % 5 {
                    0 => bytes.extend_from_slice(b"\x1b["),
                    1 => bytes
                        .extend_from_slice(["7;", "99", "0", "?", "1049", "38;2;"][usize::from(byte) % 6].as_bytes()),
                    2 => bytes.push(b"ABCDHJKLMPSTXZhlmrsu@`dfg"[usize::from(byte) % 25]),
                    3 => bytes.extend_from_slice("好é\n\r\t".as_bytes()),
                    _ => bytes.push(byte),
                }
            }
            screen.feed(&bytes);
            if round % 16 == 0 {
                let [cols, rows, ..] = state.to_be_bytes();
                screen.resize(Size::clamped(cols.into(), rows.into()));
                shown(&screen.snapshot());
            }
        }
    }
}
