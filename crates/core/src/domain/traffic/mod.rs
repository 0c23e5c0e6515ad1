//! What all workers together know of one provider: the line of requests, whether it rests, how long starts took lately.
//! One value per provider, kept in the table; pure.

mod limit;
mod line;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use limit::{InvalidLimit, Limit, Limits};
use line::Line;

use super::failure_path::Sign;
use super::placement::{Placement, ProviderKind};

/// Failures in a row until the provider rests.
const FAILURES_UNTIL_REST: u32 = 3;
/// The first rest; each further failure doubles it.
const FIRST_REST: SignedDuration = SignedDuration::from_secs(30);
const LONGEST_REST: SignedDuration = SignedDuration::from_mins(5);
/// Places remembered as resting.
const MAX_PLACES: usize = 20;
/// Starts that an estimate is made from.
const MAX_STARTS: usize = 50;

/// Why a provider, or one place of it, is not asked now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RestReason {
    /// It does not answer, or answers nonsense.
    Unavailable,
    /// It refuses the installation's token: somebody must give it another one.
    Unauthorized,
    /// The account may not have more machines.
    AccountLimit,
    NoCapacity,
    NotOffered,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rest {
    pub reason: RestReason,
    pub since: Timestamp,
    pub until: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct RestingPlace {
    region: String,
    size: String,
    rest: Rest,
}

/// How long starts take, from asking the provider to a machine that serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    pub half_within: SignedDuration,
    pub nine_of_ten_within: SignedDuration,
    pub samples: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traffic {
    pub provider: ProviderKind,
    creates: Line,
    calls: Line,
    /// The provider asked for no creates before this time.
    creates_from: Option<Timestamp>,
    failures_in_a_row: u32,
    rest: Option<Rest>,
    places: Vec<RestingPlace>,
    /// Seconds, the oldest first.
    starts: Vec<u32>,
    /// Counts the writes; a write names the revision it read.
    pub revision: u64,
}

impl Traffic {
    pub fn new(provider: ProviderKind) -> Self {
        Self {
            provider,
            creates: Line::default(),
            calls: Line::default(),
            creates_from: None,
            failures_in_a_row: 0,
            rest: None,
            places: Vec::new(),
            starts: Vec::new(),
            revision: 0,
        }
    }

    /// The next free slot for a create, and about how many creates come before it.
    pub fn next_create(&self, limits: &Limits, now: Timestamp) -> (Timestamp, u32) {
        let limit = limits.creates(self.provider);
        let at = self.creates.next(limit, self.creates_from(now));
        (at, Line::ahead(limit, at, now))
    }

    /// Takes that slot.
    pub fn reserve_create(&mut self, limits: &Limits, now: Timestamp) -> Timestamp {
        self.creates.join(limits.creates(self.provider), self.creates_from(now))
    }

    fn creates_from(&self, now: Timestamp) -> Timestamp {
        self.creates_from.map_or(now, |from| from.max(now))
    }

    /// Whether such a call would not have to wait.
    pub fn may_call(&self, limits: &Limits, now: Timestamp) -> bool {
        let limit = limits.calls(self.provider, self.creates.is_waiting(now));
        limit.is_none_or(|limit| self.calls.next(limit, now) <= now)
    }

    /// Takes the next slot for a call that is neither a create nor a list.
    pub fn reserve_call(&mut self, limits: &Limits, now: Timestamp) -> Timestamp {
        match limits.calls(self.provider, self.creates.is_waiting(now)) {
            Some(limit) => self.calls.join(limit, now),
            None => now,
        }
    }

    /// Why the provider rests, if it does.
    pub fn resting(&self, now: Timestamp) -> Option<Rest> {
        self.rest.filter(|rest| now < rest.until)
    }

    /// Why this very place rests, if it does.
    pub fn resting_place(&self, placement: &Placement, now: Timestamp) -> Option<Rest> {
        let place = self.places.iter().find(|place| place.is(placement));
        place.map(|place| place.rest).filter(|rest| now < rest.until)
    }

    /// A create was answered with a machine.
    pub fn create_worked(&mut self, placement: &Placement) {
        self.failures_in_a_row = 0;
        self.rest = None;
        self.places.retain(|place| !place.is(placement));
    }

    /// The provider does not take our token.
    pub fn token_refused(&mut self, now: Timestamp) {
        self.rest_for(RestReason::Unauthorized, LONGEST_REST, now);
    }

    /// The provider knew our token.
    pub fn token_worked(&mut self) {
        if self.rest.is_some_and(|rest| rest.reason == RestReason::Unauthorized) {
            self.rest = None;
        }
    }

    /// A create failed, with this to be learnt from it.
    pub fn create_failed(&mut self, placement: &Placement, sign: Sign, now: Timestamp) {
        match sign {
            Sign::Nothing => {}
            Sign::SlowDown { wait } => self.hold_creates_until(now.saturating_add(wait).unwrap_or(Timestamp::MAX)),
            Sign::Provider { reason, rest } => self.rest_for(reason, rest, now),
            Sign::Place { reason, rest } => {
                self.places.retain(|place| !place.is(placement) && now < place.rest.until);
                if self.places.len() >= MAX_PLACES {
                    self.places.remove(0);
                }
                let rest = Rest { reason, since: now, until: now + rest };
                let (region, size) = (placement.region.clone(), placement.size.clone());
                self.places.push(RestingPlace { region, size, rest });
            }
            Sign::Trouble => {
                self.failures_in_a_row = self.failures_in_a_row.saturating_add(1);
                if let Some(further) = self.failures_in_a_row.checked_sub(FAILURES_UNTIL_REST) {
                    let rest = (FIRST_REST * (1 << further.min(8))).min(LONGEST_REST);
                    self.rest_for(RestReason::Unavailable, rest, now);
                }
            }
        }
    }

    /// The provider's answers say that its limit is used up until then.
    pub fn hold_creates_until(&mut self, until: Timestamp) {
        self.creates_from = Some(self.creates_from.map_or(until, |from| from.max(until)));
    }

    fn rest_for(&mut self, reason: RestReason, rest: SignedDuration, now: Timestamp) {
        let since = self.resting(now).filter(|old| old.reason == reason).map_or(now, |old| old.since);
        self.rest = Some(Rest { reason, since, until: now + rest });
    }

    /// A machine was asked for and became ready in this time.
    pub fn start_took(&mut self, time: SignedDuration) {
        if self.starts.len() >= MAX_STARTS {
            self.starts.remove(0);
        }
        self.starts.push(u32::try_from(time.as_secs()).unwrap_or_default());
    }

    /// How long recent starts took; nothing before the first one.
    pub fn pace(&self) -> Option<Pace> {
        let mut starts = self.starts.clone();
        starts.sort_unstable();
        let within = |percent: usize| {
            let index = (starts.len() * percent).div_ceil(100).saturating_sub(1);
            starts.get(index).map(|&secs| SignedDuration::from_secs(secs.into()))
        };
        let samples = u32::try_from(starts.len()).unwrap_or(u32::MAX);
        Some(Pace { half_within: within(50)?, nine_of_ten_within: within(90)?, samples })
    }

    /// About how many creates wait.
    pub fn waiting(&self, limits: &Limits, now: Timestamp) -> u32 {
        self.creates.end().map_or(0, |end| Line::ahead(limits.creates(self.provider), end, now))
    }
}

impl RestingPlace {
    fn is(&self, placement: &Placement) -> bool {
        self.region == placement.region && self.size == placement.size
    }
}
