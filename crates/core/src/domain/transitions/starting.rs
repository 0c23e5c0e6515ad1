//! From an attempt's intent to a machine that is ready.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};

use super::Report;
use crate::domain::environment::Environment;
use crate::domain::lifecycle::{AfterDelete, Attempt, BOOT_LIMIT, CREATE_LEASE, Failure, MachineRecord, Phase, SETTLE};
use crate::domain::provider_error::ProviderError;
use crate::domain::receipt::EndReason;
use crate::domain::secret::Secret;
use crate::domain::timeline::Stage;

/// After an unclear answer the label is looked up this soon for the first time.
const FIRST_LOOK: SignedDuration = SignedDuration::from_secs(3);
/// How long a throttled create waits where the provider did not say, and the bounds of what it may say.
const THROTTLED: SignedDuration = SignedDuration::from_secs(5);
const THROTTLED_LEAST: SignedDuration = SignedDuration::from_secs(1);
const THROTTLED_MOST: SignedDuration = SignedDuration::from_mins(1);

impl Environment {
    /// The intent: from here on a machine may exist under the attempt's label.
    pub fn begin_attempt(&mut self, placement_index: usize, machine_token: Secret, now: Timestamp) {
        let Some(placement) = self.placements.get(placement_index).cloned() else { return };
        self.attempts += 1;
        self.expires_at = Some(now + SignedDuration::from_mins(self.minutes.into()));
        self.secrets = self.secrets.as_ref().map(|secrets| secrets.with_machine_token(machine_token));
        let place = format!("{}, {}", placement.provider.title(), placement.region);
        self.timeline.add(Stage::Creating, now, Some(place));
        let attempt = Attempt {
            number: self.attempts,
            placement_index,
            placement,
            started_at: now,
            agent_ready: false,
            agent_failed: None,
        };
        self.phase = Phase::Creating { attempt, lease_until: now + CREATE_LEASE, settles_at: None, in_doubt: false };
    }

    /// Takes an abandoned attempt over, so that one worker alone resolves it.
    pub fn renew_lease(&mut self, now: Timestamp) {
        if let Phase::Creating { lease_until, .. } = &mut self.phase {
            *lease_until = now + CREATE_LEASE;
        }
    }

    /// The provider has the machine, by its answer or by a look-up.
    pub fn machine_created(&mut self, machine: MachineRecord, now: Timestamp) {
        let Phase::Creating { attempt, .. } = &self.phase else { return };
        let attempt = attempt.clone();
        let failed = attempt.agent_failed.clone();
        self.timeline.add(Stage::MachineCreated, now, None);
        self.phase = Phase::Booting { attempt, machine, ready_by: now + BOOT_LIMIT };
        if let Some(detail) = failed {
            self.agent_failed(&detail, now);
        }
    }

    /// The create failed: the failure's kind chooses the path.
    pub fn create_failed(&mut self, error: &ProviderError, now: Timestamp) {
        let Phase::Creating { attempt, lease_until, settles_at, in_doubt } = &mut self.phase else { return };
        let index = attempt.placement_index;
        match error {
            ProviderError::RateLimited { retry_after } => {
                let asked = retry_after.and_then(|wait| SignedDuration::try_from(wait).ok()).unwrap_or(THROTTLED);
                let not_before = now + asked.clamp(THROTTLED_LEAST, THROTTLED_MOST);
                self.phase = Phase::Requested { placement_index: index, not_before };
            }
            ProviderError::NoCapacity => {
                self.next_placement(index, "the provider has no free machine there now", now);
            }
            ProviderError::NotOffered => {
                self.next_placement(index, "the provider does not offer this machine there", now);
            }
            ProviderError::AccountLimit => {
                self.next_placement(index, "the account's limit there is reached", now);
            }
            ProviderError::Unauthorized | ProviderError::Rejected => {
                self.next_placement(index, "the provider refused the request", now);
            }
            ProviderError::LabelInUse => *lease_until = now,
            ProviderError::Unavailable | ProviderError::TimedOut | ProviderError::Garbage => {
                *in_doubt = true;
                *settles_at = Some(now + SETTLE);
                *lease_until = now + FIRST_LOOK;
            }
        }
    }

    /// The label was looked up and nothing carries it. It is given up only after a look that came [`SETTLE`] after the
    /// last moment a create may have reached the provider.
    pub fn attempt_absent(&mut self, now: Timestamp) {
        let Phase::Creating { attempt, lease_until, settles_at, in_doubt } = &mut self.phase else { return };
        let settled = *settles_at.get_or_insert(now + SETTLE);
        if now < settled {
            *lease_until = settled;
            return;
        }
        let (index, in_doubt) = (attempt.placement_index, *in_doubt);
        if in_doubt {
            self.next_placement(index, "the provider did not answer clearly", now);
        } else {
            self.phase = Phase::Requested { placement_index: index, not_before: now };
        }
    }

    fn next_placement(&mut self, index: usize, why: &str, now: Timestamp) {
        self.timeline.add(Stage::PlacementFailed, now, Some(why.to_owned()));
        self.phase = Phase::Requested { placement_index: index + 1, not_before: now };
    }

    /// The look-up could not be made: try again a little later.
    pub fn resolve_later(&mut self, now: Timestamp) {
        if let Phase::Creating { lease_until, .. } = &mut self.phase {
            *lease_until = now + SETTLE;
        }
    }

    pub fn reported(&mut self, report: Report, now: Timestamp) {
        let starting = matches!(self.phase, Phase::Creating { .. } | Phase::Booting { .. });
        match report {
            Report::AgentStarted if starting => self.timeline.add_once(Stage::AgentStarted, now),
            Report::SettingUp if starting => self.timeline.add_once(Stage::SettingUp, now),
            Report::AgentStarted | Report::SettingUp => {}
            Report::Ready => {
                if let Phase::Creating { attempt, .. } | Phase::Booting { attempt, .. } = &mut self.phase {
                    attempt.agent_ready = true;
                }
            }
            Report::Failed { detail } => self.agent_failed(&detail, now),
        }
    }

    /// The machine says that it cannot serve the lab. While its create is unanswered that is only remembered: what has to
    /// be deleted is not known yet.
    fn agent_failed(&mut self, detail: &str, now: Timestamp) {
        match &mut self.phase {
            Phase::Creating { attempt, .. } => attempt.agent_failed = Some(detail.to_owned()),
            Phase::Booting { machine, .. } | Phase::Ready { machine, .. } => {
                let failure = Failure {
                    code: "setup_failed".to_owned(),
                    message: format!("the lab failed on its machine; tell your instructor. It said: {detail}"),
                };
                let machine = machine.clone();
                self.delete(machine, AfterDelete::Fail { failure, reason: EndReason::Failed }, now);
            }
            Phase::Requested { .. } | Phase::Deleting { .. } | Phase::Gone { .. } | Phase::Failed { .. } => {}
        }
    }

    pub fn address_learnt(&mut self, address: IpAddr) {
        if let Phase::Booting { machine, .. } = &mut self.phase {
            machine.address = Some(address);
        }
    }

    pub fn become_ready(&mut self, now: Timestamp) {
        let Phase::Booting { attempt, machine, .. } = &self.phase else { return };
        let Some(address) = machine.address else { return };
        let (attempt, machine) = (attempt.clone(), machine.clone());
        self.timeline.add(Stage::Ready, now, None);
        self.phase = Phase::Ready { attempt, machine, address, since: now };
    }
}
