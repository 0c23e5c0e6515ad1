//! What may befall a request to AWS.

use std::time::Duration;

use serde_json::{Value, json};

use super::table::cancelled;
use super::transport::Service;
use crate::fault::Fault;
use crate::observer::Scope;
use crate::world::State;

pub(super) enum Trouble {
    Slow(Duration),
    /// Nothing happened, and the answer says so.
    Refused {
        status: u16,
        kind: &'static str,
        detail: Value,
    },
    /// It happened, and nobody hears of it.
    AnswerLost {
        after: Duration,
        how: Lost,
    },
    /// Nothing happened, and there is no answer.
    Silent,
    /// It happens this much later, when nobody waits for an answer any more.
    EffectLate(Duration),
}

#[derive(Clone, Copy)]
pub(super) enum Lost {
    Reset,
    Failure,
}

impl Trouble {
    pub(super) fn draw(service: Service, operation: &str, state: &mut State) -> Option<Self> {
        let trouble = match service {
            Service::Table => Self::of_table(operation, state),
            Service::Bus => Self::of_bus(state),
            Service::Queue => state.strikes(Fault::QueueFails).then(|| failure("InternalServerError")),
        };
        if trouble.is_some() {
            state.hindered(Scope::Everything);
        }
        trouble
    }

    fn of_table(operation: &str, state: &mut State) -> Option<Self> {
        if state.strikes(Fault::TableSlow) {
            // The clients' patience is 3 s.
            return Some(Self::Slow(state.dice.millis(200, 2900)));
        }
        if state.strikes(Fault::TableThrottled) {
            let kind = ["ProvisionedThroughputExceededException", "ThrottlingException"][state.dice.below(2)];
            return Some(Self::Refused { status: 400, kind, detail: Value::Null });
        }
        if state.strikes(Fault::TableFails) {
            return Some(failure("InternalServerError"));
        }
        if state.strikes(Fault::TableSilent) {
            return Some(Self::Silent);
        }
        let writes = matches!(operation, "PutItem" | "TransactWriteItems");
        if writes && state.strikes(Fault::TableConflict) {
            return Some(conflict(operation));
        }
        if writes && state.strikes(Fault::TableAnswerLost) {
            let how = if state.dice.chance(0.5) { Lost::Reset } else { Lost::Failure };
            return Some(Self::AnswerLost { after: state.dice.millis(0, 3500), how });
        }
        if writes && state.strikes(Fault::TableWriteLate) {
            return Some(Self::EffectLate(state.dice.millis(500, 8000)));
        }
        None
    }

    fn of_bus(state: &mut State) -> Option<Self> {
        if state.strikes(Fault::BusFails) {
            return Some(failure("InternalException"));
        }
        state
            .strikes(Fault::BusAnswerLost)
            .then(|| Self::AnswerLost { after: Duration::from_millis(50), how: Lost::Reset })
    }
}

fn failure(kind: &'static str) -> Trouble {
    Trouble::Refused { status: 500, kind, detail: Value::Null }
}

/// Two writers met on one item.
fn conflict(operation: &str) -> Trouble {
    if operation == "TransactWriteItems" {
        let reasons = [json!({ "Code": "TransactionConflict" }), json!({ "Code": "None" })];
        Trouble::Refused { status: 400, kind: "TransactionCanceledException", detail: cancelled(&reasons).detail }
    } else {
        Trouble::Refused { status: 400, kind: "TransactionConflictException", detail: Value::Null }
    }
}
