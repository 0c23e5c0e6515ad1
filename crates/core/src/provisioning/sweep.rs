//! The inventory sweep: what the providers list beside what the `due` index lists, which holds every environment that has
//! not ended. Only where the two differ is anything read.
//!
//! A machine is deleted if and only if it carries this installation's tag, is older than the grace period, and the
//! environment its label names (read from the table after the inventory) does not own it.
//! An environment is told that it lost its machine if and only if it is booting or ready, its machine was older than the
//! grace period and not in its provider's complete inventory, and the provider then answers that the machine does not
//! exist. It is told its machine's address if it did not know it.
//!
//! One item that cannot be read, or one call that fails, is counted and passed over: the next tick is the retry.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures::future::join_all;
use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use tracing::{Instrument, Span};

use super::Provisioner;
use crate::domain::environment::{Environment, environment_of_label};
use crate::domain::ids::EnvironmentId;
use crate::domain::lifecycle::Phase;
use crate::domain::placement::ProviderKind;
use crate::providers::{Lookup, Machine, ProviderError};
use crate::store::{Changed, Due, StoreError};
use crate::trace::TraceId;

/// Longer than a create can take with its answer and its write.
const GRACE: SignedDuration = SignedDuration::from_mins(2);
/// Most environments read from each shard of the due index.
const MAX_LIVE: i32 = 1000;
/// For all pages of one provider: another's leaks must not wait for it.
const LIST_LIMIT: Duration = Duration::from_secs(20);
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

/// Where the inventories and the table do not say the same.
#[derive(Default)]
struct Differences {
    /// Machines that no live environment is known to own.
    unowned: Vec<Machine>,
    /// Environments whose machine is not listed, or is listed with an address that they do not know.
    changed: Vec<(EnvironmentId, Option<Machine>)>,
}

impl Provisioner {
    /// Sweeps until it is done or `until`.
    pub async fn sweep(&self, until: Timestamp) -> SweepReport {
        let mut report = SweepReport::default();
        let inventory = self.inventory(&mut report).await;
        report.machines = inventory.machines.len();
        let live = match self.store.due(Timestamp::MAX, MAX_LIVE).await {
            Ok(live) => live,
            // Then every machine's owner is read.
            Err(error) => {
                tracing::error!(%error, "the live environments could not be listed");
                report.failed += 1;
                Vec::new()
            }
        };
        let differences = self.compare(&inventory, &live);
        let machines = stream::iter(differences.unowned).map(|machine| {
            let span = span_of(&machine);
            async move { self.sweep_machine(&machine, inventory.read_at, until).await }.instrument(span)
        });
        for found in machines.buffer_unordered(CONCURRENCY).collect::<Vec<_>>().await {
            report.count(&found);
        }
        let complete = &inventory.complete;
        let environments = stream::iter(differences.changed).map(|(id, machine)| {
            let span = machine.as_ref().map_or_else(Span::current, span_of);
            async move { self.sweep_environment(&id, machine.as_ref(), complete, inventory.read_at, until).await }
                .instrument(span)
        });
        for found in environments.buffer_unordered(CONCURRENCY).collect::<Vec<_>>().await {
            report.count(&found);
        }
        report
    }

    /// Both lists beside each other. Either may be a moment old: what differs is looked at, not believed.
    fn compare(&self, inventory: &Inventory, live: &[Due]) -> Differences {
        let owners: HashMap<&(ProviderKind, String), &EnvironmentId> =
            live.iter().filter_map(|due| Some((due.machine.as_ref()?, &due.id))).collect();
        let listed: HashMap<(ProviderKind, String), &Machine> =
            inventory.machines.iter().map(|machine| (machine_key(machine), machine)).collect();
        let mut differences = Differences::default();
        for machine in &inventory.machines {
            let owner = owners.get(&machine_key(machine)).copied();
            if owner.is_none() || environment_of_label(&machine.label).as_ref() != owner {
                differences.unowned.push(machine.clone());
            }
        }
        for due in live {
            let Some(key) = &due.machine else { continue };
            let machine = listed.get(key).copied();
            let address = machine.and_then(|machine| self.address_of(machine));
            if machine.is_none() || (due.unaddressed && address.is_some()) {
                differences.changed.push((due.id.clone(), machine.cloned()));
            }
        }
        differences
    }

    async fn inventory(&self, report: &mut SweepReport) -> Inventory {
        let mut inventory = Inventory { read_at: self.clock.now(), machines: Vec::new(), complete: HashSet::new() };
        let tag = self.installation.tag();
        let lists = self.providers.iter().map(|provider| async {
            let list = tokio::time::timeout(LIST_LIMIT, provider.list(&tag)).await;
            let list = list.unwrap_or(Err(ProviderError::TimedOut));
            self.learn_of_token(provider.kind(), list.as_ref().err()).await;
            (provider.kind(), list)
        });
        for (provider, list) in join_all(lists).await {
            match list {
                Ok(machines) => {
                    inventory.complete.insert(provider);
                    inventory.machines.extend(machines);
                }
                Err(error) => {
                    tracing::warn!(%provider, %error, "inventory could not be read");
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
        id: &EnvironmentId,
        listed: Option<&Machine>,
        complete: &HashSet<ProviderKind>,
        read_at: Timestamp,
        until: Timestamp,
    ) -> Found {
        if self.clock.now() >= until {
            return Found::Left;
        }
        let found = match listed {
            Some(machine) => self.tell_address(id, machine).await,
            None => self.notice_loss(id, complete, read_at).await,
        };
        match found {
            Ok(found) => found,
            Err(StoreError::Conflict) => Found::InOrder,
            Err(error) => {
                tracing::error!(%error, environment.id = %id, "the environment could not be swept");
                Found::Failed
            }
        }
    }

    async fn tell_address(&self, id: &EnvironmentId, machine: &Machine) -> Result<Found, StoreError> {
        let Some(address) = self.address_of(machine) else { return Ok(Found::InOrder) };
        let tell = |environment: &mut Environment, _now| {
            if environment.owns(&machine.label, &machine.id) {
                environment.address_learnt(address);
            }
        };
        if let Changed::Saved(environment) = self.store.change(id, || self.clock.now(), tell).await? {
            self.events.announce(&environment, self.clock.now()).await;
        }
        Ok(Found::InOrder)
    }

    async fn notice_loss(
        &self,
        id: &EnvironmentId,
        complete: &HashSet<ProviderKind>,
        read_at: Timestamp,
    ) -> Result<Found, StoreError> {
        let Some(environment) = self.store.environment(id).await? else { return Ok(Found::InOrder) };
        let (Phase::Booting { machine, .. } | Phase::Ready { machine, .. }) = &environment.phase else {
            return Ok(Found::InOrder);
        };
        let expected = complete.contains(&machine.provider) && machine.created_at + GRACE <= read_at;
        if !expected {
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

/// What is done about a machine belongs to the story it was made in.
fn span_of(machine: &Machine) -> Span {
    let made_under = TraceId::of_tags(&machine.tags);
    made_under.map_or_else(Span::current, |id| tracing::info_span!("sweep", trace_id = %id, machine.id = machine.id))
}

fn machine_key(machine: &Machine) -> (ProviderKind, String) {
    (machine.provider, machine.id.clone())
}
