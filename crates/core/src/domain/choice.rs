//! Which placement an environment stands in line for.

use jiff::{SignedDuration, Timestamp};

use super::environment::Environment;
use super::lifecycle::Failure;
use super::traffic::{Limits, RestReason, Traffic};

/// How much sooner a less preferred placement must be to be chosen.
const WORTH: SignedDuration = SignedDuration::from_secs(5);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The placement whose machine can be asked for first.
    Slot {
        placement_index: usize,
    },
    /// Every provider left rests; one of them is asked again then.
    Wait {
        until: Timestamp,
        because: &'static str,
    },
    GiveUp {
        failure: Failure,
    },
}

/// Chooses among the placements that are not ruled out. `traffic` is that of their providers.
pub fn choose(environment: &Environment, traffic: &[Traffic], limits: &Limits, now: Timestamp) -> Choice {
    let mut best: Option<(bool, Timestamp, usize)> = None;
    let mut rest_over: Option<Timestamp> = None;
    let mut refused = None;
    for (rank, (index, placement)) in environment.open_placements().enumerate() {
        let Some(traffic) = traffic.iter().find(|traffic| traffic.provider == placement.provider) else { continue };
        let rest = traffic.resting(now).or_else(|| traffic.resting_place(placement, now));
        let full = match rest.map(|rest| (rest.reason, rest.until)) {
            // Only somebody's hand can cure these; waiting for it would keep the trainee in the dark.
            Some((reason @ (RestReason::Unauthorized | RestReason::NotOffered), _)) => {
                refused.get_or_insert(reason);
                continue;
            }
            Some((RestReason::Unavailable, until)) => {
                rest_over = Some(rest_over.map_or(until, |earliest| earliest.min(until)));
                continue;
            }
            // Full a moment ago: the last choice, but a trainee who has no other may try.
            Some((RestReason::NoCapacity | RestReason::AccountLimit, _)) => true,
            None => false,
        };
        let (at, _) = traffic.next_create(limits, now);
        let handicap = WORTH * i32::try_from(rank).unwrap_or(i32::MAX);
        let candidate = (full, at + handicap, index);
        if best.is_none_or(|best| candidate < best) {
            best = Some(candidate);
        }
    }
    match (best, rest_over) {
        (Some((_, _, placement_index)), _) => Choice::Slot { placement_index },
        (None, Some(until)) => Choice::Wait { until, because: "the provider does not answer; it is asked again soon" },
        (None, None) => Choice::GiveUp { failure: Environment::no_placement(refused) },
    }
}
