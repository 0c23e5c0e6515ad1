//! One attempt to get a machine: the intent, the call, and what became of it. The design stands in
//! `docs/decisions/0002-attempts-labels-leases.md`.

use super::Provisioner;
use crate::auth::random_secret;
use crate::domain::environment::{Environment, MachineTokens};
use crate::domain::failure_path::path;
use crate::domain::ids::EnvironmentId;
use crate::domain::lifecycle::{Attempt, CREATE_NEEDS, Phase};
use crate::providers::{Machine, MachineSpec, MachineStatus, ProviderError};
use crate::store::{Changed, StoreError};
use crate::trace::TraceId;

impl Provisioner {
    /// Writes the intent of a new attempt, and asks for its machine if nobody else wrote first.
    pub(super) async fn make_attempt(
        &self,
        mut environment: Environment,
        placement_index: usize,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let tokens = MachineTokens { boot: random_secret(), own: random_secret() };
        environment.begin_attempt(placement_index, tokens, now);
        self.store.save(&mut environment, now).await?;
        let Phase::Creating { attempt, lease_until, .. } = environment.phase.clone() else { return Ok(()) };
        // A write that took long, or a computer that slept: another worker may take the attempt over before the provider
        // has answered this one. Then it is theirs to resolve.
        if self.clock.now() + CREATE_NEEDS > lease_until {
            tracing::warn!("too little is left of the lease to ask for a machine");
            return Ok(());
        }
        let (outcome, ()) = tokio::join!(self.create(&environment, &attempt), self.events.tell(&environment));
        if let Err(error) = &outcome {
            tracing::warn!(provider = %attempt.placement.provider, region = attempt.placement.region, %error, "create failed");
        }
        let sign = outcome.as_ref().err().map(|error| path(error).1);
        let written = self.write_outcome(&environment.id, &attempt, outcome).await;
        self.learn(&attempt.placement, sign).await;
        written
    }

    async fn create(&self, environment: &Environment, attempt: &Attempt) -> Result<Machine, ProviderError> {
        let provider = self.providers.get(attempt.placement.provider).ok_or(ProviderError::NotOffered)?;
        let user_data = self.agent.user_data(environment, self.clock.now()).ok_or(ProviderError::Rejected)?;
        // The installation's comes first: it is what machines are recognised by.
        let trace = TraceId::parse(&environment.trace_id).map(|id| id.tag());
        let spec = MachineSpec {
            label: environment.machine_label(attempt.number),
            tags: [self.installation.tag()].into_iter().chain(trace).collect(),
            placement: attempt.placement.clone(),
            user_data,
        };
        provider.create(&spec).await
    }

    /// The answer is written onto whatever the environment has become, as long as this attempt is still its own: a Stop or
    /// a report may have come in between.
    async fn write_outcome(
        &self,
        id: &EnvironmentId,
        attempt: &Attempt,
        outcome: Result<Machine, ProviderError>,
    ) -> Result<(), StoreError> {
        let write = |environment: &mut Environment, now| {
            if is_at(environment, attempt) {
                match &outcome {
                    Ok(machine) => environment.machine_created(self.record_of(machine), now),
                    Err(error) => environment.create_failed(path(error).0, now),
                }
            }
        };
        match self.store.change(id, || self.clock.now(), write).await? {
            Changed::Saved(environment) => {
                tracing::info!(environment.status = ?environment.status(), "attempt answered");
                self.events.tell(&environment).await;
            }
            Changed::Unchanged(environment) => {
                if let Ok(machine) = &outcome
                    && !environment.owns(&machine.label, &machine.id)
                {
                    self.delete_late(machine).await;
                }
            }
            Changed::Absent => {}
        }
        Ok(())
    }

    /// A machine whose attempt was given up while its provider made it. Should this fail, the sweep finds it.
    async fn delete_late(&self, machine: &Machine) {
        tracing::error!(provider = %machine.provider, machine.id = machine.id, "the machine came after its attempt was given up; deleting it");
        if let Some(provider) = self.providers.get(machine.provider)
            && let Err(error) = provider.delete(&machine.id).await
        {
            tracing::warn!(%error, machine.id = machine.id, "the late machine is left to the sweep");
        }
    }

    /// Looks the label of an unanswered attempt up: what is found is adopted. Whether it was.
    pub(super) async fn resolve_attempt(&self, mut environment: Environment) -> Result<bool, StoreError> {
        let Some(attempt) = environment.phase.attempt().cloned() else { return Ok(false) };
        let now = self.clock.now();
        environment.renew_lease(now);
        self.store.save(&mut environment, now).await?;
        let found = self.find(&environment.machine_label(attempt.number), &attempt).await;
        if let Err(error) = &found {
            tracing::warn!(%error, "the attempt's label could not be looked up");
        }
        let write = |environment: &mut Environment, now| {
            if is_at(environment, &attempt) {
                match &found {
                    Ok(Some(machine)) => environment.machine_created(self.record_of(machine), now),
                    Ok(None) => environment.attempt_absent(now),
                    Err(_) => environment.resolve_later(now),
                }
            }
        };
        let mut adopted = false;
        if let Changed::Saved(environment) = self.store.change(&environment.id, || self.clock.now(), write).await? {
            adopted = matches!(found, Ok(Some(_)));
            tracing::info!(environment.status = ?environment.status(), adopted, "attempt resolved");
            self.events.tell(&environment).await;
        }
        Ok(adopted)
    }

    /// The attempt's machine. Should a provider have made two, the oldest: the sweep deletes what nobody owns.
    async fn find(&self, label: &str, attempt: &Attempt) -> Result<Option<Machine>, ProviderError> {
        // Without a token nobody can say that there is no machine.
        let provider = self.providers.get(attempt.placement.provider).ok_or(ProviderError::Unauthorized)?;
        let machines = provider.find(label).await?;
        let tag = self.installation.tag();
        if machines.iter().any(|machine| !machine.tags.iter().any(|other| other.eq_ignore_ascii_case(&tag))) {
            tracing::error!(label, "a machine with our label is not of this installation");
            return Err(ProviderError::Garbage);
        }
        let ours = machines.into_iter().filter(|machine| machine.status != MachineStatus::Deleting);
        Ok(ours.min_by_key(|machine| (machine.created_at, machine.id.clone())))
    }
}

/// Whether the environment still waits for this very attempt.
fn is_at(environment: &Environment, attempt: &Attempt) -> bool {
    matches!(&environment.phase, Phase::Creating { attempt: current, .. } if current.number == attempt.number)
}
