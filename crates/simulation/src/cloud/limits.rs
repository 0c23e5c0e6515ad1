//! The providers' documented limits, kept as they keep them: so many requests in so many seconds, 429 beyond.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// A sliding window.
pub(crate) struct Limit {
    requests: usize,
    window: SignedDuration,
    recent: VecDeque<Timestamp>,
}

impl Limit {
    pub(crate) fn new(requests: usize, seconds: i64) -> Self {
        Self { requests, window: SignedDuration::from_secs(seconds), recent: VecDeque::new() }
    }

    /// Counts a request that arrives now.
    ///
    /// # Errors
    /// How long to wait, where there were too many.
    pub(crate) fn admit(&mut self, now: Timestamp) -> Result<(), Duration> {
        while self.recent.front().is_some_and(|at| *at + self.window <= now) {
            self.recent.pop_front();
        }
        if self.recent.len() >= self.requests
            && let Some(oldest) = self.recent.front()
        {
            return Err(Duration::try_from((*oldest + self.window).duration_since(now)).unwrap_or_default());
        }
        self.recent.push_back(now);
        Ok(())
    }
}

/// As the settings write it: `20/15`.
impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.requests, self.window.as_secs())
    }
}
