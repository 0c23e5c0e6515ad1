//! How an environment changes. Every method is one thing that happened; none of them does anything outside the value.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};

use super::decision::may_still_appear;
use super::environment::{Environment, Wanted};
use super::lifecycle::{
    AfterDelete, Attempt, BOOT_LIMIT, CREATE_LEASE, Failure, MachineRecord, Phase, SETTLE,
};
use super::provider_error::ProviderError;
use super::receipt::{EndReason, Receipt, Resource, ResourceKind};
use super::secret::Secret;
use super::timeline::Stage;

/// What a machine says of itself (`docs/protocol.md`, section 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    AgentStarted,
    SettingUp,
    Ready,
    Failed { detail: String },
}

impl Environment {
    /// Wants it gone. Wanting it twice changes nothing.
    pub fn stop(&mut self, now: Timestamp) {
        if self.is_wanted() && !self.phase.is_end() {
            self.wanted = Wanted::Gone {
                reason: EndReason::Stopped,
                since: now,
            };
            self.timeline.add(Stage::StopRequested, now, None);
        }
    }

    pub fn expire(&mut self, now: Timestamp) {
        if self.is_wanted() && !self.phase.is_end() {
            self.wanted = Wanted::Gone {
                reason: EndReason::Expired,
                since: now,
            };
            self.timeline.add(Stage::Expired, now, None);
        }
    }

    /// The intent: from here on a machine may exist under the attempt's label.
    pub fn begin_attempt(&mut self, placement_index: usize, machine_token: Secret, now: Timestamp) {
        let Some(placement) = self.placements.get(placement_index).cloned() else {
            return;
        };
        self.attempts += 1;
        self.expires_at = Some(now + SignedDuration::from_mins(self.minutes.into()));
        self.secrets = self
            .secrets
            .as_ref()
            .map(|secrets| secrets.with_machine_token(machine_token));
        self.timeline.add(
            Stage::Creating,
            now,
            Some(format!("{}, {}", placement.provider.title(), placement.region)),
        );
        self.phase = Phase::Creating {
            attempt: Attempt {
                number: self.attempts,
                placement_index,
                placement,
                started_at: now,
                agent_ready: false,
            },
            lease_until: now + CREATE_LEASE,
            in_doubt: false,
        };
    }

    /// Takes an abandoned attempt over, so that one worker alone resolves it.
    pub fn renew_lease(&mut self, now: Timestamp) {
        if let Phase::Creating { lease_until, .. } = &mut self.phase {
            *lease_until = now + CREATE_LEASE;
        }
    }

    /// The provider has the machine, by its answer or by a look-up.
    pub fn machine_created(&mut self, machine: MachineRecord, now: Timestamp) {
        let Phase::Creating { attempt, .. } = &self.phase else {
            return;
        };
        let attempt = attempt.clone();
        self.timeline.add(Stage::MachineCreated, now, None);
        self.phase = Phase::Booting {
            attempt,
            machine,
            ready_by: now + BOOT_LIMIT,
        };
    }

    /// The create failed: the failure's kind chooses the path.
    pub fn create_failed(&mut self, error: &ProviderError, now: Timestamp) {
        let Phase::Creating {
            attempt,
            lease_until,
            in_doubt,
        } = &mut self.phase
        else {
            return;
        };
        let index = attempt.placement_index;
        match error {
            ProviderError::RateLimited { retry_after } => {
                let wait = retry_after.and_then(|wait| SignedDuration::try_from(wait).ok());
                let wait = wait
                    .unwrap_or(SignedDuration::from_secs(5))
                    .clamp(SignedDuration::from_secs(1), SignedDuration::from_mins(1));
                self.phase = Phase::Requested {
                    placement_index: index,
                    not_before: now + wait,
                };
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
                *lease_until = now + SETTLE;
            }
        }
    }

    /// The label was looked up and nothing carries it.
    pub fn attempt_absent(&mut self, now: Timestamp) {
        let settled = may_still_appear(self, now);
        let Phase::Creating {
            attempt,
            lease_until,
            in_doubt,
        } = &mut self.phase
        else {
            return;
        };
        let index = attempt.placement_index;
        match (settled, *in_doubt) {
            (Some(settled), _) => *lease_until = settled,
            (None, true) => self.next_placement(index, "the provider did not answer clearly", now),
            (None, false) => {
                self.phase = Phase::Requested {
                    placement_index: index,
                    not_before: now,
                }
            }
        }
    }

    fn next_placement(&mut self, index: usize, why: &str, now: Timestamp) {
        self.timeline
            .add(Stage::PlacementFailed, now, Some(why.to_owned()));
        self.phase = Phase::Requested {
            placement_index: index + 1,
            not_before: now,
        };
    }

    /// The look-up could not be made: try again a little later.
    pub fn resolve_later(&mut self, now: Timestamp) {
        if let Phase::Creating { lease_until, .. } = &mut self.phase {
            *lease_until = now + SETTLE;
        }
    }

    pub fn reported(&mut self, report: Report, now: Timestamp) {
        match report {
            Report::AgentStarted if self.is_starting() => {
                self.timeline.add_once(Stage::AgentStarted, now, None);
            }
            Report::SettingUp if self.is_starting() => self.timeline.add_once(Stage::SettingUp, now, None),
            Report::AgentStarted | Report::SettingUp => {}
            Report::Ready => {
                if let Phase::Creating { attempt, .. } | Phase::Booting { attempt, .. } = &mut self.phase {
                    attempt.agent_ready = true;
                }
            }
            Report::Failed { detail } => self.setup_failed(&detail, now),
        }
    }

