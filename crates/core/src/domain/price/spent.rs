//! What an environment really cost, from the machines it had.

use jiff::{SignedDuration, Timestamp};

use super::bill;
use crate::domain::environment::Environment;
use crate::domain::placement::ProviderKind;

/// What the environment cost so far: every machine that its receipt names, from its creation to the proof of its absence,
/// and the one that exists now, up to `now`. `hourly_micro_usd` are the prices of its placements, in their order.
///
/// A machine's record names provider and region. Where a lab has several sizes in one region, a machine whose attempt is
/// past counts as the dearest of them.
///
/// Nothing, where a price that this takes is not known.
pub fn spent(environment: &Environment, hourly_micro_usd: &[Option<i64>], now: Timestamp) -> Option<i64> {
    let hourly = Hourly { environment, prices: hourly_micro_usd };
    let past = environment.past_resources.iter().map(|resource| {
        let lived = resource.verified_absent_at.duration_since(resource.created_at);
        hourly.bill(resource.provider, &resource.region, lived)
    });
    let present = environment.phase.machine().map(|machine| {
        let lived = now.duration_since(machine.created_at);
        match environment.phase.attempt() {
            Some(attempt) => Some(bill(machine.provider, hourly.of(attempt.placement_index)?, lived)),
            None => hourly.bill(machine.provider, &machine.region, lived),
        }
    });
    past.chain(present).try_fold(0_i64, |sum, cost| Some(sum.saturating_add(cost?)))
}

struct Hourly<'a> {
    environment: &'a Environment,
    prices: &'a [Option<i64>],
}

impl Hourly<'_> {
    fn of(&self, placement_index: usize) -> Option<i64> {
        self.prices.get(placement_index).copied().flatten()
    }

    fn bill(&self, provider: ProviderKind, region: &str, lived: SignedDuration) -> Option<i64> {
        let at_provider = || {
            let placements = self.environment.placements.iter().enumerate();
            placements.filter(|(_, placement)| placement.provider == provider)
        };
        let in_region = at_provider().any(|(_, placement)| placement.region == region);
        let candidates = at_provider().filter(|(_, placement)| !in_region || placement.region == region);
        let prices: Option<Vec<i64>> = candidates.map(|(index, _)| self.of(index)).collect();
        Some(bill(provider, prices?.into_iter().max()?, lived))
    }
}
