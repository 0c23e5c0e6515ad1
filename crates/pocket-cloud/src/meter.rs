//! Rate limits: a sliding window over the requests that were let through.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So many requests within so much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    pub requests: u32,
    pub window: Duration,
}

impl Quota {
    #[must_use]
    pub const fn new(requests: u32, window: Duration) -> Self {
        Self { requests, window }
    }
}

/// What a request was told about its quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) allowed: bool,
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    /// Until the oldest counted request leaves the window.
    pub(crate) reset: Duration,
}

impl Reading {
    /// The reset as Unix seconds, rounded up, as both providers' headers give it.
    pub(crate) fn reset_at(&self) -> i64 {
        jiff::Timestamp::now().as_second() + self.reset_secs()
    }

    /// Whole seconds to wait, at least one when anything has to be waited for.
    pub(crate) fn reset_secs(&self) -> i64 {
        i64::try_from(self.reset.as_millis().div_ceil(1000)).unwrap_or(i64::MAX)
    }
}

#[derive(Debug)]
pub(crate) struct Meter {
    quota: Quota,
    counted: Mutex<VecDeque<Instant>>,
}

impl Meter {
    pub(crate) fn new(quota: Quota) -> Self {
        Self { quota, counted: Mutex::new(VecDeque::new()) }
    }

    /// Counts a request made now if the quota has room for it.
    pub(crate) fn count(&self, now: Instant) -> Reading {
        self.read(now, true)
    }

    /// The state of the quota without counting anything.
    pub(crate) fn peek(&self, now: Instant) -> Reading {
        self.read(now, false)
    }

    fn read(&self, now: Instant, count: bool) -> Reading {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        while counted.front().is_some_and(|&first| now.duration_since(first) >= self.quota.window) {
            counted.pop_front();
        }
        let used = u32::try_from(counted.len()).unwrap_or(u32::MAX);
        let allowed = used < self.quota.requests;
        if allowed && count {
            counted.push_back(now);
        }
        let used = u32::try_from(counted.len()).unwrap_or(u32::MAX);
        let reset =
            counted.front().map_or(Duration::ZERO, |&first| (first + self.quota.window).saturating_duration_since(now));
        Reading { allowed, limit: self.quota.requests, remaining: self.quota.requests.saturating_sub(used), reset }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_window_refuses_until_its_oldest_request_has_left() {
        let meter = Meter::new(Quota::new(2, Duration::from_secs(15)));
        let start = Instant::now();
        assert_eq!(meter.count(start).remaining, 1);
        assert!(meter.count(start + Duration::from_secs(5)).allowed);

        let refused = meter.count(start + Duration::from_secs(10));
        assert!(!refused.allowed);
        assert_eq!((refused.remaining, refused.reset_secs()), (0, 5));
        assert!(meter.count(start + Duration::from_secs(15)).allowed);
    }

    #[test]
    fn peeking_counts_nothing() {
        let meter = Meter::new(Quota::new(1, Duration::from_secs(1)));
        let now = Instant::now();
        assert_eq!(meter.peek(now).remaining, 1);
        assert!(meter.count(now).allowed);
    }
}
