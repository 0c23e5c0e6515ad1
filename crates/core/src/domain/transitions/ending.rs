//! From wanting an environment gone to the proof that it is.

use jiff::{SignedDuration, Timestamp};

use crate::domain::environment::{Environment, Wanted};
use crate::domain::lifecycle::{AfterDelete, Failure, MachineRecord, Phase};
use crate::domain::receipt::{EndReason, Receipt, Resource, ResourceKind};
use crate::domain::timeline::Stage;

/// After some three minutes of asking in vain, people are told why a deletion takes so long.
const TRIES_UNTIL_TOLD: u32 = 10;

impl Environment {
    /// Somebody wants it gone. Wanting it twice changes nothing.
    pub fn stop(&mut self, now: Timestamp) {
        self.unwant(EndReason::Stopped, Stage::StopRequested, now);
    }

    /// Its time is over.
    pub fn expire(&mut self, now: Timestamp) {
        self.unwant(EndReason::Expired, Stage::Expired, now);
    }

    fn unwant(&mut self, reason: EndReason, stage: Stage, now: Timestamp) {
        if self.is_wanted() && !self.phase.is_end() {
            self.wanted = Wanted::Gone { reason, since: now };
            self.timeline.add(stage, now, None);
        }
    }

    /// Turns towards deletion: because it is not wanted, or because it did not become ready in time.
    pub fn begin_delete(&mut self, now: Timestamp) {
        let (Phase::Booting { attempt, machine, .. } | Phase::Ready { attempt, machine, .. }) = &self.phase else {
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

    pub(super) fn delete(&mut self, machine: MachineRecord, after: AfterDelete, now: Timestamp) {
        self.timeline.add(Stage::Deleting, now, None);
        self.phase = Phase::Deleting { machine, accepted_at: None, tries: 0, retry_at: now, after };
    }

    /// The provider took the request to delete. That proves nothing yet.
    pub fn delete_accepted(&mut self, now: Timestamp) {
        if let Phase::Deleting { accepted_at, .. } = &mut self.phase {
            accepted_at.get_or_insert(now);
        }
    }

    /// The deletion was asked for, or could not be, and the machine still exists.
    pub fn still_exists(&mut self, now: Timestamp) {
        let Phase::Deleting { tries, retry_at, .. } = &mut self.phase else { return };
        *tries += 1;
        // 1/4 s, 1/2 s, 1 s, 2 s … 1 min.
        let wait = SignedDuration::from_millis(250 << (*tries - 1).min(8));
        *retry_at = now + wait.min(SignedDuration::from_mins(1));
        if *tries == TRIES_UNTIL_TOLD {
            let why = "the provider has not deleted the machine yet; it is asked again every minute".to_owned();
            self.timeline.add(Stage::Deleting, now, Some(why));
        }
    }

    /// The provider said that the machine does not exist.
    pub fn machine_absent(&mut self, evidence: String, now: Timestamp) {
        let (machine, delete_requested_at, after) = match (&self.phase, self.wanted) {
            (Phase::Deleting { machine, accepted_at, after, .. }, _) => (machine, *accepted_at, after.clone()),
            (Phase::Booting { machine, .. } | Phase::Ready { machine, .. }, Wanted::Gone { reason, .. }) => {
                (machine, None, AfterDelete::End { reason })
            }
            (Phase::Booting { attempt, machine, .. }, Wanted::Running) => {
                (machine, None, AfterDelete::TryPlacement { index: attempt.placement_index + 1 })
            }
            (Phase::Ready { machine, .. }, Wanted::Running) => {
                (machine, None, AfterDelete::Fail { failure: machine_lost(), reason: EndReason::Lost })
            }
            (Phase::Requested { .. } | Phase::Creating { .. } | Phase::Gone { .. } | Phase::Failed { .. }, _) => return,
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
                self.phase = Phase::Requested { placement_index: index, not_before: now };
            }
            AfterDelete::Fail { failure, reason } => self.fail_as(failure, reason, now),
        }
    }

    /// Nothing exists any more: the receipt is written and the secrets go, in one.
    pub fn end(&mut self, reason: EndReason, now: Timestamp) {
        self.secrets = None;
        self.phase = Phase::Gone { receipt: self.receipt(reason, now) };
    }

    /// Nothing exists, and nothing will.
    pub fn fail(&mut self, failure: Failure, now: Timestamp) {
        self.fail_as(failure, EndReason::Failed, now);
    }

    fn fail_as(&mut self, failure: Failure, reason: EndReason, now: Timestamp) {
        self.secrets = None;
        self.timeline.add(Stage::Failed, now, Some(failure.message.clone()));
        self.phase = Phase::Failed { failure, receipt: self.receipt(reason, now) };
    }

    fn receipt(&self, reason: EndReason, now: Timestamp) -> Receipt {
        Receipt { reason, resources: self.past_resources.clone(), completed_at: now }
    }
}

fn machine_lost() -> Failure {
    Failure {
        code: "machine_lost".to_owned(),
        message: "the provider says that the machine does not exist any more; press Play for a new one".to_owned(),
    }
}
