//! From an attempt's intent to a machine that is ready.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};

use super::Report;
use crate::domain::environment::{Environment, MachineTokens};
use crate::domain::failure_path::Next;
use crate::domain::lifecycle::{
    AfterDelete, Attempt, BOOT_LIMIT, CREATE_LEASE, Failure, MachineRecord, Phase, SETTLE, Slot, UNANSWERED_LIMIT,
};
use crate::domain::receipt::EndReason;
use crate::domain::timeline::Stage;

/// A wait that is worth telling.
const WORTH_TELLING: SignedDuration = SignedDuration::from_secs(3);
const NO_CERTIFICATE: &str = "no certificate could be had for its address";

impl Environment {
    /// A time for its create was reserved.
    pub fn slot_taken(&mut self, taken: Slot, now: Timestamp) {
        let Phase::Requested { slot, .. } = &mut self.phase else { return };
        let Some(placement) = self.placements.get(taken.placement_index) else { return };
        if taken.at > now + WORTH_TELLING {
            let line = format!("in line at {}, about {} before", placement.provider.title(), taken.ahead);
            self.timeline.add(Stage::Waiting, now, Some(line));
        }
        *slot = Some(taken);
    }

    /// There is no slot to be had before `until`.
    pub fn waits(&mut self, until: Timestamp, because: &str, now: Timestamp) {
        if let Phase::Requested { slot, not_before } = &mut self.phase {
            *slot = None;
            *not_before = until;
            self.timeline.add(Stage::Waiting, now, Some(because.to_owned()));
        }
    }

    /// The intent: from here on a machine may exist under the attempt's label.
    pub fn begin_attempt(&mut self, placement_index: usize, tokens: MachineTokens, now: Timestamp) {
        let Some(placement) = self.placements.get(placement_index).cloned() else { return };
        self.attempts += 1;
        let minutes = self.terms.minutes + self.work.extra_minutes();
        self.expires_at = Some(now + SignedDuration::from_mins(minutes.into()));
        self.secrets = self.secrets.as_ref().map(|secrets| secrets.for_machine(tokens));
        let place = format!("{}, {}", placement.provider.title(), placement.region);
        self.timeline.add(Stage::Creating, now, Some(place));
        let attempt = Attempt {
            number: self.attempts,
            placement_index,
            placement,
            started_at: now,
            agent_ready: false,
            agent_failed: None,
            no_certificate: false,
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
        let (failed, no_certificate) = (attempt.agent_failed.clone(), attempt.no_certificate);
        self.timeline.add(Stage::MachineCreated, now, None);
        self.phase = Phase::Booting { attempt, machine, ready_by: now + BOOT_LIMIT };
        if let Some(detail) = failed {
            self.agent_failed(&detail, now);
        } else if no_certificate {
            self.discard(NO_CERTIFICATE, now);
        }
    }

    /// The create failed: the failure's kind chooses the path (`failure_path`).
    pub fn create_failed(&mut self, next: Next, now: Timestamp) {
        let Phase::Creating { attempt, lease_until, settles_at, in_doubt } = &mut self.phase else { return };
        match next {
            Next::SamePlacement { after } => {
                let not_before = now.saturating_add(after).unwrap_or(Timestamp::MAX);
                self.phase = Phase::Requested { slot: None, not_before };
            }
            Next::NextPlacement { because } => {
                let index = attempt.placement_index;
                self.next_placement(index, because, now);
            }
            Next::LookUp => *lease_until = now,
            Next::Doubt { first_look } => {
                *in_doubt = true;
                *settles_at = Some(now + SETTLE);
                *lease_until = now + first_look;
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
            self.phase = Phase::Requested { slot: None, not_before: now };
        }
    }

    fn next_placement(&mut self, index: usize, why: &str, now: Timestamp) {
        self.timeline.add(Stage::PlacementFailed, now, Some(why.to_owned()));
        self.rule_out(index);
        self.phase = Phase::Requested { slot: None, not_before: now };
    }

    /// The placement is not asked again in this Play.
    pub(super) fn rule_out(&mut self, index: usize) {
        if !self.ruled_out.contains(&index) {
            self.ruled_out.push(index);
        }
    }

    /// The look-up could not be made: try again a little later.
    pub fn resolve_later(&mut self, now: Timestamp) {
        let Phase::Creating { attempt, lease_until, .. } = &mut self.phase else { return };
        let silent = now >= attempt.started_at + UNANSWERED_LIMIT;
        *lease_until = now + if silent { SignedDuration::from_mins(1) } else { SETTLE };
        if silent {
            let provider = attempt.placement.provider;
            self.give_up_waiting(provider, now);
        }
    }

    /// Its machine spoke with its own token: the one in the user data has served.
    pub fn machine_came_in(&mut self) {
        if let Some(secrets) = &mut self.secrets {
            secrets.boot_token = None;
        }
    }

    pub fn reported(&mut self, report: Report, now: Timestamp) {
        let starting = matches!(self.phase, Phase::Creating { .. } | Phase::Booting { .. });
        match report {
            Report::AgentStarted if starting => self.timeline.add_once(Stage::AgentStarted, now),
            Report::Certificate if starting => self.timeline.add_once(Stage::Certificate, now),
            Report::SettingUp if starting => self.timeline.add_once(Stage::SettingUp, now),
            Report::AgentStarted | Report::Certificate | Report::SettingUp => {}
            Report::Ready => {
                if let Phase::Creating { attempt, .. } | Phase::Booting { attempt, .. } = &mut self.phase {
                    attempt.agent_ready = true;
                }
            }
            Report::Failed { detail } => self.agent_failed(&detail, now),
            Report::NoCertificate { detail } => self.no_certificate(&detail, now),
        }
    }

    /// Another address may have more luck; a lab that is being served is not moved to another machine.
    fn no_certificate(&mut self, detail: &str, now: Timestamp) {
        match &mut self.phase {
            Phase::Creating { attempt, .. } => attempt.no_certificate = true,
            Phase::Booting { .. } => self.discard(NO_CERTIFICATE, now),
            Phase::Ready { .. } => self.agent_failed(detail, now),
            Phase::Requested { .. } | Phase::Deleting { .. } | Phase::Gone { .. } | Phase::Failed { .. } => {}
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

    /// Asked again then: the provider did not tell the address, or its line is long.
    pub fn observe_at(&mut self, turn: Timestamp) {
        self.turn = Some(turn);
    }

    pub fn become_ready(&mut self, now: Timestamp) {
        let Phase::Booting { attempt, machine, .. } = &self.phase else { return };
        let Some(address) = machine.address else { return };
        let (attempt, machine) = (attempt.clone(), machine.clone());
        self.timeline.add(Stage::Ready, now, None);
        self.turn = None;
        self.phase = Phase::Ready { attempt, machine, address, since: now };
    }
}
