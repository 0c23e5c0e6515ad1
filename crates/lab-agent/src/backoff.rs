//! Pauses between attempts.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(15);

/// Exponential pauses with jitter: a whole class of machines that lost the control plane at one moment must not come
/// back at one moment.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    attempts: u32,
}

impl Backoff {
    /// Begins with pauses of 1.6 s to 3.2 s, for those who count how often they are asked.
    pub(crate) fn patient() -> Self {
        Self { attempts: 4 }
    }

    /// The next pause: between half and all of 200 ms, 400 ms, … 15 s, and never shorter than `asked`, up to a minute.
    pub(crate) fn next(&mut self, asked: Option<Duration>) -> Duration {
        let full = FIRST.saturating_mul(1 << self.attempts.min(10)).min(LONGEST);
        self.attempts = self.attempts.saturating_add(1);
        let pause = full.mul_f64(rand::random_range(0.5..=1.0));
        pause.max(asked.unwrap_or_default().min(Duration::from_secs(60)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_bounded() {
        let mut backoff = Backoff::default();
        assert!(backoff.next(None) <= FIRST);
        for _ in 0..100 {
            assert!(backoff.next(None) <= LONGEST);
        }
        assert!(backoff.next(None) >= LONGEST / 2);
        assert_eq!(backoff.next(Some(Duration::from_secs(30))), Duration::from_secs(30));
        assert_eq!(backoff.next(Some(Duration::from_secs(3600))), Duration::from_secs(60));
    }
}
