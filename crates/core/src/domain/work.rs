//! What goes on in a running environment: checks, signs of activity, a raised hand, somebody who looks on.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::lab::CheckSpec;

/// Characters of what a check says that are kept.
pub const MAX_CHECK_MESSAGE: usize = 500;

/// One of the lab's checks, and what came of it last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Check {
    pub name: String,
    pub title: String,
    /// `null`: not tried yet.
    pub passed: Option<bool>,
    /// One line for the trainee.
    pub message: Option<String>,
    pub checked_at: Option<Timestamp>,
    /// When it passed for the first time.
    pub passed_at: Option<Timestamp>,
}

/// What a machine says of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckResult {
    pub name: String,
    pub passed: bool,
    pub message: String,
    pub at: Timestamp,
}

/// A trainee asks for help.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hand {
    pub since: Timestamp,
    pub note: Option<String>,
}

/// An instructor asks to see the terminal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewingRequest {
    pub by: String,
    pub at: Timestamp,
    pub answer: Option<ViewingAnswer>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ViewingAnswer {
    Allowed,
    Refused,
}

/// Time that was added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Extension {
    /// Made by who asked: the same one again adds nothing.
    pub id: String,
    pub minutes: u32,
    /// The name of who added it.
    pub by: String,
    pub at: Timestamp,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Work {
    pub checks: Vec<Check>,
    /// The trainee's last input, by the machine's word.
    pub active_at: Option<Timestamp>,
    /// When a check failed for the first time since the last one passed.
    pub failing_since: Option<Timestamp>,
    pub hand: Option<Hand>,
    pub viewing: Option<ViewingRequest>,
    pub extensions: Vec<Extension>,
    /// The action that started it.
    pub started_by: Option<String>,
    /// The action that stopped it in order to start it anew.
    pub restarted_by: Option<String>,
}

impl Work {
    pub fn on(checks: &[CheckSpec]) -> Self {
        let untried = |spec: &CheckSpec| Check {
            name: spec.name.clone(),
            title: spec.title.clone(),
            passed: None,
            message: None,
            checked_at: None,
            passed_at: None,
        };
        Self { checks: checks.iter().map(untried).collect(), ..Self::default() }
    }

    pub fn passed(&self) -> usize {
        self.checks.iter().filter(|check| check.passed == Some(true)).count()
    }

    pub fn is_done(&self) -> bool {
        !self.checks.is_empty() && self.passed() == self.checks.len()
    }

    /// Minutes that were added so far.
    pub fn extra_minutes(&self) -> u32 {
        self.extensions.iter().map(|extension| extension.minutes).sum()
    }
}
