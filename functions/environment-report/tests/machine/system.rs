//! The three functions of the machine's protocol, on a table and a bus of their own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use brihaspati_core::config::Settings;
use brihaspati_core::domain::audit::{Actor, AuditEvent};
use brihaspati_core::domain::ids::EventId;
use brihaspati_core::domain::lab::{Lab, LabFile};
use brihaspati_core::lambda::Invoke;
use brihaspati_core::store::{LabBundle, Store};
use dynoxide::Database;
use jiff::Timestamp;
use lambda_runtime::Context;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

/// A machine's call.
#[derive(Deserialize)]
pub(crate) struct Call {
    pub(crate) method: String,
    /// `bundle`, `report` or `checks`.
    pub(crate) call: String,
    pub(crate) headers: Map<String, Value>,
    pub(crate) body: String,
}

/// What was put on the bus.
type Announced = Arc<Mutex<Vec<Value>>>;

pub(crate) struct System {
    pub(crate) settings: Settings,
    pub(crate) store: Store,
    announced: Announced,
    functions: HashMap<&'static str, Invoke>,
    _servers: DropGuard,
}

impl System {
    pub(crate) async fn start() -> Self {
        let stop = CancellationToken::new();
        let (table, announced) = (serve_table(&stop).await, Announced::default());
        let bus = serve_bus(announced.clone(), &stop).await;
        let variables = [
            ("ACME_DIRECTORIES", "https://acme.example/directory".to_owned()),
            ("AGENT_SHA256", "0".repeat(64)),
            ("AGENT_URL", "https://portal.example/lab-agent".to_owned()),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_ENDPOINT_URL_DYNAMODB", table.clone()),
            ("AWS_ENDPOINT_URL_EVENTBRIDGE", bus),
            // There is no queue here. Wake-ups only hurry, so none is missed.
            ("AWS_ENDPOINT_URL_SQS", table),
            ("AWS_REGION", "eu-west-1".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
            ("CONTROL_PLANE_URL", "https://portal.example/api".to_owned()),
            ("EVENT_BUS_NAME", "bus".to_owned()),
            ("INSTALLATION", "test".to_owned()),
            ("MACHINE_URL", "https://{address}:443".to_owned()),
            ("PORTAL_ORIGIN", "https://portal.example".to_owned()),
            ("PROVISION_QUEUE_URL", "http://127.0.0.1:9/queue".to_owned()),
            ("TABLE_NAME", "table".to_owned()),
        ];
        let settings = Settings::from_map(variables.map(|(name, value)| (name.to_owned(), value)).into());
        let functions = [
            ("bundle", environment_bundle::build(&settings).unwrap()),
            ("report", environment_report::build(&settings).unwrap()),
            ("checks", environment_checks::build(&settings).unwrap()),
        ];
        let store = Store::from_settings(&settings).unwrap();
        Self { settings, store, announced, functions: functions.into(), _servers: stop.drop_guard() }
    }

    /// The status and the body of the answer.
    pub(crate) async fn call(&self, environment: &str, call: &Call) -> (u64, Value) {
        let path = format!("/api/environments/{environment}/{}", call.call);
        let mut event = http_event(&call.method, &path, &call.headers, &call.body);
        event["pathParameters"] = json!({ "environment": environment });
        let answer = self.functions[call.call.as_str()](event, Context::default()).await.unwrap();
        let body = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        (answer["statusCode"].as_u64().unwrap(), body)
    }

    pub(crate) async fn push(&self, lab: &mut Lab) {
        let files = vec![LabFile { path: "setup.sh".into(), executable: true, content: "ZWNobyBoaQo=".into() }];
        let event = AuditEvent {
            id: EventId::nil(),
            at: Timestamp::UNIX_EPOCH,
            actor: Actor::operator(),
            action: "lab.pushed".into(),
            target: None,
            changes: Vec::new(),
            trace_id: String::new(),
        };
        self.store.put_lab(lab, &LabBundle { files }, &event).await.unwrap();
    }

    /// What the environment's timeline tells.
    pub(crate) async fn stages(&self, environment: &str) -> Vec<String> {
        let environment = self.store.environment(&environment.parse().unwrap()).await.unwrap().unwrap();
        let told = serde_json::to_value(environment.timeline).unwrap();
        told.as_array().unwrap().iter().map(|entry| entry["stage"].as_str().unwrap().to_owned()).collect()
    }

    /// The details of the events since the last time somebody looked.
    pub(crate) fn announced(&self) -> Vec<Value> {
        std::mem::take(&mut *self.announced.lock().unwrap())
    }
}

/// As API Gateway sends it (payload format 2.0).
pub(crate) fn http_event(method: &str, path: &str, headers: &Map<String, Value>, body: &str) -> Value {
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers,
        "requestContext": {
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1" },
            "stage": "$default",
            "timeEpoch": 0,
        },
        "body": body,
        "isBase64Encoded": false,
    })
}

async fn serve_table(stop: &CancellationToken) -> String {
    let database = Database::memory().unwrap();
    let definition = json!({
        "TableName": "table",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            { "AttributeName": "pk", "AttributeType": "S" },
            { "AttributeName": "sk", "AttributeType": "S" },
        ],
        "KeySchema": [
            { "AttributeName": "pk", "KeyType": "HASH" },
            { "AttributeName": "sk", "KeyType": "RANGE" },
        ],
    });
    database.create_table(serde_json::from_value(definition).unwrap()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let stopped = stop.clone().cancelled_owned();
    tokio::spawn(async move { dynoxide::server::serve_with_shutdown(listener, database, stopped).await.unwrap() });
    url
}

async fn serve_bus(announced: Announced, stop: &CancellationToken) -> String {
    let router = Router::new().route("/", post(put_events)).with_state(announced);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let stopped = stop.clone().cancelled_owned();
    tokio::spawn(async move { axum::serve(listener, router).with_graceful_shutdown(stopped).await.unwrap() });
    url
}

async fn put_events(State(announced): State<Announced>, body: String) -> String {
    let request: Value = serde_json::from_str(&body).unwrap();
    let entries = request["Entries"].as_array().unwrap();
    let details = entries.iter().map(|entry| serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap());
    announced.lock().unwrap().extend(details);
    json!({ "FailedEntryCount": 0, "Entries": [{ "EventId": "1" }] }).to_string()
}
