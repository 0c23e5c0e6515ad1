//! When a call is made again, and after how long.

use std::time::Duration;

use reqwest::{Method, StatusCode};

/// Calls in all, the first one included.
const ATTEMPTS: u32 = 4;
const FIRST: Duration = Duration::from_millis(250);
/// Where the installation asks for more patience than this, the person at the terminal decides.
const LONGEST_ASKED: Duration = Duration::from_secs(20);

/// What came of one attempt.
#[derive(Clone, Copy, Debug)]
pub(super) enum Outcome {
    Answered { status: StatusCode, retry_after: Option<Duration> },
    NoAnswer,
}

/// The pause before the next attempt, or `None` where the outcome stands.
///
/// Reads are repeated when they had no answer or the way to the API failed. Writes are repeated only where the answer
/// says that nothing was done yet (429, 503): whether a lost answer was a yes is for a person to look up.
pub(super) fn pause(method: &Method, attempt: u32, outcome: Outcome) -> Option<Duration> {
    if attempt >= ATTEMPTS {
        return None;
    }
    let again = match outcome {
        Outcome::NoAnswer => method.is_safe(),
        Outcome::Answered { status, .. } => match status.as_u16() {
            429 | 503 => true,
            502 | 504 => method.is_safe(),
            _ => false,
        },
    };
    if !again {
        return None;
    }
    let backoff = FIRST.saturating_mul(1 << attempt.min(6)).mul_f64(0.5 + fastrand::f64() / 2.0);
    match outcome {
        Outcome::Answered { retry_after: Some(asked), .. } if asked > LONGEST_ASKED => None,
        Outcome::Answered { retry_after: Some(asked), .. } => Some(asked.max(backoff)),
        Outcome::Answered { retry_after: None, .. } | Outcome::NoAnswer => Some(backoff),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, retry_after: Option<u64>) -> Outcome {
        let status = StatusCode::from_u16(status).unwrap();
        Outcome::Answered { status, retry_after: retry_after.map(Duration::from_secs) }
    }

    #[test]
    fn reads_are_repeated_after_no_answer_and_writes_are_not() {
        assert!(pause(&Method::GET, 1, Outcome::NoAnswer).is_some());
        assert!(pause(&Method::POST, 1, Outcome::NoAnswer).is_none());
        assert!(pause(&Method::PUT, 1, answered(502, None)).is_none());
    }

    #[test]
    fn everything_is_repeated_after_busy_and_nothing_after_a_refusal() {
        assert!(pause(&Method::POST, 1, answered(503, None)).is_some());
        assert!(pause(&Method::POST, 1, answered(429, Some(2))).is_some_and(|pause| pause >= Duration::from_secs(2)));
        assert!(pause(&Method::GET, 1, answered(404, None)).is_none());
    }

    #[test]
    fn attempts_end_and_long_waits_are_left_to_people() {
        assert!(pause(&Method::GET, ATTEMPTS, Outcome::NoAnswer).is_none());
        assert!(pause(&Method::GET, 1, answered(429, Some(300))).is_none());
    }
}
