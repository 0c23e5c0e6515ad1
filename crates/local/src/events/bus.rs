//! EventBridge: `PutEvents` for the ordinary client, and the rules that hand events to queues.

use std::collections::HashSet;
use std::sync::Arc;

use anyhow::Result;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::{Router, routing::post};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::archive::Archive;
use super::pattern::Pattern;
use super::queue::Queue;
use crate::amz_json::{Version, answer, target};
use crate::callers::Callers;
use crate::function::new_id;
use crate::template::{ACCOUNT, REGION};

/// EventBridge's quotas for one `PutEvents` call.
const MAX_ENTRIES: usize = 10;
const MAX_BYTES: usize = 256 * 1024;

pub(crate) struct Bus {
    pub(crate) names: HashSet<String>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) callers: Arc<Callers>,
    pub(crate) archive: Archive,
}

pub(crate) struct Rule {
    pub(crate) bus: String,
    pub(crate) pattern: Pattern,
    pub(crate) targets: Vec<Arc<Queue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutEvents {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    source: Option<String>,
    detail_type: Option<String>,
    detail: Option<String>,
    event_bus_name: Option<String>,
    #[serde(default)]
    resources: Vec<String>,
}

#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct EntryResult {
    #[serde(skip_serializing_if = "Option::is_none")]
    event_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<String>,
}

impl Bus {
    pub(crate) async fn serve(self, listener: TcpListener, stop: CancellationToken) {
        let router = Router::new().route("/", post(call)).with_state(Arc::new(self));
        if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await {
            tracing::error!(%error, "the event bus ended");
        }
    }

    /// Delivers one entry, or says why not as the API does.
    fn put(&self, entry: &Entry) -> EntryResult {
        match self.event(entry) {
            Ok((bus, event)) => {
                self.deliver(bus, &event);
                EntryResult { event_id: event["id"].as_str().map(str::to_owned), ..EntryResult::default() }
            }
            Err((code, message)) => {
                EntryResult { error_code: Some(code), error_message: Some(message), ..EntryResult::default() }
            }
        }
    }

    fn event<'a>(&self, entry: &'a Entry) -> Result<(&'a str, Value), (&'static str, String)> {
        let required = |name: &str, value: &'a Option<String>| match value.as_deref() {
            Some(text) if !text.is_empty() => Ok(text),
            _ => Err((
                "InvalidArgument",
                format!("Parameter {name} is not valid. Reason: {name} is a required argument."),
            )),
        };
        let source = required("Source", &entry.source)?;
        let detail_type = required("DetailType", &entry.detail_type)?;
        let detail = required("Detail", &entry.detail)?;
        let detail: Value = serde_json::from_str(detail)
            .ok()
            .filter(Value::is_object)
            .ok_or_else(|| ("MalformedDetail", "Detail is malformed.".to_owned()))?;
        let bus = entry.event_bus_name.as_deref().unwrap_or("default");
        if !self.names.contains(bus) {
            return Err(("InvalidArgument", format!("Event bus {bus} does not exist.")));
        }
        let event = json!({
            "version": "0",
            "id": new_id(),
            "detail-type": detail_type,
            "source": source,
            "account": ACCOUNT,
            "time": Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "region": REGION,
            "resources": entry.resources,
            "detail": detail,
        });
        Ok((bus, event))
    }

    fn deliver(&self, bus: &str, event: &Value) {
        self.archive.keep(event);
        let body = event.to_string();
        for rule in self.rules.iter().filter(|rule| rule.bus == bus && rule.pattern.matches(event)) {
            for queue in &rule.targets {
                queue.send(body.clone());
            }
        }
    }
}

async fn call(State(bus): State<Arc<Bus>>, headers: HeaderMap, body: Bytes) -> Response {
    if target(&headers) != "AWSEvents.PutEvents" {
        return refusal("UnknownOperationException", "only PutEvents is played locally");
    }
    if body.len() > MAX_BYTES {
        return refusal("ValidationException", "Total size of the entries in the request is over the limit.");
    }
    let request: PutEvents = match serde_json::from_slice(&body) {
        Ok(request) => request,
        Err(error) => return refusal("SerializationException", &error.to_string()),
    };
    if request.entries.is_empty() || request.entries.len() > MAX_ENTRIES {
        return refusal(
            "ValidationException",
            "1 validation error detected: Value at 'entries' must have 1 to 10 members",
        );
    }
    for entry in &request.entries {
        let name = entry.event_bus_name.as_deref().unwrap_or("default");
        if let Err(denied) = bus.callers.check_bus(&headers, "events:PutEvents", name) {
            return refusal("AccessDeniedException", &denied);
        }
    }
    let results: Vec<EntryResult> = request.entries.iter().map(|entry| bus.put(entry)).collect();
    let failed = results.iter().filter(|result| result.error_code.is_some()).count();
    answer(Version::V1_1, StatusCode::OK, &json!({ "FailedEntryCount": failed, "Entries": results }))
}

fn refusal(code: &str, message: &str) -> Response {
    answer(Version::V1_1, StatusCode::BAD_REQUEST, &json!({ "__type": code, "message": message }))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::time::Duration;

    use super::*;

    fn bus() -> (Bus, Arc<Queue>) {
        let queue = Queue::new("Work", Duration::from_secs(30), None);
        let pattern = Pattern::parse(&json!({"source": ["brihaspati"], "detail": {"needs": ["provision"]}})).unwrap();
        let rule = Rule { bus: "ours".into(), pattern, targets: vec![queue.clone()] };
        let callers = Arc::new(Callers::new(&[], HashMap::new()));
        (
            Bus { names: HashSet::from(["ours".to_owned()]), rules: vec![rule], callers, archive: Archive::default() },
            queue,
        )
    }

    fn entry(changes: Value) -> Entry {
        let mut entry = json!({
            "Source": "brihaspati",
            "DetailType": "EnvironmentChanged",
            "Detail": r#"{"needs":"provision"}"#,
            "EventBusName": "ours",
        });
        if let (Value::Object(entry), Value::Object(changes)) = (&mut entry, changes) {
            entry.extend(changes);
        }
        serde_json::from_value(entry).unwrap()
    }

    #[tokio::test]
    async fn an_event_that_a_rule_matches_reaches_its_queue_in_the_envelope() {
        let (bus, queue) = bus();
        assert_eq!(bus.put(&entry(json!({}))).error_code, None);
        let record = queue.receive(1).await.remove(0).record();
        let body: Value = serde_json::from_str(record["body"].as_str().unwrap()).unwrap();
        assert_eq!(
            (&body["detail-type"], &body["detail"]["needs"]),
            (&json!("EnvironmentChanged"), &json!("provision"))
        );
    }

    #[test]
    fn an_event_that_no_rule_matches_goes_nowhere() {
        let (bus, queue) = bus();
        assert_eq!(bus.put(&entry(json!({"Detail": r#"{"needs":"nothing"}"#}))).error_code, None);
        assert_eq!(queue.len(), 0);
    }

    #[test]
    fn a_bad_entry_fails_by_itself() {
        let (bus, queue) = bus();
        for (changes, code) in [
            (json!({"Detail": "[]"}), "MalformedDetail"),
            (json!({"Source": ""}), "InvalidArgument"),
            (json!({"EventBusName": "theirs"}), "InvalidArgument"),
        ] {
            assert_eq!(bus.put(&entry(changes)).error_code, Some(code));
        }
        assert_eq!(queue.len(), 0);
    }
}
