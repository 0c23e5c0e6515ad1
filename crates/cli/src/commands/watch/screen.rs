//! The terminal while the room is shown on it.

use std::io::{Stdout, Write, stdout};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::terminal::{self, BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen};
use crossterm::{execute, queue};

use crate::failure::Failure;
use crate::output::{Output, Table, plain};

/// What was on the terminal before comes back when this goes.
pub(super) struct Screen {
    out: Stdout,
}

/// Heading, table header, and the line below the table.
const OWN_LINES: usize = 4;

impl Screen {
    pub(super) fn open() -> Result<Self, Failure> {
        let mut out = stdout();
        execute!(out, EnterAlternateScreen, Hide)?;
        Ok(Self { out })
    }

    pub(super) fn draw(
        &mut self,
        heading: &str,
        table: &Table,
        trouble: Option<&str>,
        output: &Output,
    ) -> Result<(), Failure> {
        let (columns, height) = terminal::size().unwrap_or((80, 24));
        let text = table.render(output);
        let lines: Vec<&str> = text.lines().collect();
        let room = usize::from(height).saturating_sub(OWN_LINES);
        let left_out = lines.len().saturating_sub(room);
        let status = match (trouble, left_out) {
            (Some(trouble), _) => format!("{}; trying again", plain(trouble)),
            (None, 0) => "Ctrl-C ends".to_owned(),
            (None, more) => format!("{more} lines more than fit; Ctrl-C ends"),
        };
        let short = |text: &str| text.chars().take(usize::from(columns)).collect::<String>();
        queue!(self.out, BeginSynchronizedUpdate, MoveTo(0, 0), Clear(ClearType::All))?;
        write!(self.out, "{}\r\n\r\n", short(heading))?;
        for line in lines.iter().take(room) {
            write!(self.out, "{line}\r\n")?;
        }
        write!(self.out, "{}", short(&status))?;
        queue!(self.out, EndSynchronizedUpdate)?;
        Ok(self.out.flush()?)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // There is nobody left to tell, and nothing else to try.
        let _ = execute!(self.out, Show, LeaveAlternateScreen);
    }
}
