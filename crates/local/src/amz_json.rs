//! AWS's JSON protocols: which operation a request names, and how answers look.

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// The services differ in nothing else than this content type.
#[derive(Clone, Copy)]
pub(crate) enum Version {
    /// DynamoDB and SQS.
    V1_0,
    /// EventBridge.
    V1_1,
}

/// The service's interface and the operation, as in `AmazonSQS.SendMessage`; empty where the request names none.
pub(crate) fn target(headers: &HeaderMap) -> &str {
    headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default()
}

pub(crate) fn answer(version: Version, status: StatusCode, value: &Value) -> Response {
    let kind = match version {
        Version::V1_0 => "application/x-amz-json-1.0",
        Version::V1_1 => "application/x-amz-json-1.1",
    };
    (status, [(CONTENT_TYPE, kind)], value.to_string()).into_response()
}
