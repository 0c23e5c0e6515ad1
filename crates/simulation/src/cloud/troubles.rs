//! What may befall a call to a provider.

use std::time::Duration;

use brihaspati_core::domain::placement::{Placement, ProviderKind};
use brihaspati_core::providers::ProviderError;
use jiff::Timestamp;

use super::account::Operation;
use crate::dice::Dice;
use crate::fault::Fault;
use crate::observer::Scope;
use crate::weather::Weather;
use crate::world::State;

/// A time from the beginning of the run in which every call of one kind fails.
#[derive(Clone, Copy, Debug)]
struct Window {
    from: Duration,
    to: Duration,
}

impl Window {
    fn draw(weather: &Weather, dice: &mut Dice) -> Self {
        let from = dice.between(Duration::ZERO, weather.clears_after);
        let to = from + dice.between(Duration::from_secs(20), Duration::from_mins(8));
        Self { from, to: to.min(weather.clears_after) }
    }
}

/// An account's bad times.
pub(crate) struct Troubles {
    outage: Option<Window>,
    unauthorized: Option<Window>,
    no_capacity: Option<Window>,
    account_limit: Option<Window>,
    /// Sizes that regions of this parity do not have, until the weather clears.
    not_offered: bool,
}

impl Troubles {
    pub(crate) fn draw(weather: &mut Weather, dice: &mut Dice) -> Self {
        let mut window = |fault| weather.strikes(fault, dice).then(|| Window::draw(weather, dice));
        Self {
            outage: window(Fault::Outage),
            unauthorized: window(Fault::Unauthorized),
            no_capacity: window(Fault::NoCapacity),
            account_limit: window(Fault::AccountLimit),
            not_offered: weather.strikes(Fault::NotOffered, dice),
        }
    }
}

/// How a call goes.
pub(crate) enum Course {
    /// It reaches the provider and its answer comes back.
    Well { there: Duration, back: Duration },
    /// It never takes effect.
    Refused { after: Duration, error: ProviderError },
    /// It takes effect after `there`, and the caller gets this error after `after`, which may be earlier.
    Misheard { there: Duration, after: Duration, error: ProviderError },
}

/// A request that reached the provider.
#[derive(Clone, Copy)]
pub(crate) struct Arrival {
    pub(crate) at: Timestamp,
    /// Not later than core counts on.
    pub(crate) in_time: bool,
}

/// How long the clients wait for an answer.
pub(crate) fn patience(operation: Operation) -> Duration {
    Duration::from_secs(if operation == Operation::Create { 20 } else { 10 })
}

/// How long after the caller gave up a request may still reach the provider.
const LATE: u64 = 4000;
/// And how long if it does not keep to what core counts on.
const MUCH_TOO_LATE: u64 = 120_000;

impl Course {
    /// Whether a request that takes effect after `there` does so in time.
    pub(crate) fn is_in_time(&self) -> bool {
        match self {
            Self::Well { .. } | Self::Refused { .. } => true,
            Self::Misheard { there, after, .. } => *there <= *after + Duration::from_millis(LATE),
        }
    }

    pub(crate) fn draw(kind: ProviderKind, operation: Operation, place: Option<&Placement>, state: &mut State) -> Self {
        let course = Self::trouble(kind, operation, place, state);
        if course.is_some() {
            state.hindered(Scope::Provider(kind));
        }
        let (there, back) = (state.dice.millis(10, 300), state.dice.millis(10, 300));
        course.unwrap_or(Self::Well { there, back })
    }

    fn trouble(kind: ProviderKind, operation: Operation, place: Option<&Placement>, state: &mut State) -> Option<Self> {
        let after = state.dice.millis(20, 600);
        let refused = |error| Some(Self::Refused { after, error });
        let patience = patience(operation);
        if let Some(error) = standing(kind, place, state) {
            // A provider that is down does not always say so.
            let silent = error == ProviderError::Unavailable && state.dice.chance(0.3);
            return if silent {
                Some(Self::Refused { after: patience, error: ProviderError::TimedOut })
            } else {
                refused(error)
            };
        }
        if state.strikes(Fault::RateLimited) {
            let wait = state.dice.chance(0.5).then(|| state.dice.between(Duration::ZERO, Duration::from_secs(20)));
            return refused(ProviderError::RateLimited { retry_after: wait });
        }
        if state.strikes(Fault::FailsBefore) {
            return refused(ProviderError::Unavailable);
        }
        if state.strikes(Fault::GarbageBefore) {
            return refused(ProviderError::Garbage);
        }
        if state.strikes(Fault::SilentBefore) {
            return Some(Self::Refused { after: patience, error: ProviderError::TimedOut });
        }
        let misheard = |there, after, error| Some(Self::Misheard { there, after, error });
        if state.strikes(Fault::FailsAfter) {
            return misheard(after / 2, after, ProviderError::Unavailable);
        }
        if state.strikes(Fault::GarbageAfter) {
            return misheard(after / 2, after, ProviderError::Garbage);
        }
        if state.strikes(Fault::SilentAfter) {
            let there = state.dice.between(Duration::ZERO, patience);
            return misheard(there, patience, ProviderError::TimedOut);
        }
        if state.strikes(Fault::EffectAfterTimeout) {
            return misheard(patience + state.dice.millis(0, LATE), patience, ProviderError::TimedOut);
        }
        if state.strikes(Fault::ResetWithLateEffect) {
            return misheard(after + state.dice.millis(0, LATE), after, ProviderError::Unavailable);
        }
        if operation == Operation::Create && state.strikes(Fault::EffectMuchTooLate) {
            return misheard(after + state.dice.millis(20_000, MUCH_TOO_LATE), after, ProviderError::Unavailable);
        }
        if operation == Operation::Create && state.strikes(Fault::SlowCreate) {
            // Others may take it for lost meanwhile.
            let there = state.dice.millis(14_000, 19_500);
            return Some(Self::Well { there, back: state.dice.millis(10, 300) });
        }
        if state.strikes(Fault::SlowCall) {
            let there = state.dice.between(Duration::from_secs(1), patience.mul_f64(0.9));
            let back = state.dice.between(Duration::ZERO, patience.mul_f64(0.99) - there);
            return Some(Self::Well { there, back });
        }
        None
    }
}

/// The refusal of the account's bad time, if it has one now.
fn standing(kind: ProviderKind, place: Option<&Placement>, state: &mut State) -> Option<ProviderError> {
    if state.weather.is_clear() {
        return None;
    }
    let now = state.elapsed();
    let troubles = &state.clouds.account(kind).troubles;
    let within = |window: Option<Window>| window.is_some_and(|window| window.from <= now && now < window.to);
    if within(troubles.outage) {
        return Some(ProviderError::Unavailable);
    }
    if within(troubles.unauthorized) {
        return Some(ProviderError::Unauthorized);
    }
    let place = place?;
    // Half of the regions have none of what the weather takes away.
    let unlucky = place.region.bytes().map(u32::from).sum::<u32>() % 2 == 0;
    if unlucky && troubles.not_offered {
        return Some(ProviderError::NotOffered);
    }
    if unlucky && within(troubles.no_capacity) {
        return Some(ProviderError::NoCapacity);
    }
    within(troubles.account_limit).then_some(ProviderError::AccountLimit)
}
