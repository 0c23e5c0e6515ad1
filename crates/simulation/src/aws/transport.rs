//! The SDK's HTTP client. A request's target names service and operation; nothing of it crosses a socket.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::bus;
use super::table::Refusal;
use super::trouble::{Lost, Trouble};
use crate::fault::Fault;
use crate::gate;
use crate::observer::Invariant;
use crate::world::{State, World};

/// The services that the control plane calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    Table,
    Bus,
    Queue,
}

/// Longer than the clients wait for one answer (3 s).
const SILENCE: Duration = Duration::from_secs(4);

#[derive(Clone)]
pub(crate) struct Transport(pub(crate) Arc<World>);

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Transport")
    }
}

impl HttpClient for Transport {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Transport {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let world = self.0.clone();
        let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
        let body = request.body().bytes().and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default();
        HttpConnectorFuture::new(async move {
            let call = Call::read(&target, body);
            match call {
                Some(call) => call.make(&world).await,
                None => Ok(refusal(400, "UnknownOperationException", &target, &Value::Null)),
            }
        })
    }
}

/// One request to AWS.
struct Call {
    service: Service,
    operation: &'static str,
    body: Value,
}

impl Call {
    fn read(target: &str, body: Value) -> Option<Self> {
        let (service, operation) = match target.split_once('.')? {
            ("DynamoDB_20120810", "GetItem") => (Service::Table, "GetItem"),
            ("DynamoDB_20120810", "PutItem") => (Service::Table, "PutItem"),
            ("DynamoDB_20120810", "Query") => (Service::Table, "Query"),
            ("DynamoDB_20120810", "TransactWriteItems") => (Service::Table, "TransactWriteItems"),
            ("AWSEvents", "PutEvents") => (Service::Bus, "PutEvents"),
            ("AmazonSQS", "SendMessage") => (Service::Queue, "SendMessage"),
            _ => return None,
        };
        Some(Self { service, operation, body })
    }

    async fn make(self, world: &Arc<World>) -> Result<HttpResponse, ConnectorError> {
        gate::enter(world).await;
        let (trouble, latency) = {
            let state = &mut *world.hold();
            (Trouble::draw(self.service, self.operation, state), state.dice.millis(2, 20))
        };
        sleep(latency).await;
        let answer = match trouble {
            None => self.take_effect(world),
            Some(Trouble::Slow(wait)) => {
                sleep(wait).await;
                self.take_effect(world)
            }
            Some(Trouble::Refused { status, kind, detail }) => {
                world.say(&format!("{} refused: {kind}", self.operation));
                Ok(refusal(status, kind, "injected", &detail))
            }
            Some(Trouble::AnswerLost { after, how }) => {
                // The answer is lost whatever it was.
                let _ = self.take_effect(world);
                sleep(after).await;
                world.say(&format!("{} answer lost", self.operation));
                lost(how)
            }
            Some(Trouble::Silent) => {
                world.say(&format!("{} gets no answer", self.operation));
                sleep(SILENCE).await;
                lost(Lost::Reset)
            }
            Some(Trouble::EffectLate(wait)) => {
                world.say(&format!("{} is on its way for {} ms", self.operation, wait.as_millis()));
                let world = world.clone();
                tokio::spawn(async move {
                    sleep(wait).await;
                    let _ = self.take_effect(&world);
                });
                sleep(SILENCE).await;
                lost(Lost::Reset)
            }
        };
        gate::leave(world).await;
        answer
    }

    /// The service does what it is asked, whether or not anybody hears of it.
    fn take_effect(&self, world: &Arc<World>) -> Result<HttpResponse, ConnectorError> {
        let outcome = match self.service {
            Service::Table => world.change(|state| self.on_table(state, world.time.elapsed())),
            Service::Bus => bus::put_events(world, &self.body),
            Service::Queue => bus::send_message(world, &self.body),
        };
        let subject = subject(&self.body);
        match outcome {
            Ok(body) => {
                world.say(&format!("{} {subject}", self.operation));
                Ok(response(200, &body))
            }
            Err(no) => {
                world.say(&format!("{} {subject} refused: {}", self.operation, no.kind));
                if no.kind == "ValidationException" {
                    world.violated(Invariant::Faithful, &no.message);
                }
                Ok(refusal(400, no.kind, &no.message, &no.detail))
            }
        }
    }

    fn on_table(&self, state: &mut State, now: Duration) -> Result<Value, Refusal> {
        let stale = self.body.get("IndexName").is_some() && state.strikes(Fault::IndexStale);
        let age = if stale { state.dice.millis(20, 400) } else { Duration::ZERO };
        state.table.perform(self.operation, &self.body, now, age)
    }
}

/// What a request to the table is about, for the trace.
fn subject(body: &Value) -> &str {
    let places = ["/Key/pk/S", "/Item/pk/S", "/TransactItems/1/Put/Item/pk/S", "/ExpressionAttributeValues/:shard/S"];
    places.iter().find_map(|place| body.pointer(place)?.as_str()).unwrap_or_default()
}

fn lost(how: Lost) -> Result<HttpResponse, ConnectorError> {
    match how {
        Lost::Reset => Err(ConnectorError::io("the connection was reset".into())),
        Lost::Failure => Ok(refusal(500, "InternalServerError", "injected", &Value::Null)),
    }
}

fn response(status: u16, body: &Value) -> HttpResponse {
    let status = StatusCode::try_from(status).unwrap_or_else(|_| StatusCode::from(http::StatusCode::BAD_GATEWAY));
    let mut response = HttpResponse::new(status, SdkBody::from(body.to_string()));
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    response
}

fn refusal(status: u16, kind: &str, message: &str, detail: &Value) -> HttpResponse {
    let mut body = json!({ "__type": format!("com.amazonaws#{kind}"), "message": message });
    if let (Some(body), Some(detail)) = (body.as_object_mut(), detail.as_object()) {
        body.extend(detail.clone());
    }
    response(status, &body)
}
