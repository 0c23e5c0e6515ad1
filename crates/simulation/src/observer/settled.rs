//! Whether everything comes to something: no-dead-end, and in calm weather liveness and within-limits.

use brihaspati_core::domain::lifecycle::Phase;
use jiff::{SignedDuration, Timestamp};

use super::{Invariant, Known, Observer};
use crate::cloud::Clouds;

/// From good weather to ready, gone or failed: a boot that never ends (6 min), its deletion, another attempt.
const SETTLES: SignedDuration = SignedDuration::from_mins(15);
/// From Play to ready where nothing goes wrong.
const CALM_START: SignedDuration = SignedDuration::from_mins(3);

impl Observer {
    pub(super) fn check_settled(&mut self, clouds: &Clouds, now: Timestamp) {
        let wrongs: Vec<_> = self.environments.values().filter_map(|known| self.wrong(known, now)).collect();
        for (invariant, what) in wrongs {
            self.violated(invariant, what);
        }
        if self.calm
            && let Some(account) = clouds.accounts().find(|account| account.refused > 0)
        {
            self.violated(Invariant::WithinLimits, format!("{} had to refuse a request as too many", account.kind));
        }
    }

    fn wrong(&self, known: &Known, now: Timestamp) -> Option<(Invariant, String)> {
        let environment = &known.environment;
        let id = environment.id.as_str();
        if let Phase::Failed { failure, .. } = &environment.phase {
            if failure.code.is_empty() || failure.message.len() < 20 {
                return Some((Invariant::NoDeadEnd, format!("{id} failed and does not say why and what to do")));
            }
            if self.calm {
                return Some((Invariant::Liveness, format!("{id} failed without a fault: {}", failure.code)));
            }
        }
        let since = known.unsettled_since?;
        if self.calm && environment.is_wanted() && !known.was_ready && now > since + CALM_START {
            return Some((Invariant::Liveness, format!("{id} was asked for at {since} and is not ready")));
        }
        let cleared = self.cleared_at?;
        if now > since.max(cleared) + SETTLES {
            let phase = environment.phase.status();
            return Some((Invariant::NoDeadEnd, format!("{id} is {phase:?} and nothing has come of it since {since}")));
        }
        None
    }
}
