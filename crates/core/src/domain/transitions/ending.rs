//! From wanting an environment gone to the proof that it is.

use jiff::{SignedDuration, Timestamp};

use crate::domain::environment::{Environment, Wanted};
use crate::domain::lifecycle::{AfterDelete, Failure, MachineRecord, Phase, UNANSWERED_LIMIT};
use crate::domain::placement::ProviderKind;
use crate::domain::receipt::{EndReason, Receipt, RemovedKey, Resource, ResourceKind};
use crate::domain::timeline::Stage;

/// An accepted request that came to nothing is repeated after this long.
const ASK_AGAIN: SignedDuration = SignedDuration::from_secs(5);

impl Environment {
    /// Its trainee wants it gone. Wanting it twice changes nothing.
    pub fn stop(&mut self, now: Timestamp) {
        self.unwant(EndReason::Stopped, Stage::StopRequested, None, now);
    }

    /// An instructor wants it gone.
    pub fn stop_by(&mut self, by: &str, now: Timestamp) {
        self.unwant(EndReason::Stopped, Stage::StopRequested, Some(format!("by {by}")), now);
    }

    /// An instructor wants it gone, and another one in its place.
    pub fn restart_by(&mut self, action: &str, by: &str, now: Timestamp) {
        if self.is_wanted() && !self.phase.is_end() {
            self.work.restarted_by = Some(action.to_owned());
            self.unwant(EndReason::Stopped, Stage::StopRequested, Some(format!("by {by}, to start anew")), now);
        }
    }

    /// Its time is over.
    pub fn expire(&mut self, now: Timestamp) {
        self.unwant(EndReason::Expired, Stage::Expired, None, now);
    }

    pub(super) fn unwant(&mut self, reason: EndReason, stage: Stage, detail: Option<String>, now: Timestamp) {
        if self.is_wanted() && !self.phase.is_end() {
            self.wanted = Wanted::Gone { reason, since: now };
            self.timeline.add(stage, now, detail);
        }
    }

    /// Turns towards deletion: because it is not wanted, or because it did not become ready in time.
    pub fn begin_delete(&mut self, now: Timestamp) {
        self.discard("the machine did not become ready in time", now);
    }

    /// Gives the machine up, and where the environment is still wanted its placement too, because of `why`.
    pub(super) fn discard(&mut self, why: &str, now: Timestamp) {
        let (Phase::Booting { attempt, machine, .. } | Phase::Ready { attempt, machine, .. }) = &self.phase else {
            return;
        };
        let (machine, failed) = (machine.clone(), attempt.placement_index);
        let after = match self.wanted {
            Wanted::Gone { reason, .. } => AfterDelete::End { reason },
            Wanted::Running => {
                self.timeline.add(Stage::PlacementFailed, now, Some(why.to_owned()));
                self.rule_out(failed);
                AfterDelete::TryAgain
            }
        };
        self.delete(machine, after, now);
    }

    pub(super) fn delete(&mut self, machine: MachineRecord, after: AfterDelete, now: Timestamp) {
        self.timeline.add(Stage::Deleting, now, None);
        self.turn = None;
        self.phase =
            Phase::Deleting { machine, since: now, accepted_at: None, asked_at: None, tries: 0, retry_at: now, after };
    }

    /// Whether the provider has to be asked to delete, or only whether the machine exists. A request is repeated only
    /// after a look that showed it came to nothing.
    pub fn must_ask_to_delete(&self) -> bool {
        matches!(self.phase, Phase::Deleting { asked_at: None, .. })
    }

    /// The provider took the request to delete. That proves nothing yet; a look before `look_at` would hardly.
    pub fn delete_accepted(&mut self, look_at: Timestamp, now: Timestamp) {
        if let Phase::Deleting { accepted_at, asked_at, retry_at, .. } = &mut self.phase {
            accepted_at.get_or_insert(now);
            *asked_at = Some(now);
            *retry_at = look_at;
        }
    }

    /// Nothing is asked of the provider before this reserved time.
    pub fn delete_at(&mut self, at: Timestamp) {
        if let Phase::Deleting { retry_at, .. } = &mut self.phase {
            *retry_at = at;
            self.turn = Some(at);
        }
    }

    /// The provider asked for time. No time is reserved by that: who comes back stands in line like everybody else.
    pub fn delete_not_before(&mut self, at: Timestamp) {
        if let Phase::Deleting { retry_at, .. } = &mut self.phase {
            *retry_at = at.max(*retry_at);
        }
    }

    /// The provider was asked, and the machine still exists.
    pub fn still_exists(&mut self, now: Timestamp) {
        self.deletion_unproven(now);
        if let Phase::Deleting { asked_at, retry_at, .. } = &mut self.phase
            && asked_at.is_some_and(|asked| now >= asked + ASK_AGAIN)
        {
            // The request came to nothing: it is repeated at once.
            *asked_at = None;
            *retry_at = now;
        }
    }

