//! What a check found, and what to do about it.

use serde_json::{Value, json};

use crate::aws::{AwsError, Kind};
use crate::clouds::CloudError;
use crate::failure::Failure;
use crate::output::{Colour, Table, cell};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Ok,
    /// It works; it could be better, or nobody could say.
    Warning,
    /// Something to fix.
    Problem,
}

/// What keeps a check from saying that all is well.
#[derive(Clone, Debug)]
pub(super) struct Trouble {
    status: Status,
    seen: String,
    fix: String,
}

/// What to do where the stack is not as its template says: a deploy changes only what changed in the template.
pub(super) const DRIFT: &str = "somebody changed by hand what the stack made: `aws cloudformation detect-stack-drift` says \
    what; put that back, for a deploy of the same template does not";

/// All is well, in words, or it is not.
pub(super) type Checked = Result<String, Trouble>;

pub(super) fn problem(seen: impl Into<String>, fix: impl Into<String>) -> Trouble {
    Trouble { status: Status::Problem, seen: seen.into(), fix: fix.into() }
}

pub(super) fn warning(seen: impl Into<String>, fix: impl Into<String>) -> Trouble {
    Trouble { status: Status::Warning, seen: seen.into(), fix: fix.into() }
}

impl From<AwsError> for Trouble {
    fn from(error: AwsError) -> Self {
        let fix = match error.kind {
            Kind::Denied => format!("allow your AWS user or role {}, or use another profile", error.operation),
            Kind::NotFound => DRIFT.to_owned(),
            Kind::WrongClock => "set this computer's clock: AWS refuses calls more than five minutes off".to_owned(),
            Kind::Unreachable => "check the network, the region and AWS_ENDPOINT_URL".to_owned(),
            Kind::Other => "run the doctor again; if it stays, look the error up in the service's reference".to_owned(),
        };
        problem(error.to_string(), fix)
    }
}

impl From<CloudError> for Trouble {
    fn from(error: CloudError) -> Self {
        let fix = match error.status {
            Some(401) => {
                "make a new token at the provider, store it in its secret, and deploy with another SecretsRevision"
            }
            Some(403) => {
                "give the token the missing scope, or make a new one, store it in its secret, and deploy with another SecretsRevision"
            }
            Some(_) => "look at the provider's status page, and run the doctor again",
            None => "check the network and the provider's status page, and run the doctor again",
        };
        problem(error.to_string(), fix)
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        problem(failure.to_string(), "deploy the template that belongs to this program's version")
    }
}

/// One line of the doctor's report.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    check: &'static str,
    pub(super) status: Status,
    seen: String,
    fix: Option<String>,
}

impl Finding {
    pub(super) fn new(check: &'static str, checked: Checked) -> Self {
        match checked {
            Ok(seen) => Self { check, status: Status::Ok, seen, fix: None },
            Err(Trouble { status, seen, fix }) => Self { check, status, seen, fix: Some(fix) },
        }
    }

    pub(super) fn document(&self) -> Value {
        json!({ "check": self.check, "status": self.status.word(), "seen": self.seen, "fix": self.fix })
    }
}

impl Status {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }

    /// A sign and a word: colour is only for those who see it.
    fn shown(self) -> (&'static str, Colour) {
        match self {
            Self::Ok => ("✓ ok", Colour::Green),
            Self::Warning => ("! warning", Colour::Yellow),
            Self::Problem => ("✗ problem", Colour::Red),
        }
    }
}

/// Every check with what it saw; then, for those that found something, what to do.
pub(super) fn table(findings: &[Finding]) -> Table {
    let mut table = Table::new(["", "check", "seen", "what to do"]);
    for finding in findings {
        let (sign, colour) = finding.status.shown();
        let fix = finding.fix.clone().unwrap_or_default();
        table.row([cell(sign, Some(colour)), finding.check.into(), (&*finding.seen).into(), fix.into()]);
    }
    table
}
