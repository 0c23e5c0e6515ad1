//! Fetching the providers' prices: once in six hours, after a failure with growing pauses. Nothing waits for it, and what
//! comes of it changes nothing else: a token that may not read prices may still make machines.

use std::time::Duration;

use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};

use super::Provisioner;
use crate::domain::placement::ProviderKind;
use crate::domain::price::PriceRecord;
use crate::providers::ProviderError;
use crate::store::StoreError;

/// For all pages of one provider.
const FETCH_LIMIT: Duration = Duration::from_secs(20);

impl Provisioner {
    /// Fetches the price lists that are due, unless `until` is too near. How many were fetched.
    pub(super) async fn refresh_prices(&self, until: Timestamp) -> usize {
        if self.clock.now() + FETCH_LIMIT > until {
            return 0;
        }
        let refreshed = join_all(ProviderKind::ALL.map(|provider| self.refresh_prices_of(provider))).await;
        let outcomes = ProviderKind::ALL.into_iter().zip(refreshed);
        let fetched = outcomes.filter(|(provider, outcome)| match outcome {
            Ok(fetched) => *fetched,
            // Another run was at it at the same time.
            Err(StoreError::Conflict) => false,
            Err(error) => {
                tracing::error!(%provider, %error, "prices could not be kept");
                false
            }
        });
        fetched.count()
    }

    async fn refresh_prices_of(&self, provider: ProviderKind) -> Result<bool, StoreError> {
        let found = self.store.price_record(provider).await?;
        let is_new = found.is_none();
        let mut record = found.unwrap_or_else(|| PriceRecord::new(provider));
        let Some(client) = self.providers.get(provider) else {
            if record.in_use || is_new {
                record.not_used();
                self.store.save_price_record(record).await?;
            }
            return Ok(false);
        };
        if !record.is_due(self.clock.now()) {
            return Ok(false);
        }
        let prices = tokio::time::timeout(FETCH_LIMIT, client.prices()).await;
        let prices = prices.unwrap_or(Err(ProviderError::TimedOut));
        let now = self.clock.now();
        let fetched = prices.is_ok();
        match prices {
            Ok(sizes) => record.learnt(sizes, now),
            Err(error) => {
                let asked_for = match error {
                    ProviderError::RateLimited { retry_after } => retry_after,
                    _ => None,
                };
                record.not_learnt(asked_for.and_then(|wait| SignedDuration::try_from(wait).ok()), now);
                tracing::warn!(%provider, %error, "prices could not be fetched; the old ones stay");
            }
        }
        self.store.save_price_record(record).await?;
        Ok(fetched)
    }
}
