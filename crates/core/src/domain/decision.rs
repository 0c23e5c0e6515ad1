//! What has to be done next for an environment. Pure: the same environment at the same time gives the same answer.

use jiff::Timestamp;

use super::environment::{Environment, Wanted};
use super::lifecycle::{Failure, Phase, START_LIMIT};
use super::receipt::EndReason;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing before `until`; `None` at an end, for ever.
    Wait {
        until: Option<Timestamp>,
    },
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
        (Phase::Requested { placement_index, not_before }, Wanted::Running) => {
            if *placement_index >= environment.placements.len() {
                return Decision::GiveUp { failure: no_placement() };
            }
            if now >= environment.requested_at + START_LIMIT {
                return Decision::GiveUp { failure: start_timed_out() };
            }
            if now < *not_before {
                return wait(*not_before);
            }
            Decision::BeginAttempt { placement_index: *placement_index }
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
            match (attempt.agent_ready, machine.address) {
                (true, Some(_)) => Decision::BecomeReady,
                (true, None) => Decision::ObserveMachine,
                (false, _) => wait(environment.expires_at.map_or(*ready_by, |at| at.min(*ready_by))),
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

fn no_placement() -> Failure {
    Failure {
        code: "no_placement".to_owned(),
        message:
            "none of the lab's locations could start a machine; try again in a few minutes or tell your instructor"
                .to_owned(),
    }
}

fn start_timed_out() -> Failure {
    Failure {
        code: "start_timed_out".to_owned(),
        message: "no machine could be started in time; try again or tell your instructor".to_owned(),
    }
}
