//! How long to wait before something outside is asked again.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(20);
/// Whoever asks for more patience gets this much.
const LONGEST_ASKED: Duration = Duration::from_secs(60);

/// The pause after `attempt` of `attempts`, jittered, at least as long as was asked for; `None` after the last.
pub(crate) fn pause(attempt: u32, attempts: u32, asked: Option<Duration>) -> Option<Duration> {
    if attempt >= attempts {
        return None;
    }
    let backoff = FIRST.saturating_mul(1 << attempt.min(10)).min(LONGEST).mul_f64(0.5 + fastrand::f64() / 2.0);
    Some(asked.unwrap_or_default().min(LONGEST_ASKED).max(backoff))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_are_bounded_and_end() {
        assert!(pause(1, 3, None).is_some_and(|pause| pause <= Duration::from_millis(500)));
        assert!(pause(50, 99, None).is_some_and(|pause| pause <= LONGEST && pause >= LONGEST / 2));
        assert_eq!(pause(1, 3, Some(Duration::from_secs(3600))), Some(LONGEST_ASKED));
        assert_eq!(pause(3, 3, None), None);
    }
}
