//! Why a directory gave no certificate, by what follows from it.

use instant_acme::{Error, Problem};
use thiserror::Error;

use crate::causes::with_causes;

/// What a directory's answer, or its silence, means for the next try.
#[derive(Debug, Clone, Error)]
pub(super) enum Refusal {
    /// Asking again soon would bring the same answer.
    #[error("{0}")]
    Final(String),
    /// It looked for the machine and did not find it: the network may be younger than the machine. Such looks are
    /// counted.
    #[error("{0}")]
    Unseen(String),
    /// It may be otherwise in a moment.
    #[error("{0}")]
    Passing(String),
}

/// Error types of RFC 8555, section 6.7, and of RFC 8737 where a validation failed.
const UNSEEN: [&str; 4] = ["connection", "incorrectResponse", "tls", "unauthorized"];
/// The directory's own trouble.
const PASSING: [&str; 2] = ["badNonce", "serverInternal"];
const TYPES: &str = "urn:ietf:params:acme:error:";

impl Refusal {
    fn of_problem(problem: &Problem) -> Self {
        let kind = problem.r#type.as_deref().unwrap_or("no type");
        let kind = kind.strip_prefix(TYPES).unwrap_or(kind);
        let text = problem.detail.as_ref().map_or_else(|| kind.to_owned(), |detail| format!("{detail} ({kind})"));
        if UNSEEN.contains(&kind) {
            Self::Unseen(text)
        } else if PASSING.contains(&kind) || problem.status.is_some_and(|status| status >= 500) {
            Self::Passing(text)
        } else {
            Self::Final(text)
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::Api(problem) => Self::of_problem(&problem),
            Error::Unsupported(_) => Self::Final(error.to_string()),
            other => Self::Passing(with_causes(&other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(json: &str) -> Refusal {
        Error::Api(serde_json::from_str(json).unwrap()).into()
    }

    #[test]
    fn a_limit_is_final_and_names_itself() {
        let refusal = refusal(r#"{"type":"urn:ietf:params:acme:error:rateLimited","detail":"too many","status":429}"#);
        assert!(matches!(refusal, Refusal::Final(_)));
        assert_eq!(refusal.to_string(), "too many (rateLimited)");
    }

    #[test]
    fn trouble_of_the_directory_and_trouble_on_the_way_to_the_machine_are_told_apart() {
        for json in [
            r#"{"type":"urn:ietf:params:acme:error:serverInternal","detail":"maintenance"}"#,
            r#"{"type":"about:blank","status":503}"#,
        ] {
            assert!(matches!(refusal(json), Refusal::Passing(_)), "{json}");
        }
        assert!(matches!(Refusal::from(Error::Timeout(None)), Refusal::Passing(_)));
        let unseen = r#"{"type":"urn:ietf:params:acme:error:connection","detail":"timeout","status":400}"#;
        assert!(matches!(refusal(unseen), Refusal::Unseen(_)));
    }
}
