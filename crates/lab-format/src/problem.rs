//! What is wrong with a lab, where, and how to put it right.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether a lab can be used in spite of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The lab is refused.
    Error,
    /// The lab is accepted, and its trainees will probably see something its author did not intend.
    Warning,
}

/// One thing that is wrong with a lab.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, ToSchema)]
pub struct LabProblem {
    /// The file, relative to the lab's folder; an archive's entry by the name it has there.
    pub file: String,
    /// Counted from 1.
    pub line: Option<u32>,
    /// In characters, counted from 1.
    pub column: Option<u32>,
    /// In `lab.yaml`: `placements[0].region`.
    pub field: Option<String>,
    /// What is wrong; goes on a sentence that begins with the field, where there is one.
    pub problem: String,
    /// What to do about it.
    pub fix: Option<String>,
    pub severity: Severity,
}

impl LabProblem {
    pub(crate) fn error(file: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            line: None,
            column: None,
            field: None,
            problem: problem.into(),
            fix: None,
            severity: Severity::Error,
        }
    }

    pub(crate) fn warning(file: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(file, problem) }
    }

    pub(crate) fn at(self, (line, column): (u32, u32)) -> Self {
        Self { line: Some(line), column: Some(column), ..self }
    }

    pub(crate) fn field(self, field: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..self }
    }

    pub(crate) fn fix(self, fix: impl Into<String>) -> Self {
        Self { fix: Some(fix.into()), ..self }
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Fit for a terminal, a log line or a cell: authors' own words come without control characters, and not too many.
    pub(crate) fn printable(self) -> Self {
        Self {
            file: printable(&self.file),
            field: self.field.as_deref().map(printable),
            problem: printable(&self.problem),
            fix: self.fix.as_deref().map(printable),
            ..self
        }
    }
}

/// Longer than any path or sentence of ours.
const MAX_TEXT: usize = 300;

fn printable(text: &str) -> String {
    let visible = text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c });
    let mut kept: String = visible.take(MAX_TEXT).collect();
    if text.chars().nth(MAX_TEXT).is_some() {
        kept.push('…');
    }
    kept
}

/// As compilers write it, so that editors find the place: `lab.yaml:3:10: minutes: must be …; write …`.
impl fmt::Display for LabProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        for number in [self.line, self.column].into_iter().flatten() {
            write!(f, ":{number}")?;
        }
        if !self.is_error() {
            f.write_str(": warning")?;
        }
        if let Some(field) = &self.field {
            write!(f, ": {field}")?;
        }
        write!(f, ": {}", self.problem)?;
        self.fix.as_ref().map_or(Ok(()), |fix| write!(f, "; {fix}"))
    }
}

/// Line and column of a byte of `text`.
pub(crate) fn place_in(text: &str, offset: usize) -> (u32, u32) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    (count(before.matches('\n').count() + 1), count(before[line_start..].chars().count() + 1))
}
