//! What all workers together know of the providers: one item each, changed under the revision that was read.

use std::time::Duration;

use super::item::item_of;
use super::{Store, StoreError, keys};
use crate::domain::environment::Environment;
use crate::domain::lifecycle::Phase;
use crate::domain::placement::ProviderKind;
use crate::domain::traffic::Traffic;

/// All workers write the same item, though only for a moment each.
const MAX_ROUNDS: u32 = 20;
/// What somebody else's write takes.
const ROUND_MS: u64 = 15;

impl Store {
    /// A provider that nobody asked yet has no traffic.
    pub async fn traffic(&self, provider: ProviderKind) -> Result<Traffic, StoreError> {
        let found = self.read(&keys::traffic(provider)).await?;
        Ok(found.unwrap_or_else(|| Traffic::new(provider)))
    }

    /// Applies `change` to the provider's traffic as it is now, and gives back what `change` did. It may be called several
    /// times, each time on a newer value.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when others kept writing.
    pub async fn change_traffic<T>(
        &self,
        provider: ProviderKind,
        change: impl Fn(&mut Traffic) -> T,
    ) -> Result<T, StoreError> {
        let _turn = self.traffic_writer.lock().await;
        for round in 0..MAX_ROUNDS {
            let before = self.traffic(provider).await?;
            let mut traffic = before.clone();
            let outcome = change(&mut traffic);
            if traffic == before {
                return Ok(outcome);
            }
            match self.save_traffic(traffic).await {
                Ok(()) => return Ok(outcome),
                Err(StoreError::Conflict) => {
                    let jitter = fastrand::u64(0..ROUND_MS << round.min(3));
                    tokio::time::sleep(Duration::from_millis(jitter)).await;
                }
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Conflict)
    }

    /// Keeps how long the start of an environment took that has just become ready. Estimates can do without one of them.
    pub async fn keep_start(&self, environment: &Environment) {
        let Phase::Ready { attempt, since, .. } = &environment.phase else { return };
        let time = since.duration_since(attempt.started_at);
        if let Err(error) = self.change_traffic(attempt.placement.provider, |traffic| traffic.start_took(time)).await {
            tracing::warn!(%error, "the time a start took could not be kept");
        }
    }

    async fn save_traffic(&self, mut traffic: Traffic) -> Result<(), StoreError> {
        let read = traffic.revision;
        traffic.revision += 1;
        let item = item_of(&keys::traffic(traffic.provider), &traffic)?;
        self.put_over(item, "attribute_not_exists(pk) OR revision = :read", read).await
    }
}
