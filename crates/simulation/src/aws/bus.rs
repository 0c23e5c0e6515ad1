//! EventBridge with the rule of `template.yaml`, and the queue behind it, at-least-once and in no order.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use super::table::Refusal;
use crate::fault::Fault;
use crate::observer::Scope;
use crate::world::World;

/// What the queue holds.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) body: String,
}

/// Hands on what the rule asks for.
pub(super) fn put_events(world: &Arc<World>, request: &Value) -> Result<Value, Refusal> {
    let entries = request["Entries"].as_array().map(Vec::as_slice).unwrap_or_default();
    for entry in entries {
        let detail: Value =
            entry["Detail"].as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        if detail["needs"] != "provision" {
            continue;
        }
        let body =
            json!({ "source": entry["Source"], "detail-type": entry["DetailType"], "detail": detail }).to_string();
        let copies = {
            let state = &mut *world.hold();
            if state.strikes(Fault::EventLost) {
                state.hindered(Scope::Everything);
                0
            } else if state.strikes(Fault::EventTwice) {
                2
            } else {
                1
            }
        };
        for _ in 0..copies {
            let delay = {
                let state = &mut *world.hold();
                let late = state.strikes(Fault::EventLate);
                if late { state.dice.millis(1000, 90_000) } else { state.dice.millis(20, 300) }
            };
            enqueue(world, Message { body: body.clone() }, delay);
        }
    }
    Ok(
        json!({ "FailedEntryCount": 0, "Entries": entries.iter().map(|_| json!({ "EventId": "event" })).collect::<Vec<_>>() }),
    )
}

pub(super) fn send_message(world: &Arc<World>, request: &Value) -> Result<Value, Refusal> {
    let body = request["MessageBody"].as_str().unwrap_or_default().to_owned();
    let delay = Duration::from_secs(request["DelaySeconds"].as_u64().unwrap_or_default());
    enqueue(world, Message { body }, delay + Duration::from_millis(10));
    Ok(json!({ "MessageId": "message", "MD5OfMessageBody": "" }))
}

fn enqueue(world: &Arc<World>, message: Message, delay: Duration) {
    let sender = world.queue.clone();
    tokio::spawn(async move {
        sleep(delay).await;
        // Nobody receives any more only when the run is over.
        let _ = sender.send(message);
    });
}
