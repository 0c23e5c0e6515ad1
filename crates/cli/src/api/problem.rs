//! Refusals as the API words them (RFC 9457).

use std::time::Duration;

use reqwest::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct FieldError {
    pub(crate) field: String,
    pub(crate) message: String,
}

/// A problem document, as it came and as this program decides by it.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{detail}")]
pub(crate) struct Problem {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) detail: String,
    pub(crate) errors: Vec<FieldError>,
    pub(crate) trace_id: Option<String>,
    /// How long the installation asks to wait.
    pub(crate) retry_after: Option<Duration>,
    pub(crate) document: Value,
}

impl Problem {
    /// Reads the answer's body. Something in between (a proxy, the HTTP API itself) may have answered instead of a
    /// function: then the status speaks.
    pub(super) fn read(status: StatusCode, body: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Document {
            code: String,
            detail: String,
            #[serde(default)]
            errors: Vec<FieldError>,
            #[serde(default)]
            trace_id: Option<String>,
        }
        let title = status.canonical_reason().unwrap_or("Error");
        let parsed: Option<(Document, Value)> = serde_json::from_slice::<Value>(body)
            .ok()
            .and_then(|value| Some((Document::deserialize(&value).ok()?, value)));
        match parsed {
            Some((document, value)) => Self {
                status: status.as_u16(),
                code: document.code,
                detail: document.detail,
                errors: document.errors,
                trace_id: document.trace_id,
                retry_after: None,
                document: value,
            },
            None => Self::of(status.as_u16(), "no_problem_document", &format!("the answer was {status}: {title}")),
        }
    }

    pub(crate) fn of(status: u16, code: &str, detail: &str) -> Self {
        Self {
            status,
            code: code.to_owned(),
            detail: detail.to_owned(),
            errors: Vec::new(),
            trace_id: None,
            retry_after: None,
            document: json!({ "type": "about:blank", "title": "Error", "status": status, "code": code,
                "detail": detail, "errors": [], "trace_id": null }),
        }
    }

    pub(crate) fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.document["errors"] = json!(errors);
        Self { errors, ..self }
    }
}
