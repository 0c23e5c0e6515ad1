//! One run of the reaper: what is due is advanced and, at the same time, both providers' inventories are swept, prices that
//! are old are fetched and tags that are left over are taken away. None can keep the others from its work.

use std::time::Duration;

use futures::future::join_all;
use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{Advanced, Patience, Progress, Provisioner};
use crate::domain::ids::EnvironmentId;
use crate::domain::traffic::Traffic;
use crate::store::StoreError;

/// Environments advanced at the same time.
const CONCURRENCY: usize = 50;
/// Whoever has to wait longer is woken by a message. Of several hundred environments that expire together, each is asked
/// to be deleted in one run.
const PATIENCE: Patience = Patience { starting: Duration::from_secs(5), ending: Duration::from_secs(2) };
/// Most environments taken from each shard of the due index in one run.
const BATCH: i32 = 250;
/// What is kept of the run's time when the last environment is taken up: a create (20 s) and writing its answer. Being cut
/// off costs no more than any other crash, but a minute of somebody's time.
const RESERVE: SignedDuration = SignedDuration::from_secs(25);
/// What the sweep leaves for a call under way.
const SWEEP_RESERVE: SignedDuration = SignedDuration::from_secs(12);

/// One run, in one line. What is left is the next run's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReapStatus {
    pub due: usize,
    pub advanced: usize,
    pub adopted: usize,
    pub deleted: usize,
    pub failed: usize,
    pub left: usize,
    pub oldest_overdue_ms: i64,
    pub machines: usize,
    pub leaked_and_deleted: usize,
    pub lost: usize,
    /// Price lists fetched.
    pub priced: usize,
    /// Providers that are not asked for machines now: a token that is refused, an account that is full, no answers.
    pub unhealthy_providers: usize,
}

impl ReapStatus {
    fn count(&mut self, advanced: Advanced) {
        match advanced.progress {
            Progress::Done | Progress::Waits(_) => self.advanced += 1,
            Progress::Unfinished => self.left += 1,
        }
        self.adopted += usize::from(advanced.adopted);
        self.deleted += usize::from(advanced.deleted);
    }
}

impl Provisioner {
    /// Reaps until everything is done or, at the latest, `until`.
    pub async fn reap(&self, until: Timestamp) -> ReapStatus {
        let (mut status, sweep, priced, ()) = tokio::join!(
            self.advance_due(until - RESERVE),
            self.sweep(until - SWEEP_RESERVE),
            self.refresh_prices(until - SWEEP_RESERVE),
            self.forget_tags(until - SWEEP_RESERVE),
        );
        status.machines = sweep.machines;
        status.leaked_and_deleted = sweep.leaked_and_deleted;
        status.lost = sweep.lost;
        status.priced = priced;
        status.failed += sweep.failed;
        status.left += sweep.left;
        status.unhealthy_providers = self.unhealthy_providers().await;
        if let Err(error) = self.store.beat(self.clock.now()).await {
            tracing::error!(%error, "that the reaper ran could not be kept");
            status.failed += 1;
        }
        status
    }

    /// As this run and everybody's creates found them.
    async fn unhealthy_providers(&self) -> usize {
        let traffic = join_all(self.providers.iter().map(|provider| self.store.traffic(provider.kind()))).await;
        let now = self.clock.now();
        let rests = |traffic: &Result<Traffic, StoreError>| match traffic {
            Ok(traffic) => traffic.resting(now).is_some(),
            Err(error) => {
                tracing::warn!(%error, "whether a provider rests could not be read");
                false
            }
        };
        traffic.iter().filter(|traffic| rests(traffic)).count()
    }

    async fn advance_due(&self, latest: Timestamp) -> ReapStatus {
        let now = self.clock.now();
        let mut status = ReapStatus::default();
        let due = match self.store.due(now, BATCH).await {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(%error, "what is due could not be read");
                status.failed += 1;
                Vec::new()
            }
        };
        status.due = due.len();
        status.oldest_overdue_ms =
            due.first().map_or(0, |first| now.as_millisecond().saturating_sub(first.at.as_millisecond()));
        let runs = stream::iter(due).map(|due| self.advance_until(due.id, latest));
        for outcome in runs.buffer_unordered(CONCURRENCY).collect::<Vec<_>>().await {
            match outcome {
                Some(Ok(advanced)) => status.count(advanced),
                None => status.left += 1,
                Some(Err(error)) => {
                    tracing::error!(%error, "an environment could not be advanced");
                    status.failed += 1;
                }
            }
        }
        status
    }

    /// Nothing where it is too late to take another environment up.
    async fn advance_until(&self, id: EnvironmentId, latest: Timestamp) -> Option<Result<Advanced, StoreError>> {
        if self.clock.now() >= latest {
            return None;
        }
        Some(self.advance(&id, PATIENCE).await)
    }
}
