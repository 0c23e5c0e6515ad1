//! The executor. Safe to run twice, at the same time, and to be cut off at any await: what it is about to do stands in
//! the table before it does it, and every write names the revision it read.

use std::time::Duration;

use jiff::Timestamp;
use tracing::Instrument;

use super::Provisioner;
use crate::auth::random_secret;
use crate::domain::decision::{Decision, decide};
use crate::domain::environment::Environment;
use crate::domain::ids::EnvironmentId;
use crate::domain::lifecycle::{MachineRecord, Phase};
use crate::providers::{Lookup, Machine, MachineSpec, Provider, ProviderError};
use crate::store::StoreError;

/// More steps than any path through the lifecycle needs in one run.
const MAX_STEPS: u32 = 60;
/// How often a machine's address is asked for while its agent already serves.
const OBSERVE_INTERVAL: Duration = Duration::from_secs(1);

/// Where a run left an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// At an end, or unknown.
    Done,
    /// There is nothing to do before this time.
    Waits(Timestamp),
    /// Something is due, but this run has no more time or steps for it.
    Unfinished,
}

/// What one step came to.
enum Step {
    Again,
    /// The same has to be asked again after a moment.
    AskAgain(Duration),
}

impl Provisioner {
    /// Brings one environment forward until it waits for something further away than `patience`.
    ///
    /// # Errors
    /// When the table does not answer; providers' failures are part of the environment's own path.
    pub async fn advance(&self, id: &EnvironmentId, patience: Duration) -> Result<Progress, StoreError> {
        let deadline = self
            .clock
            .now()
            .saturating_add(patience)
            .unwrap_or(Timestamp::MAX);
        for _ in 0..MAX_STEPS {
            let Some(environment) = self.store.environment(id).await? else {
                return Ok(Progress::Done);
            };
            let now = self.clock.now();
            let wait = match decide(&environment, now) {
                Decision::Wait { until: None } => return Ok(Progress::Done),
                Decision::Wait { until: Some(until) } => {
                    if until > deadline {
                        return Ok(Progress::Waits(until));
                    }
                    Duration::try_from(until.duration_since(now)).unwrap_or_default()
                }
                decision => {
                    let span =
                        tracing::info_span!("step", trace_id = %environment.trace_id, environment.id = %id);
                    match self.step(environment, decision, now).instrument(span).await {
                        Ok(Step::Again) | Err(StoreError::Conflict) => continue,
                        Ok(Step::AskAgain(wait)) => wait,
                        Err(error) => return Err(error),
                    }
                }
            };
            if now.saturating_add(wait).is_ok_and(|end| end > deadline) {
                return Ok(Progress::Unfinished);
            }
            self.clock.sleep(wait).await;
        }
        Ok(Progress::Unfinished)
    }

    async fn step(
        &self,
        mut environment: Environment,
        decision: Decision,
        now: Timestamp,
    ) -> Result<Step, StoreError> {
        match decision {
            Decision::Wait { .. } => return Ok(Step::Again),
            Decision::BeginAttempt { placement_index } => {
                environment.begin_attempt(placement_index, random_secret(), now);
                self.save(&mut environment).await?;
                self.create(environment).await?;
                return Ok(Step::Again);
            }
            Decision::ResolveAttempt => {
                environment.renew_lease(now);
                self.save(&mut environment).await?;
                self.resolve(&mut environment).await;
            }
            Decision::ObserveMachine => {
                if !self.observe(&mut environment).await {
                    return Ok(Step::AskAgain(OBSERVE_INTERVAL));
                }
            }
            Decision::BecomeReady => environment.become_ready(now),
            Decision::Expire => environment.expire(now),
            Decision::BeginDelete => environment.begin_delete(now),
            Decision::Delete => self.delete(&mut environment).await,
            Decision::End { reason } => environment.end(reason, now),
            Decision::GiveUp { failure } => environment.fail(failure, now),
        }
        self.save(&mut environment).await?;
        Ok(Step::Again)
    }

    /// Writes, and tells the bus when the status changed.
    async fn save(&self, environment: &mut Environment) -> Result<(), StoreError> {
        self.store.save(environment, self.clock.now()).await?;
        tracing::info!(environment.status = ?environment.status(), environment.revision = environment.revision, "saved");
        self.events.tell(environment).await;
        Ok(())
    }

    /// Asks for the machine of the attempt whose intent was just written, and writes what came of it.
    async fn create(&self, environment: Environment) -> Result<(), StoreError> {
        let Some(attempt) = environment.phase.attempt().cloned() else {
            return Ok(());
        };
        let outcome = match self.providers.get(attempt.placement.provider) {
            None => Err(ProviderError::NotOffered),
            Some(provider) => match self.agent.user_data(&environment, self.clock.now()) {
                None => Err(ProviderError::Rejected),
                Some(user_data) => {
                    let spec = MachineSpec {
                        label: environment.machine_label(attempt.number),
                        tags: vec![self.installation.tag(), format!("env:{}", environment.id.bare())],
                        placement: attempt.placement.clone(),
                        user_data,
                    };
                    provider.create(&spec).await
                }
            },
        };
        if let Err(error) = &outcome {
            tracing::warn!(provider = %attempt.placement.provider, region = attempt.placement.region, %error, "create failed");
        }
        self.write_outcome(environment, attempt.number, outcome).await
    }

