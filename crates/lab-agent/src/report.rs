//! What a machine tells the control plane, and what it hears in return. `docs/protocol.md`, section 2.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::AGENT_VERSION;

const MOST_DETAIL_CHARACTERS: usize = 500;

/// A stage of the machine's way, as the control plane hears of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Stage {
    AgentStarted,
    Certificate,
    SettingUp,
    Ready,
    Failed,
}

/// Failures that have a path of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Cause {
    /// No directory gives a certificate for this machine's address; another machine's may get one.
    Certificate,
}

/// One report.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Report {
    pub(crate) stage: Stage,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// What failed, where something else follows from it than from a failed setup.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cause: Option<Cause>,
    agent_version: &'static str,
    /// Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) active_at: Option<u64>,
}

/// What one check of the lab found.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CheckResult {
    pub(crate) name: String,
    pub(crate) passed: bool,
    /// One line, which may be empty.
    pub(crate) message: String,
    /// Unix seconds.
    pub(crate) at: u64,
}

/// The results of some checks.
#[derive(Debug, Serialize)]
pub(crate) struct CheckResults {
    pub(crate) results: Vec<CheckResult>,
}

/// What the control plane wants of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Wanted {
    Running,
    Gone,
}

/// The answer to everything that is told.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Answer {
    pub(crate) wanted: Wanted,
    /// When the environment ends, as of now.
    #[serde(default)]
    pub(crate) expires_at: Option<Timestamp>,
}

impl Report {
    pub(crate) fn stage(stage: Stage) -> Self {
        Self { stage, detail: None, cause: None, agent_version: AGENT_VERSION, active_at: None }
    }

    /// A failure; of a long detail the beginning and the end are kept, which say what and why.
    pub(crate) fn failed(detail: &str, cause: Option<Cause>) -> Self {
        Self { detail: Some(bounded(detail)), cause, ..Self::stage(Stage::Failed) }
    }
}

fn bounded(detail: &str) -> String {
    let characters: Vec<char> = detail.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect();
    if characters.len() <= MOST_DETAIL_CHARACTERS {
        return characters.into_iter().collect();
    }
    let (head, tail) = (100, MOST_DETAIL_CHARACTERS - 100 - 1);
    let end = &characters[characters.len() - tail..];
    characters[..head].iter().chain(['…'].iter()).chain(end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_detail_keeps_its_beginning_and_its_end() {
        let detail = bounded(&format!("setup.sh exit status: 3; it said: {}the end", "ä".repeat(9000)));
        assert_eq!(detail.chars().count(), MOST_DETAIL_CHARACTERS);
        assert!(detail.starts_with("setup.sh exit status: 3") && detail.ends_with("the end"));
    }

    #[test]
    fn an_answer_may_know_more_or_less_than_this_agent() {
        for (answer, known) in [
            (r#"{"wanted":"running"}"#, false),
            (r#"{"wanted":"running","expires_at":null,"mood":"good"}"#, false),
            (r#"{"wanted":"running","expires_at":"2026-11-21T12:00:00Z"}"#, true),
            (r#"{"wanted":"running","expires_at":"2026-11-21T13:00:00.25+01:00"}"#, true),
        ] {
            let answer: Answer = serde_json::from_str(answer).unwrap();
            assert_eq!((answer.wanted, answer.expires_at.is_some()), (Wanted::Running, known));
        }
    }

    #[test]
    fn a_report_says_nothing_of_what_it_does_not_know() {
        let report = serde_json::to_value(Report::stage(Stage::Ready)).unwrap();
        assert_eq!(report, serde_json::json!({"stage": "ready", "agent_version": AGENT_VERSION}));
    }
}
