//! SQS: `SendMessage` for the ordinary client. Messages reach functions through the event source mappings.
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use axum::{Router, routing::post};
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::queue::Queue;
use crate::amz_json::{Version, answer, target};
use crate::callers::Callers;

/// SQS's quotas for one message.
const MAX_DELAY_SECS: u64 = 900;
const MAX_BYTES: usize = 1024 * 1024;

pub(crate) struct Sqs {
    /// By URL.
    pub(crate) queues: HashMap<String, Arc<Queue>>,
    pub(crate) callers: Arc<Callers>,
}

/// What a queue of ours takes. The rest (attributes, groups) is not played locally and refused.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct SendMessage {
    queue_url: String,
    #[serde(default)]
    message_body: String,
    #[serde(default)]
    delay_seconds: i64,
}

/// An error as SQS gives it: the status, its name in the JSON protocol, and the name it had in the older one.
struct Refusal {
    status: StatusCode,
    kind: &'static str,
    code: &'static str,
    message: String,
}

impl Sqs {
    pub(crate) async fn serve(self, listener: TcpListener, stop: CancellationToken) {
        let router = Router::new().route("/", post(call)).with_state(Arc::new(self));
        if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await {
            tracing::error!(%error, "the queues' endpoint ended");
        }
    }

    fn send(&self, headers: &HeaderMap, body: &[u8]) -> Result<Response, Refusal> {
        if target(headers) != "AmazonSQS.SendMessage" {
            return Err(Refusal::unplayed("only SendMessage is played locally"));
        }
        let request: SendMessage =
            serde_json::from_slice(body).map_err(|error| Refusal::unplayed(&error.to_string()))?;
        let queue = self.queues.get(&request.queue_url).ok_or_else(Refusal::no_such_queue)?;
        self.callers.check_queue(headers, "sqs:SendMessage", queue.id()).map_err(Refusal::denied)?;
        if request.message_body.is_empty() {
            return Err(Refusal::missing("The request must contain the parameter MessageBody."));
        }
        if request.message_body.len() > MAX_BYTES {
            let message =
                format!("One or more parameters are invalid. Reason: Message must be shorter than {MAX_BYTES} bytes.");
            return Err(Refusal::invalid(message));
        }
        let delay = u64::try_from(request.delay_seconds).ok().filter(|seconds| *seconds <= MAX_DELAY_SECS);
        let delay = delay.ok_or_else(|| {
            let given = request.delay_seconds;
            Refusal::invalid(format!(
                "Value {given} for parameter DelaySeconds is invalid. \
                 Reason: DelaySeconds must be >= 0 and <= {MAX_DELAY_SECS}."
            ))
        })?;
        let digest = format!("{:x}", md5::compute(&request.message_body));
        let id = queue.send_after(request.message_body, Duration::from_secs(delay));
        Ok(answer(Version::V1_0, StatusCode::OK, &json!({ "MessageId": id, "MD5OfMessageBody": digest })))
    }
}

async fn call(State(sqs): State<Arc<Sqs>>, headers: HeaderMap, body: Bytes) -> Response {
    sqs.send(&headers, &body).unwrap_or_else(Refusal::response)
}

impl Refusal {
    fn unplayed(message: &str) -> Self {
        let (kind, code) = ("com.amazonaws.sqs#UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation");
        Self { status: StatusCode::BAD_REQUEST, kind, code, message: message.to_owned() }
    }

    fn no_such_queue() -> Self {
        let (kind, code) = ("com.amazonaws.sqs#QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue");
        Self { status: StatusCode::BAD_REQUEST, kind, code, message: "The specified queue does not exist.".to_owned() }
    }

    fn denied(message: String) -> Self {
        let (kind, code) = ("com.amazon.coral.service#AccessDeniedException", "AccessDenied");
        Self { status: StatusCode::FORBIDDEN, kind, code, message }
    }

    fn missing(message: &str) -> Self {
        let (kind, code) = ("com.amazon.coral.service#MissingRequiredParameterException", "MissingParameter");
        Self { status: StatusCode::BAD_REQUEST, kind, code, message: message.to_owned() }
    }

    fn invalid(message: String) -> Self {
        let (kind, code) = ("com.amazon.coral.service#InvalidParameterValueException", "InvalidParameterValue");
        Self { status: StatusCode::BAD_REQUEST, kind, code, message }
    }

    fn response(self) -> Response {
        let mut response = answer(Version::V1_0, self.status, &json!({ "__type": self.kind, "message": self.message }));
        if let Ok(value) = HeaderValue::try_from(format!("{};Sender", self.code)) {
            response.headers_mut().insert(HeaderName::from_static("x-amzn-query-error"), value);
        }
        response
    }
}

#[cfg(test)]
mod tests;