    /// Nothing was learnt: the provider could not be asked.
    pub fn deletion_unproven(&mut self, now: Timestamp) {
        let Phase::Deleting { machine, since, tries, retry_at, .. } = &mut self.phase else { return };
        *tries += 1;
        let first = match machine.provider {
            ProviderKind::Linode => SignedDuration::from_millis(250),
            // Each look is one of few requests.
            ProviderKind::DigitalOcean => SignedDuration::from_secs(2),
        };
        let wait = first * (1 << (*tries - 1).min(8));
        *retry_at = now + wait.min(SignedDuration::from_mins(1));
        if now >= *since + UNANSWERED_LIMIT {
            let provider = machine.provider;
            self.give_up_waiting(provider, now);
        }
    }

    /// The provider leaves it open whether a machine exists. People are told and may go on; the looking goes on too.
    pub(super) fn give_up_waiting(&mut self, provider: ProviderKind, now: Timestamp) {
        if self.gave_up.is_some() {
            return;
        }
        let message = format!(
            "{} did not say for {} minutes whether the machine is gone; it is asked again every minute until it does. \
             Press Play for a new machine, and tell your instructor if this happens again",
            provider.title(),
            UNANSWERED_LIMIT.as_mins()
        );
        self.timeline.add(Stage::Failed, now, Some(message.clone()));
        self.gave_up = Some(Failure { code: "provider_silent".to_owned(), message });
        if self.is_wanted() {
            self.wanted = Wanted::Gone { reason: EndReason::Failed, since: now };
        }
        if let Phase::Deleting { after, .. } = &mut self.phase
            && *after == AfterDelete::TryAgain
        {
            *after = AfterDelete::End { reason: EndReason::Failed };
        }
        self.remove_secrets(now);
    }

    fn remove_secrets(&mut self, now: Timestamp) {
        if self.secrets.take().is_some() {
            self.secrets_removed_at = Some(now);
        }
    }

    /// The provider said that the machine does not exist.
    pub fn machine_absent(&mut self, evidence: String, now: Timestamp) {
        let (machine, delete_requested_at, after) = match (&self.phase, self.wanted) {
            (Phase::Deleting { machine, accepted_at, after, .. }, _) => (machine, *accepted_at, after.clone()),
            (Phase::Booting { machine, .. } | Phase::Ready { machine, .. }, Wanted::Gone { reason, .. }) => {
                (machine, None, AfterDelete::End { reason })
            }
            (Phase::Booting { machine, .. }, Wanted::Running) => (machine, None, AfterDelete::TryAgain),
            (Phase::Ready { machine, .. }, Wanted::Running) => {
                (machine, None, AfterDelete::Fail { failure: machine_lost(), reason: EndReason::Lost })
            }
            (Phase::Requested { .. } | Phase::Creating { .. } | Phase::Gone { .. } | Phase::Failed { .. }, _) => return,
        };
        let lost_while_booting = match &self.phase {
            Phase::Booting { attempt, .. } if self.is_wanted() => Some(attempt.placement_index),
            _ => None,
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
        self.turn = None;
        if let Some(index) = lost_while_booting {
            self.rule_out(index);
        }
        match after {
            AfterDelete::End { reason } => self.end(reason, now),
            AfterDelete::TryAgain => self.phase = Phase::Requested { slot: None, not_before: now },
            AfterDelete::Fail { failure, reason } => self.fail_as(failure, reason, now),
        }
    }

    /// Nothing exists any more: the receipt is written and the secrets go, in one.
    pub fn end(&mut self, reason: EndReason, now: Timestamp) {
        self.remove_secrets(now);
        let receipt = self.receipt(reason, now);
        self.phase = match self.gave_up.take() {
            Some(failure) => Phase::Failed { failure, receipt },
            None => Phase::Gone { receipt },
        };
    }

    /// Nothing exists, and nothing will.
    pub fn fail(&mut self, failure: Failure, now: Timestamp) {
        self.fail_as(failure, EndReason::Failed, now);
    }

    fn fail_as(&mut self, failure: Failure, reason: EndReason, now: Timestamp) {
        self.remove_secrets(now);
        self.gave_up = None;
        self.timeline.add(Stage::Failed, now, Some(failure.message.clone()));
        self.phase = Phase::Failed { failure, receipt: self.receipt(reason, now) };
    }

    fn receipt(&self, reason: EndReason, now: Timestamp) -> Receipt {
        let removed_at = self.secrets_removed_at.unwrap_or(now);
        let keys = ["access secret", "machine token", "viewer secret"];
        let keys = keys.map(|name| RemovedKey { name: name.to_owned(), removed_at }).to_vec();
        Receipt { reason, resources: self.past_resources.clone(), keys, completed_at: now }
    }
}

fn machine_lost() -> Failure {
    Failure {
        code: "machine_lost".to_owned(),
        message: "the provider says that the machine does not exist any more; press Play for a new one".to_owned(),
    }
}
