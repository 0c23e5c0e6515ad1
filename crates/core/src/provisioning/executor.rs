//! The executor. Safe to run twice, at the same time, and to be cut off at any await: what it is about to do stands in
//! the table before it does it, and every write names the revision it read.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tracing::Instrument;

use super::Provisioner;
use crate::domain::decision::{Decision, decide};
use crate::domain::environment::Environment;
use crate::domain::ids::EnvironmentId;
use crate::domain::lifecycle::{MachineRecord, Phase};
use crate::providers::{Lookup, Machine, Provider, ProviderError};
use crate::store::StoreError;

/// More steps than any path through the lifecycle needs in one run.
const MAX_STEPS: u32 = 60;
/// How often a machine's address is asked for while its agent already serves.
const OBSERVE_INTERVAL: SignedDuration = SignedDuration::from_secs(2);
const OBSERVE_LATEST: SignedDuration = SignedDuration::from_mins(1);
/// What is further away than this is the reaper's to notice.
const WORTH_WAKING: SignedDuration = SignedDuration::from_mins(15);

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

/// What a run did to an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advanced {
    pub progress: Progress,
    /// A machine of an abandoned attempt was found and taken over.
    pub adopted: bool,
    /// A machine was proven gone.
    pub deleted: bool,
}

/// How long a run may wait for an environment's next step instead of leaving it to a later run.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// While its trainee waits for it.
    pub starting: Duration,
    /// While it is being deleted: nobody waits for that, but others wait for the worker.
    pub ending: Duration,
}

impl Provisioner {
    /// Brings one environment forward until it waits for something further away than `patience` allows. Where that is
    /// worth it, somebody is sent to go on just then.
    ///
    /// # Errors
    /// When the table does not answer; providers' failures are part of the environment's own path.
    pub async fn advance(&self, id: &EnvironmentId, patience: Patience) -> Result<Advanced, StoreError> {
        let began = self.clock.now();
        let mut advanced = Advanced { progress: Progress::Unfinished, adopted: false, deleted: false };
        for _ in 0..MAX_STEPS {
            let Some(environment) = self.store.environment(id).await? else {
                return Ok(Advanced { progress: Progress::Done, ..advanced });
            };
            let now = self.clock.now();
            let patience = if environment.is_wanted() { patience.starting } else { patience.ending };
            let deadline = began.saturating_add(patience).unwrap_or(Timestamp::MAX);
            match decide(&environment, now) {
                Decision::Wait { until: None } => return Ok(Advanced { progress: Progress::Done, ..advanced }),
                Decision::Wait { until: Some(until) } if until > deadline => {
                    self.wake_at(&environment, until, now).await;
                    return Ok(Advanced { progress: Progress::Waits(until), ..advanced });
                }
                Decision::Wait { until: Some(until) } => {
                    self.clock.sleep(Duration::try_from(until.duration_since(now)).unwrap_or_default()).await;
                }
                decision => {
                    let span = tracing::info_span!("step", trace_id = %environment.trace_id, environment.id = %id);
                    match self.step(environment, decision, now, &mut advanced).instrument(span).await {
                        Ok(()) | Err(StoreError::Conflict) => {}
                        Err(error) => return Err(error),
                    }
                }
            }
        }
        Ok(advanced)
    }

    /// An environment on its way is looked at as soon as there is something to do. One that boots or is ready calls by
    /// itself.
    async fn wake_at(&self, environment: &Environment, until: Timestamp, now: Timestamp) {
        let on_its_way = match &environment.phase {
            Phase::Requested { .. } | Phase::Creating { .. } | Phase::Deleting { .. } => true,
            Phase::Booting { .. } => environment.turn == Some(until),
            Phase::Ready { .. } | Phase::Gone { .. } | Phase::Failed { .. } => false,
        };
        if on_its_way && until <= now + WORTH_WAKING {
            self.wakeups.wake(environment, until, now).await;
        }
    }

    async fn step(
        &self,
        mut environment: Environment,
        decision: Decision,
        now: Timestamp,
        advanced: &mut Advanced,
    ) -> Result<(), StoreError> {
        let machines_gone = environment.past_resources.len();
        let became_ready = decision == Decision::BecomeReady;
        match decision {
            Decision::Wait { .. } => return Ok(()),
            Decision::BeginAttempt { placement_index } => return self.make_attempt(environment, placement_index).await,
            Decision::ResolveAttempt => {
                advanced.adopted |= self.resolve_attempt(environment).await?;
                return Ok(());
            }
            Decision::TakeSlot => self.take_slot(&mut environment).await?,
            Decision::ObserveMachine => self.observe(&mut environment).await?,
            Decision::BecomeReady => environment.become_ready(now),
            Decision::Expire => environment.expire(now),
            Decision::BeginDelete => environment.begin_delete(now),
            Decision::Delete => self.delete(&mut environment).await?,
            Decision::End { reason } => environment.end(reason, now),
            Decision::GiveUp { failure } => environment.fail(failure, now),
        }
        self.save(&mut environment).await?;
        advanced.deleted |= environment.past_resources.len() > machines_gone;
        if became_ready {
            self.store.keep_start(&environment).await;
        }
        Ok(())
    }

    /// Writes, and tells the bus.
    async fn save(&self, environment: &mut Environment) -> Result<(), StoreError> {
        self.store.save(environment, self.clock.now()).await?;
        self.events.tell(environment).await;
        Ok(())
    }

    pub(super) fn provider_of(&self, environment: &Environment) -> Option<(&dyn Provider, MachineRecord)> {
        let machine = environment.phase.machine()?.clone();
        let provider = self.providers.get(machine.provider)?;
        Some((provider.as_ref(), machine))
    }

    /// Asks the provider for the machine's address.
    async fn observe(&self, environment: &mut Environment) -> Result<(), StoreError> {
        let Some((provider, machine)) = self.provider_of(environment) else {
            environment.observe_at(self.clock.now() + OBSERVE_INTERVAL);
            return Ok(());
        };
        let turn = self.turn(environment, provider.kind()).await?;
        if turn > self.clock.now() {
            environment.observe_at(turn);
            return Ok(());
        }
        let answer = provider.get(&machine.id).await;
        let now = self.clock.now();
        match answer {
            Ok(Lookup::Exists(machine)) => match self.address_of(&machine) {
                Some(address) => environment.address_learnt(address),
                None => environment.observe_at(now + OBSERVE_INTERVAL),
            },
            Ok(Lookup::Absent { evidence }) => environment.machine_absent(evidence, now),
            Err(error) => {
                tracing::warn!(%error, machine.id = machine.id, "the machine could not be observed");
                let wait = match error {
                    ProviderError::RateLimited { retry_after: Some(wait) } => SignedDuration::try_from(wait).ok(),
                    _ => None,
                };
                environment.observe_at(now + wait.unwrap_or_default().clamp(OBSERVE_INTERVAL, OBSERVE_LATEST));
            }
        }
        Ok(())
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
    pub(super) fn address_of(&self, machine: &Machine) -> Option<std::net::IpAddr> {
        let address = machine.address?;
        if self.agent.machine_url().may_lead_to(address) {
            return Some(address);
        }
        tracing::error!(provider = %machine.provider, machine.id = machine.id, "the machine's address is not a public one");
        None
    }
}