    /// The answer is written onto whatever the environment has become, as long as this attempt is still its own: a Stop
    /// may have come in between.
    async fn write_outcome(
        &self,
        mut environment: Environment,
        attempt: u32,
        outcome: Result<Machine, ProviderError>,
    ) -> Result<(), StoreError> {
        const MAX_CONFLICTS: u32 = 10;
        for _ in 0..MAX_CONFLICTS {
            let ours = matches!(&environment.phase, Phase::Creating { attempt: current, .. } if current.number == attempt);
            if !ours {
                return Ok(());
            }
            let now = self.clock.now();
            match &outcome {
                Ok(machine) => environment.machine_created(record_of(machine, now), now),
                Err(error) => environment.create_failed(error, now),
            }
            match self.save(&mut environment).await {
                Err(StoreError::Conflict) => match self.store.environment(&environment.id).await? {
                    Some(current) => environment = current,
                    None => return Ok(()),
                },
                outcome => return outcome,
            }
        }
        Err(StoreError::Conflict)
    }

    /// Looks the attempt's label up: what is found is adopted.
    async fn resolve(&self, environment: &mut Environment) {
        let Some(attempt) = environment.phase.attempt() else {
            return;
        };
        let label = environment.machine_label(attempt.number);
        let found = match self.providers.get(attempt.placement.provider) {
            Some(provider) => provider.find(&label).await,
            None => Ok(Vec::new()),
        };
        let now = self.clock.now();
        match found {
            // The oldest one: should a provider have made two, the sweep deletes what nobody owns.
            Ok(machines) => match machines
                .into_iter()
                .min_by_key(|machine| (machine.created_at, machine.id.clone()))
            {
                Some(machine) => {
                    tracing::info!(
                        machine.id = machine.id,
                        "adopted the machine of an attempt without an answer"
                    );
                    environment.machine_created(record_of(&machine, now), now);
                }
                None => environment.attempt_absent(now),
            },
            Err(error) => {
                tracing::warn!(%error, "the attempt's label could not be looked up");
                environment.resolve_later(now);
            }
        }
    }

    fn provider_of(&self, environment: &Environment) -> Option<(&dyn Provider, MachineRecord)> {
        let machine = environment.phase.machine()?.clone();
        let provider = self.providers.get(machine.provider)?;
        Some((provider.as_ref(), machine))
    }

    /// Asks the provider for the machine; whether anything was learnt.
    async fn observe(&self, environment: &mut Environment) -> bool {
        let Some((provider, machine)) = self.provider_of(environment) else {
            return false;
        };
        match provider.get(&machine.id).await {
            Ok(Lookup::Exists(Machine {
                address: Some(address),
                ..
            })) => {
                environment.address_learnt(address);
                environment.become_ready(self.clock.now());
                true
            }
            Ok(Lookup::Exists(_)) => false,
            Ok(Lookup::Absent { evidence }) => {
                environment.machine_absent(evidence, self.clock.now());
                true
            }
            Err(error) => {
                tracing::warn!(%error, machine.id = machine.id, "the machine could not be observed");
                false
            }
        }
    }

    /// Asks for the deletion and then whether the machine exists: only that answer counts.
    async fn delete(&self, environment: &mut Environment) {
        let Some((provider, machine)) = self.provider_of(environment) else {
            tracing::error!("a machine exists at a provider that has no token; it can't be deleted");
            environment.still_exists(self.clock.now());
            return;
        };
        let answer = match provider.delete(&machine.id).await {
            Ok(()) => provider.get(&machine.id).await,
            Err(error) => Err(error),
        };
        let now = self.clock.now();
        match answer {
            Ok(Lookup::Absent { evidence }) => environment.machine_absent(evidence, now),
            Ok(Lookup::Exists(_)) => environment.still_exists(now),
            Err(error) => {
                tracing::warn!(%error, machine.id = machine.id, "the machine could not be deleted yet");
                environment.still_exists(now);
            }
        }
    }

    /// Whether the provider still has the environment's machine; what vanished is written down.
    pub(super) async fn check_presence(&self, id: &EnvironmentId) -> Result<bool, StoreError> {
        let Some(mut environment) = self.store.environment(id).await? else {
            return Ok(true);
        };
        if !matches!(environment.phase, Phase::Booting { .. } | Phase::Ready { .. }) {
            return Ok(true);
        }
        let Some((provider, machine)) = self.provider_of(&environment) else {
            return Ok(true);
        };
        let Ok(Lookup::Absent { evidence }) = provider.get(&machine.id).await else {
            return Ok(true);
        };
        environment.machine_absent(evidence, self.clock.now());
        self.save(&mut environment).await?;
        Ok(false)
    }
}

fn record_of(machine: &Machine, now: Timestamp) -> MachineRecord {
    MachineRecord {
        provider: machine.provider,
        id: machine.id.clone(),
        label: machine.label.clone(),
        region: machine.region.clone(),
        created_at: machine.created_at.unwrap_or(now),
        address: machine.address,
    }
}
