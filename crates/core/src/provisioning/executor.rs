//! The executor. Safe to run twice, at the same time, and to be cut off at any await: what it is about to do stands in
//! the table before it does it, and every write names the revision it read.

use std::time::Duration;

use jiff::Timestamp;
use tracing::Instrument;

use super::Provisioner;
use crate::domain::decision::{Decision, decide};
use crate::domain::environment::Environment;
use crate::domain::ids::EnvironmentId;
use crate::domain::lifecycle::MachineRecord;
use crate::providers::{Lookup, Machine, Provider, ProviderError};
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

/// How long a run may wait for an environment's next step instead of leaving it to a later run.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// While its trainee waits for it.
    pub starting: Duration,
    /// While it is being deleted: nobody waits for that, but others wait for the worker.
    pub ending: Duration,
}

/// What one step came to.
enum Step {
    Again,
    /// The same has to be asked again after a moment.
    AskAgain(Duration),
}

impl Provisioner {
    /// Brings one environment forward until it waits for something further away than `patience` allows.
    ///
    /// # Errors
    /// When the table does not answer; providers' failures are part of the environment's own path.
    pub async fn advance(&self, id: &EnvironmentId, patience: Patience) -> Result<Progress, StoreError> {
        let began = self.clock.now();
        for _ in 0..MAX_STEPS {
            let Some(environment) = self.store.environment(id).await? else { return Ok(Progress::Done) };
            let now = self.clock.now();
            let patience = if environment.is_wanted() { patience.starting } else { patience.ending };
            let deadline = began.saturating_add(patience).unwrap_or(Timestamp::MAX);
            let wait = match decide(&environment, now) {
                Decision::Wait { until: None } => return Ok(Progress::Done),
                Decision::Wait { until: Some(until) } => {
                    if until > deadline {
                        return Ok(Progress::Waits(until));
                    }
                    Duration::try_from(until.duration_since(now)).unwrap_or_default()
                }
                decision => {
                    let span = tracing::info_span!("step", trace_id = %environment.trace_id, environment.id = %id);
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

    async fn step(&self, mut environment: Environment, decision: Decision, now: Timestamp) -> Result<Step, StoreError> {
        match decision {
            Decision::Wait { .. } => return Ok(Step::Again),
            Decision::BeginAttempt { placement_index } => {
                self.make_attempt(environment, placement_index).await?;
                return Ok(Step::Again);
            }
            Decision::ResolveAttempt => {
                self.resolve_attempt(environment).await?;
                return Ok(Step::Again);
            }
            Decision::ObserveMachine => {
                if let Some(wait) = self.observe(&mut environment).await {
                    return Ok(Step::AskAgain(wait));
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

    /// Writes, and tells the bus.
    async fn save(&self, environment: &mut Environment) -> Result<(), StoreError> {
        self.store.save(environment, self.clock.now()).await?;
        tracing::info!(environment.status = ?environment.status(), environment.revision = environment.revision, "saved");
        self.events.tell(environment).await;
        Ok(())
    }

    fn provider_of(&self, environment: &Environment) -> Option<(&dyn Provider, MachineRecord)> {
        let machine = environment.phase.machine()?.clone();
        let provider = self.providers.get(machine.provider)?;
        Some((provider.as_ref(), machine))
    }

    /// Asks the provider for the machine; how long to wait before asking again, where nothing was learnt.
    async fn observe(&self, environment: &mut Environment) -> Option<Duration> {
        let Some((provider, machine)) = self.provider_of(environment) else { return Some(OBSERVE_INTERVAL) };
        match provider.get(&machine.id).await {
            Ok(Lookup::Exists(machine)) => match self.address_of(&machine) {
                Some(address) => environment.address_learnt(address),
                None => return Some(OBSERVE_INTERVAL),
            },
            Ok(Lookup::Absent { evidence }) => environment.machine_absent(evidence, self.clock.now()),
            Err(error) => {
                tracing::warn!(%error, machine.id = machine.id, "the machine could not be observed");
                return match error {
                    ProviderError::RateLimited { retry_after: Some(wait) } => Some(wait.max(OBSERVE_INTERVAL)),
                    _ => Some(OBSERVE_INTERVAL),
                };
            }
        }
        None
    }

    /// Asks for the deletion and then whether the machine exists: only that answer counts.
    async fn delete(&self, environment: &mut Environment) {
        let Some((provider, machine)) = self.provider_of(environment) else {
            tracing::error!("a machine exists at a provider that has no token; it can't be deleted");
            environment.still_exists(self.clock.now());
            return;
        };
        let answer = match provider.delete(&machine.id).await {
            Ok(()) => {
                environment.delete_accepted(self.clock.now());
                provider.get(&machine.id).await
            }
            Err(error) => Err(error),
        };
        let now = self.clock.now();
        match answer {
            Ok(Lookup::Absent { evidence }) => environment.machine_absent(evidence, now),
            Ok(Lookup::Exists(_)) => {
                tracing::info!(machine.id = machine.id, "the machine still exists");
                environment.still_exists(now);
            }
            Err(error) => {
                tracing::warn!(%error, machine.id = machine.id, "the machine could not be deleted yet");
                environment.still_exists(now);
            }
        }
    }

    /// What is kept of a machine.
    pub(super) fn record_of(&self, machine: &Machine) -> MachineRecord {
        MachineRecord {
            provider: machine.provider,
            id: machine.id.clone(),
            label: machine.label.clone(),
            region: machine.region.clone(),
            created_at: machine.created_at.unwrap_or_else(|| self.clock.now()),
            address: self.address_of(machine),
        }
    }

    /// The address, if it is one that browsers may be sent to.
    fn address_of(&self, machine: &Machine) -> Option<std::net::IpAddr> {
        let address = machine.address?;
        if self.agent.machine_url().may_lead_to(address) {
            return Some(address);
        }
        tracing::error!(provider = %machine.provider, machine.id = machine.id, "the machine's address is not a public one");
        None
    }
}
