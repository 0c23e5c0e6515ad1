//! The inventory sweep, in both directions.
//!
//! A machine is deleted if and only if it carries this installation's tag, is older than the grace period, and the
//! environment its label names (read from the table after the inventory) does not own it.
//! An environment is told that it lost its machine if and only if it is booting or ready, its machine was older than the
//! grace period and not in its provider's complete inventory, and the provider then answers that the machine does not
//! exist.
//!
//! One item that cannot be read, or one call that fails, is counted and passed over: the next tick is the retry.

use std::collections::HashSet;

use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};

use super::Provisioner;
use crate::domain::environment::{Environment, environment_of_label};
use crate::domain::ids::EnvironmentId;
use crate::domain::lifecycle::Phase;
use crate::domain::placement::ProviderKind;
use crate::providers::{Lookup, Machine};
use crate::store::{Changed, StoreError};

/// Longer than a create can take with its answer and its write.
const GRACE: SignedDuration = SignedDuration::from_mins(2);
/// Most environments read from each shard of the due index.
const MAX_LIVE: i32 = 500;
/// Reads and deletes at the same time.
const CONCURRENCY: usize = 10;

/// What a sweep saw and did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SweepReport {
    pub machines: usize,
    pub leaked_and_deleted: usize,
    pub lost: usize,
    pub failed: usize,
    /// Not looked at: the time was over.
    pub left: usize,
}

/// What was done about one machine or environment.
enum Found {
    InOrder,
    Leak,
    Lost,
    Failed,
    Left,
}

impl SweepReport {
    fn count(&mut self, found: &Found) {
        match found {
            Found::InOrder => {}
            Found::Leak => self.leaked_and_deleted += 1,
            Found::Lost => self.lost += 1,
            Found::Failed => self.failed += 1,
            Found::Left => self.left += 1,
        }
    }
}

/// Both inventories, as far as they could be read.
struct Inventory {
    read_at: Timestamp,
    machines: Vec<Machine>,
    complete: HashSet<ProviderKind>,
}

impl Provisioner {
    /// Sweeps until it is done or `until`.
    pub async fn sweep(&self, until: Timestamp) -> SweepReport {
        let mut report = SweepReport::default();
        let inventory = self.inventory(&mut report).await;
        report.machines = inventory.machines.len();
        let read_at = inventory.read_at;
        let machines = stream::iter(inventory.machines.clone());
        let swept = machines.map(|machine| async move { self.sweep_machine(&machine, read_at, until).await });
        for found in swept.buffer_unordered(CONCURRENCY).collect::<Vec<_>>().await {
            report.count(&found);
        }

        // Every environment that has not ended carries a due time: the index lists them all.
        let live = match self.store.due(Timestamp::MAX, MAX_LIVE).await {
            Ok(live) => live,
            Err(error) => {
                tracing::error!(%error, "the live environments could not be listed");
                report.failed += 1;
                return report;
            }
        };
        let seen: HashSet<(ProviderKind, &str)> =
            inventory.machines.iter().map(|machine| (machine.provider, machine.id.as_str())).collect();
        let environments = stream::iter(live).map(|due| self.sweep_environment(due.id, &seen, &inventory, until));
        for found in environments.buffer_unordered(CONCURRENCY).collect::<Vec<_>>().await {
            report.count(&found);
        }
        report
    }

    async fn inventory(&self, report: &mut SweepReport) -> Inventory {
        let mut inventory = Inventory { read_at: self.clock.now(), machines: Vec::new(), complete: HashSet::new() };
        for provider in self.providers.iter() {
            match provider.list(&self.installation.tag()).await {
                Ok(machines) => {
                    inventory.complete.insert(provider.kind());
                    inventory.machines.extend(machines);
                }
                Err(error) => {
                    tracing::warn!(provider = %provider.kind(), %error, "inventory could not be read");
                    report.failed += 1;
                }
            }
        }
        inventory
    }

    async fn sweep_machine(&self, machine: &Machine, read_at: Timestamp, until: Timestamp) -> Found {
        if machine.created_at.is_some_and(|at| at + GRACE > read_at) {
            return Found::InOrder;
        }
        if self.clock.now() >= until {
            return Found::Left;
        }
        let owner = match environment_of_label(&machine.label) {
            Some(id) => self.store.environment(&id).await,
            None => Ok(None),
        };
        let owned = match owner {
            Ok(environment) => environment.is_some_and(|environment| environment.owns(&machine.label, &machine.id)),
            Err(error) => {
                tracing::error!(%error, machine.id = machine.id, "the machine's owner cannot be read; leaving it");
                return Found::Failed;
            }
        };
        if owned {
            return Found::InOrder;
        }
        tracing::error!(provider = %machine.provider, machine.id = machine.id, machine.label = machine.label, "leaked machine; deleting it");
        match self.providers.get(machine.provider) {
            Some(provider) => match provider.delete(&machine.id).await {
                Ok(()) => Found::Leak,
                Err(error) => {
                    tracing::warn!(%error, machine.id = machine.id, "the leaked machine could not be deleted yet");
                    Found::Failed
                }
            },
            None => Found::Failed,
        }
    }

    async fn sweep_environment(
        &self,
        id: EnvironmentId,
        seen: &HashSet<(ProviderKind, &str)>,
        inventory: &Inventory,
        until: Timestamp,
    ) -> Found {
        if self.clock.now() >= until {
            return Found::Left;
        }
        match self.notice_loss(&id, seen, inventory).await {
            Ok(found) => found,
            Err(StoreError::Conflict) => Found::InOrder,
            Err(error) => {
                tracing::error!(%error, environment.id = %id, "the environment could not be swept");
                Found::Failed
            }
        }
    }

    async fn notice_loss(
        &self,
        id: &EnvironmentId,
        seen: &HashSet<(ProviderKind, &str)>,
        inventory: &Inventory,
    ) -> Result<Found, StoreError> {
        let Some(environment) = self.store.environment(id).await? else { return Ok(Found::InOrder) };
        let (Phase::Booting { machine, .. } | Phase::Ready { machine, .. }) = &environment.phase else {
            return Ok(Found::InOrder);
        };
        let expected =
            inventory.complete.contains(&machine.provider) && machine.created_at + GRACE <= inventory.read_at;
        if !expected || seen.contains(&(machine.provider, machine.id.as_str())) {
            return Ok(Found::InOrder);
        }
        let Some(provider) = self.providers.get(machine.provider) else { return Ok(Found::Failed) };
        let Ok(Lookup::Absent { evidence }) = provider.get(&machine.id).await else { return Ok(Found::InOrder) };
        let lose = |environment: &mut Environment, now| {
            if environment.phase.machine().is_some_and(|current| current.id == machine.id) {
                environment.machine_absent(evidence.clone(), now);
            }
        };
        match self.store.change(id, || self.clock.now(), lose).await? {
            Changed::Saved(environment) => {
                self.events.announce(&environment, self.clock.now()).await;
                Ok(Found::Lost)
            }
            Changed::Unchanged(_) | Changed::Absent => Ok(Found::InOrder),
        }
    }
}
