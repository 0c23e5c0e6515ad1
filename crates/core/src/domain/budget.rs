//! A class's budget: a hard limit on what its environments can cost together.
//!
//! Each Play reserves the most that its environment can cost, by one conditional addition to one number: DynamoDB lets
//! additions to an item wait for each other, so a room that presses Play at once does not collide as it would in
//! transactions. The number never goes down by itself. When it leaves no room, it is counted anew from what the class's
//! environments cost and may cost by now, for those that ended cost less than was reserved.
//!
//! # Why the limit holds
//!
//! At every moment the total is at least the sum of what all admitted environments are committed to (`committed`): so
//! much is reserved before an environment exists, and afterwards its commitment only becomes less (whoever makes it more
//! reserves the difference first). A reservation is admitted only while the total with it stays within the limit.
//!
//! A new count keeps that. It takes the environments from a list that may be a moment behind, and everything that was
//! reserved in the last minutes from the total's own buckets, one per minute. An environment that the list does not show
//! yet was reserved seconds ago ([`WINDOW`] is much longer than a Play and the list's lag can take), so its bucket is
//! counted; one that is older is in the list. What is reserved while the count is under way is added to the same number
//! by itself, for the count is written as a difference to the number it began with.
//!
//! Where it is in doubt it counts too much, and never too little: a Play that came to nothing is part of the total for as
//! long as its bucket is counted; what ended in the last minutes still counts as reserved; and a reservation whose answer
//! was lost and that was sent twice counts twice until the next count. Reservations are not given back: a repeated
//! request to give one back would take too much.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::ids::ClassId;

/// Longer than from a reservation to the moment when every list shows its environment: the longest Play (15 s), an index's
/// lag (a second or two), and clocks that differ.
pub const WINDOW: SignedDuration = SignedDuration::from_mins(2);
/// How long a count counts: at most one is made in this time.
const COUNT_HOLDS: SignedDuration = SignedDuration::from_secs(5);
/// A count that takes longer was abandoned.
const COUNT_TAKES: SignedDuration = SignedDuration::from_secs(8);

/// What is to be reserved, and within which limit.
#[derive(Clone, Copy, Debug)]
pub struct Charge<'a> {
    pub class: &'a ClassId,
    pub cost_micro_usd: i64,
    pub limit_micro_usd: i64,
}

impl Charge<'_> {
    /// The largest total that leaves room for it.
    pub fn largest_total(&self) -> i64 {
        self.limit_micro_usd.saturating_sub(self.cost_micro_usd)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Reservation {
    Reserved,
    /// There is no room. The sum is at most what was spent and is committed, a few minutes' doubts included.
    Refused {
        spent_and_committed_micro_usd: i64,
        limit_micro_usd: i64,
    },
}

/// One environment in a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commitment {
    /// When Play was pressed: less than a minute from its reservation.
    pub requested_at: Timestamp,
    /// The most that it can cost while it lives; what it cost, once it has ended.
    pub micro_usd: i64,
}

/// What is stored of a class's budget.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// `None` before the first count.
    pub total: Option<i64>,
    /// What was reserved, by the minute.
    pub reserved: BTreeMap<i64, i64>,
    pub counted_at: Option<Timestamp>,
    pub counting_since: Option<Timestamp>,
    /// Who counts.
    pub counting_by: Option<String>,
}

/// The minute of the Unix epoch: the name of a bucket.
pub fn minute(at: Timestamp) -> i64 {
    at.as_second().div_euclid(60)
}

/// The oldest bucket that a count at `now` looks at.
pub fn oldest_counted(now: Timestamp) -> i64 {
    minute(now - WINDOW)
}

impl Ledger {
    /// Whether what it says was counted just now.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        self.total.is_some() && self.counted_at.is_some_and(|at| at > stale_after(now))
    }

    /// The total as of a new count at `now`, the moment of this ledger.
    pub fn count(&self, commitments: &[Commitment], now: Timestamp) -> i64 {
        let oldest = oldest_counted(now);
        // The buckets hold what was requested after the first of these minutes; of environments requested in that minute
        // itself nobody knows whether their reservation came in it or before: they count.
        let is_listed = |commitment: &Commitment| match self.total {
            Some(_) => minute(commitment.requested_at) <= oldest,
            // The first count: what was started without a budget is in no bucket.
            None => true,
        };
        let listed =
            commitments.iter().filter(|commitment| is_listed(commitment)).map(|commitment| commitment.micro_usd);
        let reserved = self.reserved.range(oldest..).map(|(_, micro_usd)| *micro_usd);
        listed.chain(reserved).fold(0, i64::saturating_add)
    }
}

/// A count of this moment does not count any more.
pub fn stale_after(now: Timestamp) -> Timestamp {
    now - COUNT_HOLDS
}

/// A count that began before this was abandoned.
pub fn abandoned_before(now: Timestamp) -> Timestamp {
    now - COUNT_TAKES
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + secs).unwrap()
    }

    fn commitment(secs: i64, micro_usd: i64) -> Commitment {
        Commitment { requested_at: at(secs), micro_usd }
    }

    fn ledger(total: Option<i64>, reserved: &[(i64, i64)]) -> Ledger {
        let reserved = reserved.iter().map(|(secs, micro_usd)| (minute(at(*secs)), *micro_usd)).collect();
        Ledger { total, reserved, ..Ledger::default() }
    }

    #[test]
    fn what_was_reserved_lately_counts_once_whether_the_list_shows_it_or_not() {
        let ledger = ledger(Some(500), &[(0, 100), (60, 200)]);
        let (shown, not_shown) = ([commitment(62, 200)], []);
        assert_eq!(ledger.count(&shown, at(70)), 300);
        assert_eq!(ledger.count(&not_shown, at(70)), 300);
    }

    #[test]
    fn what_was_reserved_longer_ago_counts_as_the_list_says() {
        let ledger = ledger(Some(500), &[(0, 100), (60, 200)]);
        assert_eq!(ledger.count(&[commitment(1, 40), commitment(62, 90)], at(600)), 130);
    }

    #[test]
    fn an_environment_whose_reservation_is_on_the_other_side_of_a_minute_is_never_lost() {
        // Reserved in the last second of a minute, requested in the first of the next.
        for now in 60..400 {
            let ledger = ledger(Some(100), &[(59, 100)]);
            let counted = ledger.count(&[commitment(60, 100)], at(now));
            assert!(counted >= 100, "{now}: {counted}");
        }
    }

    #[test]
    fn the_first_count_takes_in_what_was_started_without_a_budget() {
        assert_eq!(ledger(None, &[]).count(&[commitment(0, 100), commitment(69, 100)], at(70)), 200);
    }
}
