//! Standing in line: every create, and every call to a provider that counts them all, keeps to the account's limit,
//! whichever worker makes it.

use futures::future::try_join_all;
use jiff::Timestamp;

use super::Provisioner;
use crate::domain::choice::{Choice, choose};
use crate::domain::environment::Environment;
use crate::domain::failure_path::Sign;
use crate::domain::lifecycle::Slot;
use crate::domain::placement::{Placement, ProviderKind};
use crate::domain::traffic::Traffic;
use crate::providers::{Call, ProviderError};
use crate::store::StoreError;

/// Where the provider counts creates and deletions together, so many requests of what is left are for deletions.
const KEPT_FOR_DELETIONS: u32 = 50;

impl Provisioner {
    /// Reserves a time for the environment's create, at the placement that is soonest.
    pub(super) async fn take_slot(&self, environment: &mut Environment) -> Result<(), StoreError> {
        let mut providers: Vec<ProviderKind> =
            environment.open_placements().map(|(_, placement)| placement.provider).collect();
        providers.sort_unstable();
        providers.dedup();
        let traffic = try_join_all(providers.into_iter().map(|provider| self.store.traffic(provider))).await?;
        let now = self.clock.now();
        match choose(environment, &traffic, &self.limits, now) {
            Choice::Slot { placement_index } => {
                let Some(placement) = environment.placements.get(placement_index) else { return Ok(()) };
                let reserve = |traffic: &mut Traffic| {
                    let (_, ahead) = traffic.next_create(&self.limits, now);
                    (traffic.reserve_create(&self.limits, now), ahead)
                };
                let (at, ahead) = self.store.change_traffic(placement.provider, reserve).await?;
                let now = self.clock.now();
                environment.slot_taken(Slot { placement_index, at, reserved_at: now, ahead }, now);
            }
            Choice::Wait { until, because } => environment.waits(until, because, now),
            Choice::GiveUp { failure } => environment.fail(failure, now),
        }
        Ok(())
    }

    /// The time at which the provider may be called about the environment's machine: the one reserved earlier, if it is
    /// now, or the next one. A reserved time is claimed by a write: two workers may come to it, and one may use it.
    pub(super) async fn turn(
        &self,
        environment: &mut Environment,
        provider: ProviderKind,
    ) -> Result<Timestamp, StoreError> {
        let now = self.clock.now();
        if environment.has_its_turn(now) {
            environment.turn = None;
            self.store.save(environment, now).await?;
            return Ok(self.clock.now());
        }
        self.store.change_traffic(provider, |traffic| traffic.reserve_call(&self.limits, now)).await
    }

    /// Remembers for everybody what a create's answer says about its provider. Whoever asks next learns it; should it be
    /// lost, they find out for themselves.
    pub(super) async fn learn(&self, placement: &Placement, sign: Option<Sign>) {
        let allowance = self.providers.get(placement.provider).and_then(|provider| provider.allowance(Call::Create));
        let learnt = self.store.change_traffic(placement.provider, |traffic| {
            let now = self.clock.now();
            match sign {
                None => traffic.create_worked(placement),
                Some(sign) => traffic.create_failed(placement, sign, now),
            }
            let kept = match placement.provider {
                ProviderKind::Linode => 1,
                ProviderKind::DigitalOcean => KEPT_FOR_DELETIONS,
            };
            if let Some(allowance) = allowance.filter(|allowance| allowance.remaining < kept) {
                traffic.hold_creates_until(allowance.resets_at);
            }
        });
        if let Err(error) = learnt.await {
            tracing::warn!(%error, provider = %placement.provider, "what a create's answer says could not be kept");
        }
    }

    /// Remembers whether the provider knows our token.
    pub(super) async fn learn_of_token(&self, provider: ProviderKind, error: Option<&ProviderError>) {
        let learnt = self.store.change_traffic(provider, |traffic| match error {
            None => traffic.token_worked(),
            Some(ProviderError::Unauthorized) => traffic.token_refused(self.clock.now()),
            Some(_) => {}
        });
        if let Err(error) = learnt.await {
            tracing::warn!(%error, %provider, "whether the provider knows our token could not be kept");
        }
    }
}
