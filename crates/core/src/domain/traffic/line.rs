//! A line of requests that keeps a limit exactly, whoever stands in it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::limit::Limit;

/// The newest reserved times, the oldest first, in Unix milliseconds: as many as the limit counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Line(Vec<i64>);

impl Line {
    /// When the next request may go out: never before the last one, and a window after the one that leaves it room.
    pub(super) fn next(&self, limit: Limit, now: Timestamp) -> Timestamp {
        let now = now.as_millisecond();
        let count = limit.requests.try_into().unwrap_or(usize::MAX);
        let room = self.0.len().checked_sub(count).and_then(|index| self.0.get(index));
        let room = room.map_or(now, |&at| at + millis(limit.window));
        let last = self.0.last().copied().unwrap_or(now);
        Timestamp::from_millisecond(now.max(room).max(last)).unwrap_or(Timestamp::MAX)
    }

    /// Takes the next place from `from` on.
    pub(super) fn join(&mut self, limit: Limit, from: Timestamp) -> Timestamp {
        let at = self.next(limit, from);
        self.0.push(at.as_millisecond());
        let count = limit.requests.try_into().unwrap_or(usize::MAX);
        let surplus = self.0.len().saturating_sub(count);
        self.0.drain(..surplus);
        at
    }

    /// About how many requests go out between now and `at`, if the line is full until then.
    pub(super) fn ahead(limit: Limit, at: Timestamp, now: Timestamp) -> u32 {
        let wait = at.as_millisecond().saturating_sub(now.as_millisecond()).max(0);
        let ahead = wait.saturating_mul(limit.requests.into()) / millis(limit.window).max(1);
        u32::try_from(ahead).unwrap_or(u32::MAX)
    }

    /// Whether somebody waits in it.
    pub(super) fn is_waiting(&self, now: Timestamp) -> bool {
        self.0.last().is_some_and(|&last| last > now.as_millisecond())
    }

    /// The last place that is taken.
    pub(super) fn end(&self) -> Option<Timestamp> {
        self.0.last().and_then(|&last| Timestamp::from_millisecond(last).ok())
    }
}

fn millis(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit { requests: 3, window: SignedDuration::from_secs(10) };

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + secs).unwrap()
    }

    #[test]
    fn no_stretch_of_the_windows_length_ever_holds_more_than_the_limit() {
        let mut line = Line::default();
        // People arrive in bursts and trickles, some of them after everybody before them has gone.
        let arrivals = [0, 0, 0, 0, 1, 9, 10, 10, 11, 40, 41, 49, 50, 50, 50, 50, 90];
        let slots: Vec<Timestamp> = arrivals.into_iter().map(|secs| line.join(LIMIT, at(secs))).collect();
        for (index, slot) in slots.iter().enumerate() {
            assert!(*slot >= at(arrivals[index]), "nobody goes before they came");
            let within = slots.iter().filter(|other| **other <= *slot && **other > *slot - LIMIT.window).count();
            assert!(within <= 3, "{within} requests in 10 s before {slot}");
        }
        assert_eq!(slots[0..4], [at(0), at(0), at(0), at(10)]);
        assert_eq!(slots[9], at(40), "an empty line keeps nobody waiting");
    }

    #[test]
    fn who_stands_behind_a_full_line_knows_how_many_are_before_them() {
        assert_eq!(Line::ahead(LIMIT, at(100), at(0)), 30);
        assert_eq!(Line::ahead(LIMIT, at(0), at(5)), 0);
    }
}
