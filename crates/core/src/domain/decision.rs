//! What has to be done next for an environment. Pure: the same environment at the same time gives the same answer.

use jiff::Timestamp;

use super::environment::{Environment, Wanted};
use super::lifecycle::{Failure, Phase, START_LIMIT};
use super::receipt::EndReason;
use super::timeline::Stage;
use super::traffic::RestReason;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing before `until`; `None` at an end, for ever.
    Wait {
        until: Option<Timestamp>,
    },
    /// Stand in line for a create at the placement that is soonest.
    TakeSlot,
    /// Write the intent of a new attempt at this placement, then ask the provider.
    BeginAttempt {
        placement_index: usize,
    },
    /// The attempt's outcome is unknown: look its label up.
    ResolveAttempt,
    /// Ask the provider about the machine: its address is missing.
    ObserveMachine,
    /// The machine serves at a known address.
    BecomeReady,
    /// The time is over.
    Expire,
    /// The machine has to go: it is not wanted, or it did not become ready in time.
    BeginDelete,
    /// Ask for the deletion, and whether it happened.
    Delete,
    /// No machine exists and none is wanted.
    End {
        reason: EndReason,
    },
    GiveUp {
        failure: Failure,
    },
}

/// The next step of `environment` at `now`.
pub fn decide(environment: &Environment, now: Timestamp) -> Decision {
    let wait = |until: Timestamp| Decision::Wait { until: Some(until) };
    // Between two attempts there is no machine whose time could be over: the next attempt starts the clock anew.
    let expired = environment.phase.attempt().is_some() && environment.expires_at.is_some_and(|at| now >= at);
    if environment.is_wanted() && expired {
        return Decision::Expire;
    }
    match (&environment.phase, environment.wanted) {
        (Phase::Requested { .. }, Wanted::Gone { reason, .. }) => Decision::End { reason },
        (Phase::Requested { slot, not_before }, Wanted::Running) => {
            if environment.open_placements().next().is_none() {
                return Decision::GiveUp { failure: environment.nothing_left() };
            }
            let given_up_at = environment.requested_at + START_LIMIT;
            if now >= given_up_at {
                return Decision::GiveUp { failure: environment.start_timed_out() };
            }
            match slot {
                _ if now < *not_before => wait((*not_before).min(given_up_at)),
                Some(slot) if now < slot.at => wait(slot.at.min(given_up_at)),
                Some(slot) if !slot.is_over(now) => Decision::BeginAttempt { placement_index: slot.placement_index },
                Some(_) | None => Decision::TakeSlot,
            }
        }
        (Phase::Creating { lease_until, .. }, _) => {
            if now < *lease_until {
                wait(*lease_until)
            } else {
                Decision::ResolveAttempt
            }
        }
        (Phase::Booting { .. } | Phase::Ready { .. }, Wanted::Gone { .. }) => Decision::BeginDelete,
        (Phase::Booting { attempt, machine, ready_by }, Wanted::Running) => {
            if now >= *ready_by {
                return Decision::BeginDelete;
            }
            let sooner = |at: Timestamp| environment.expires_at.map_or(at, |end| end.min(at)).min(*ready_by);
            match (attempt.agent_ready, machine.address, environment.turn) {
                (true, Some(_), _) => Decision::BecomeReady,
                (true, None, Some(turn)) if now < turn => wait(sooner(turn)),
                (true, None, _) => Decision::ObserveMachine,
                (false, ..) => wait(sooner(*ready_by)),
            }
        }
        (Phase::Ready { .. }, Wanted::Running) => Decision::Wait { until: environment.expires_at },
        (Phase::Deleting { retry_at, .. }, _) => {
            if now < *retry_at {
                wait(*retry_at)
            } else {
                Decision::Delete
            }
        }
        (Phase::Gone { .. } | Phase::Failed { .. }, _) => Decision::Wait { until: None },
    }
}

/// When somebody must look at the environment again: now, if there is something to do; never, at an end.
pub fn due_at(environment: &Environment, now: Timestamp) -> Option<Timestamp> {
    match decide(environment, now) {
        Decision::Wait { until } => until,
        _ => Some(now),
    }
}

impl Environment {
    fn nothing_left(&self) -> Failure {
        let message = format!(
            "no machine could be had{}; try again in a few minutes or tell your instructor",
            self.last_reason()
        );
        Failure { code: "no_placement".to_owned(), message }
    }

    fn start_timed_out(&self) -> Failure {
        let message =
            format!("no machine could be started in time{}; try again or tell your instructor", self.last_reason());
        Failure { code: "start_timed_out".to_owned(), message }
    }

    /// What the last placement failed of, in brackets.
    fn last_reason(&self) -> String {
        let mut entries = self.timeline.entries().iter().rev();
        let reason = entries.find(|entry| matches!(entry.stage, Stage::PlacementFailed | Stage::Waiting));
        reason.and_then(|entry| entry.detail.as_deref()).map_or_else(String::new, |reason| format!(" ({reason})"))
    }

    /// Nothing is left to be asked, because of what others were told lately.
    pub(super) fn no_placement(reason: Option<RestReason>) -> Failure {
        let (code, message) = match reason {
            Some(RestReason::Unauthorized) => (
                "provider_unauthorized",
                "the provider refuses the installation's token; tell your instructor: until it has another one, trying \
                 again will not help",
            ),
            Some(_) => (
                "not_offered",
                "the provider does not offer the lab's machine; tell your instructor: until the lab asks for another one, \
                 trying again will not help",
            ),
            None => (
                "no_placement",
                "none of the lab's locations could start a machine; try again in a few minutes or tell your instructor",
            ),
        };
        let message = message.to_owned();
        Failure { code: code.to_owned(), message }
    }
}
