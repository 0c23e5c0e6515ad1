//! What a command prints: for people, or for programs.

mod file;
mod json;
mod measures;
mod qr;
mod table;
mod text;

use std::io::{IsTerminal, Write, stdout};

use serde_json::Value;

pub(crate) use file::{NewPrivateFile, write_private};
pub(crate) use json::{one_line, pretty};
pub(crate) use measures::{local_time, many, money, span};
pub(crate) use qr::qr_code;
pub(crate) use table::{Colour, Table, cell};
pub(crate) use text::{plain, plain_value};

use crate::failure::Failure;

/// Where a command's result goes. Questions, progress and errors go to the standard error instead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    /// The API's own documents instead of text.
    pub(crate) json: bool,
    pub(crate) terminal: bool,
    pub(crate) colour: bool,
}

impl Output {
    /// Colour is for terminals only, and for nobody who asked for none (<https://no-color.org>).
    pub(crate) fn new(json: bool) -> Self {
        let terminal = stdout().is_terminal();
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self { json, terminal, colour: terminal && !dumb && !set("NO_COLOR") }
    }

    /// A line that this program composed; names from the API went through [`plain`].
    pub(crate) fn line(&self, text: impl AsRef<str>) -> Result<(), Failure> {
        Ok(writeln!(stdout().lock(), "{}", text.as_ref())?)
    }

    pub(crate) fn table(&self, table: &Table) -> Result<(), Failure> {
        self.line(table.render(self))
    }

    pub(crate) fn document(&self, document: &Value) -> Result<(), Failure> {
        self.line(pretty(document))
    }

    /// The document for programs, or what `people` prints.
    pub(crate) fn show(
        &self,
        document: &Value,
        people: impl FnOnce(&Self) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        if self.json { self.document(document) } else { people(self) }
    }

    /// Text of several lines that came from elsewhere: byte for byte in a pipe, harmless on a terminal.
    pub(crate) fn text_of_others(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut out = stdout().lock();
        if self.terminal {
            out.write_all(text::plain_lines(&String::from_utf8_lossy(bytes)).as_bytes())?;
        } else {
            out.write_all(bytes)?;
        }
        Ok(out.flush()?)
    }

    /// The same for a file: no colour, no window's width.
    pub(crate) fn for_file(&self) -> Self {
        Self { terminal: false, colour: false, ..*self }
    }

    /// Something worth knowing that is no part of the result.
    pub(crate) fn note(&self, text: impl AsRef<str>) {
        if !self.json {
            // Nobody is left to tell where the standard error is closed.
            let _ = writeln!(std::io::stderr().lock(), "{}", text.as_ref());
        }
    }
}