    fn is_starting(&self) -> bool {
        matches!(self.phase, Phase::Creating { .. } | Phase::Booting { .. })
    }

    fn setup_failed(&mut self, detail: &str, now: Timestamp) {
        if let Phase::Booting { machine, .. } = &self.phase {
            let failure = Failure {
                code: "setup_failed".to_owned(),
                message: format!(
                    "the lab's setup failed on the machine; tell your instructor. It said: {detail}"
                ),
            };
            let machine = machine.clone();
            self.delete(machine, AfterDelete::Fail { failure }, now);
        }
    }

    pub fn address_learnt(&mut self, address: IpAddr) {
        if let Phase::Booting { machine, .. } = &mut self.phase {
            machine.address = Some(address);
        }
    }

    pub fn become_ready(&mut self, now: Timestamp) {
        let Phase::Booting { attempt, machine, .. } = &self.phase else {
            return;
        };
        let Some(address) = machine.address else { return };
        let (attempt, machine) = (attempt.clone(), machine.clone());
        self.timeline.add(Stage::Ready, now, None);
        self.phase = Phase::Ready {
            attempt,
            machine,
            address,
            since: now,
        };
    }

    /// Turns towards deletion: because it is not wanted, or because it did not become ready in time.
    pub fn begin_delete(&mut self, now: Timestamp) {
        let (Phase::Booting { attempt, machine, .. } | Phase::Ready { attempt, machine, .. }) = &self.phase
        else {
            return;
        };
        let (machine, index) = (machine.clone(), attempt.placement_index);
        let after = match self.wanted {
            Wanted::Gone { reason, .. } => AfterDelete::End { reason },
            Wanted::Running => {
                let why = "the machine did not become ready in time".to_owned();
                self.timeline.add(Stage::PlacementFailed, now, Some(why));
                AfterDelete::TryPlacement { index: index + 1 }
            }
        };
        self.delete(machine, after, now);
    }

    fn delete(&mut self, machine: MachineRecord, after: AfterDelete, now: Timestamp) {
        self.timeline.add(Stage::Deleting, now, None);
        self.phase = Phase::Deleting {
            machine,
            requested_at: now,
            tries: 0,
            retry_at: now,
            after,
        };
    }

    /// The deletion was asked for, or could not be, and the machine still exists.
    pub fn still_exists(&mut self, now: Timestamp) {
        if let Phase::Deleting { tries, retry_at, .. } = &mut self.phase {
            *tries += 1;
            // 1/4 s, 1/2 s, 1 s, 2 s … 1 min.
            let wait = SignedDuration::from_millis(250 << (*tries - 1).min(8));
            *retry_at = now + wait.min(SignedDuration::from_mins(1));
        }
    }

    /// The provider said that the machine does not exist.
    pub fn machine_absent(&mut self, evidence: String, now: Timestamp) {
        let (machine, delete_requested_at, after) = match &self.phase {
            Phase::Deleting {
                machine,
                requested_at,
                after,
                ..
            } => (machine, Some(*requested_at), after.clone()),
            Phase::Booting { attempt, machine, .. } => (
                machine,
                None,
                AfterDelete::TryPlacement {
                    index: attempt.placement_index + 1,
                },
            ),
            Phase::Ready { machine, .. } => (
                machine,
                None,
                AfterDelete::Fail {
                    failure: machine_lost(),
                },
            ),
            Phase::Requested { .. } | Phase::Creating { .. } | Phase::Gone { .. } | Phase::Failed { .. } => {
                return;
            }
        };
        self.past_resources.push(Resource {
            kind: ResourceKind::Machine,
            provider: machine.provider,
            id: machine.id.clone(),
            label: machine.label.clone(),
            region: machine.region.clone(),
            created_at: machine.created_at,
            delete_requested_at,
            verified_absent_at: now,
            evidence,
        });
        self.timeline.add(Stage::Deleted, now, None);
        match after {
            AfterDelete::End { reason } => self.end(reason, now),
            AfterDelete::TryPlacement { index } => {
                self.phase = Phase::Requested {
                    placement_index: index,
                    not_before: now,
                };
            }
            AfterDelete::Fail { failure } => self.fail(failure, now),
        }
    }

    /// Nothing exists any more: the receipt is written and the secrets go, in one.
    pub fn end(&mut self, reason: EndReason, now: Timestamp) {
        self.secrets = None;
        self.phase = Phase::Gone {
            receipt: self.receipt(reason, now),
        };
    }

    pub fn fail(&mut self, failure: Failure, now: Timestamp) {
        let reason = if failure == machine_lost() {
            EndReason::Lost
        } else {
            EndReason::Failed
        };
        self.secrets = None;
        self.timeline
            .add(Stage::Failed, now, Some(failure.message.clone()));
        self.phase = Phase::Failed {
            failure,
            receipt: self.receipt(reason, now),
        };
    }

    fn receipt(&self, reason: EndReason, now: Timestamp) -> Receipt {
        Receipt {
            reason,
            resources: self.past_resources.clone(),
            completed_at: now,
        }
    }
}

fn machine_lost() -> Failure {
    Failure {
        code: "machine_lost".to_owned(),
        message: "the provider says that the machine does not exist any more; press Play for a new one"
            .to_owned(),
    }
}
