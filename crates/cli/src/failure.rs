//! What ends a command early, and the exit code that says so.

use std::fmt;
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::api::Problem;
use crate::output::plain;

/// The program's exit codes, as `--help` and the documentation list them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    Refused = 1,
    WrongUsage = 2,
    NotAllowed = 3,
    NotFound = 4,
    ChangedMeanwhile = 5,
    Unreachable = 6,
    SomeFailed = 7,
}

/// A command that did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The installation answered, and said no.
    #[error("{0}")]
    Problem(Box<Problem>),
    /// No answer, or one that is not the API's.
    #[error("{0}")]
    Unreachable(String),
    #[error("{0}")]
    Refused(String),
    #[error("{0}")]
    WrongUsage(String),
    #[error("{0}")]
    NotSignedIn(String),
    #[error("{0}")]
    NotFound(String),
    #[error("{0}")]
    ChangedMeanwhile(String),
    /// Some of several did not work; each was already reported.
    #[error("{0}")]
    SomeFailed(String),
    #[error("could not write the output")]
    Output(#[from] std::io::Error),
}

impl Failure {
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Problem(problem) => exit_for(problem),
            Self::Unreachable(_) => Exit::Unreachable,
            Self::Refused(_) | Self::Output(_) => Exit::Refused,
            Self::WrongUsage(_) => Exit::WrongUsage,
            Self::NotSignedIn(_) => Exit::NotAllowed,
            Self::NotFound(_) => Exit::NotFound,
            Self::ChangedMeanwhile(_) => Exit::ChangedMeanwhile,
            Self::SomeFailed(_) => Exit::SomeFailed,
        }
    }

    /// The reader of our output went away, as `head` does when it has enough.
    pub(crate) fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == std::io::ErrorKind::BrokenPipe)
    }

    fn code(&self) -> &'static str {
        match self.exit() {
            Exit::Refused => "refused",
            Exit::WrongUsage => "wrong_usage",
            Exit::NotAllowed => "not_signed_in",
            Exit::NotFound => "not_found",
            Exit::ChangedMeanwhile => "changed_meanwhile",
            Exit::Unreachable => "unreachable",
            Exit::SomeFailed => "some_failed",
        }
    }

    /// The problem document: the installation's own, or one of the same shape for what went wrong on this side.
    pub(crate) fn document(&self) -> Value {
        match self {
            Self::Problem(problem) => problem.document.clone(),
            other => json!({ "type": "about:blank", "title": "Error", "status": null, "code": other.code(),
                "detail": other.to_string(), "errors": [], "trace_id": null }),
        }
    }

    /// For people: one paragraph, fields below it, without control characters.
    pub(crate) fn paragraph(&self) -> String {
        let mut text = format!("error: {}", plain(&self.to_string()));
        if let Self::Problem(problem) = self {
            if problem.errors.len() > 1 {
                for error in &problem.errors {
                    text.push_str(&format!("\n  {}: {}", plain(&error.field), plain(&error.message)));
                }
            }
            if problem.status >= 500
                && let Some(trace) = &problem.trace_id
            {
                text.push_str(&format!("\n  trace id: {}", plain(trace)));
            }
        }
        text
    }
}

fn exit_for(problem: &Problem) -> Exit {
    match problem.status {
        401 | 403 => Exit::NotAllowed,
        404 => Exit::NotFound,
        412 => Exit::ChangedMeanwhile,
        409 if matches!(problem.code.as_str(), "conflict" | "changed_meanwhile") => Exit::ChangedMeanwhile,
        502..=504 => Exit::Unreachable,
        _ => Exit::Refused,
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

/// Something named on the command line that cannot be used: a file that is not there, a date that is none.
pub(crate) fn wrong_usage(what: impl fmt::Display) -> Failure {
    Failure::WrongUsage(what.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(status: u16, code: &str) -> Failure {
        Problem::of(status, code, "no").into()
    }

    #[test]
    fn every_kind_of_refusal_has_its_exit_code() {
        for (status, code, exit) in [
            (401, "unauthenticated", Exit::NotAllowed),
            (403, "forbidden", Exit::NotAllowed),
            (404, "class_not_found", Exit::NotFound),
            (412, "changed_meanwhile", Exit::ChangedMeanwhile),
            (409, "conflict", Exit::ChangedMeanwhile),
            (409, "class_code_taken", Exit::Refused),
            (422, "invalid_request", Exit::Refused),
            (429, "too_many_guesses", Exit::Refused),
            (503, "unavailable", Exit::Unreachable),
        ] {
            assert_eq!(problem(status, code).exit(), exit, "{status} {code}");
        }
    }

    #[test]
    fn a_failure_on_this_side_has_the_shape_of_a_problem_document() {
        let document = Failure::WrongUsage("--minutes is missing".to_owned()).document();
        assert_eq!(document["code"], "wrong_usage");
        assert_eq!(document["detail"], "--minutes is missing");
    }
}
