//! The inventory sweep, in both directions.
//!
//! A machine is deleted if and only if it carries this installation's tag, is older than the grace period, and the
//! environment its label names (read from the table after the inventory) does not own it.
//! An environment is told that it lost its machine if and only if it is booting or ready, its machine was not in its
//! provider's complete inventory, and the provider then answers that the machine does not exist.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use super::Provisioner;
use crate::domain::environment::environment_of_label;
use crate::domain::placement::ProviderKind;
use crate::providers::{Machine, Provider, ProviderError};
use crate::store::StoreError;

/// Longer than a create can take with its answer and its write.
const GRACE: SignedDuration = SignedDuration::from_mins(2);
/// More than any installation runs at once; what is above waits for the next tick.
const MAX_LIVE: i32 = 2_000;

/// What a sweep saw and did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SweepReport {
    pub machines: usize,
    pub leaked_and_deleted: usize,
    pub lost: usize,
    pub failed: usize,
}

impl Provisioner {
    pub async fn sweep(&self) -> Result<SweepReport, StoreError> {
        let mut report = SweepReport::default();
        let mut seen: HashSet<(ProviderKind, String)> = HashSet::new();
        let mut complete: HashSet<ProviderKind> = HashSet::new();
        for provider in self.providers.iter() {
            match provider.list(&self.installation.tag()).await {
                Ok(machines) => {
                    complete.insert(provider.kind());
                    report.machines += machines.len();
                    for machine in machines {
                        self.sweep_machine(provider.as_ref(), &machine, &mut report)
                            .await?;
                        seen.insert((machine.provider, machine.id));
                    }
                }
                Err(error) => {
                    tracing::warn!(provider = %provider.kind(), %error, "inventory could not be read");
                    report.failed += 1;
                }
            }
        }
        // Every environment that has not ended carries a due time: the index lists them all.
        for due in self.store.due(Timestamp::MAX, MAX_LIVE).await? {
            let Some(environment) = self.store.environment(&due.id).await? else {
                continue;
            };
            let Some(machine) = environment.phase.machine() else {
                continue;
            };
            let missing = complete.contains(&machine.provider)
                && !seen.contains(&(machine.provider, machine.id.clone()));
            if missing {
                match self.check_presence(&due.id).await {
                    Ok(true) | Err(StoreError::Conflict) => {}
                    Ok(false) => report.lost += 1,
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(report)
    }

    async fn sweep_machine(
        &self,
        provider: &dyn Provider,
        machine: &Machine,
        report: &mut SweepReport,
    ) -> Result<(), StoreError> {
        let old_enough = machine
            .created_at
            .is_none_or(|at| self.clock.now().duration_since(at) >= GRACE);
        if !old_enough {
            return Ok(());
        }
        let owner = match environment_of_label(&machine.label) {
            Some(id) => self.store.environment(&id).await?,
            None => None,
        };
        if owner.is_some_and(|environment| environment.owns(&machine.label, &machine.id)) {
            return Ok(());
        }
        tracing::error!(provider = %machine.provider, machine.id = machine.id, machine.label = machine.label, "leaked machine; deleting it");
        match provider.delete(&machine.id).await {
            Ok(()) => report.leaked_and_deleted += 1,
            Err(ProviderError::RateLimited { .. }) => report.failed += 1,
            Err(error) => {
                tracing::warn!(%error, machine.id = machine.id, "the leaked machine could not be deleted yet");
                report.failed += 1;
            }
        }
        Ok(())
    }
}
