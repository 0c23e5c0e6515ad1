//! Linode's errors: `{"errors": [{"reason": …, "field": …}]}`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    errors: Vec<(Option<&'static str>, String)>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, reason: impl Into<String>) -> Self {
        Self { status, errors: vec![(None, reason.into())] }
    }

    pub(super) fn field(field: &'static str, reason: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, errors: vec![(Some(field), reason.into())] }
    }

    /// All that is wrong with the fields of one request.
    pub(super) fn fields(errors: Vec<(&'static str, String)>) -> Self {
        let errors = errors.into_iter().map(|(field, reason)| (Some(field), reason)).collect();
        Self { status: StatusCode::BAD_REQUEST, errors }
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not found")
    }

    pub(super) fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
    }

    pub(super) fn invalid_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Invalid Token")
    }

    pub(super) fn too_many_requests() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests")
    }

    pub(super) fn busy() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Linode busy.")
    }

    pub(super) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let error = |(field, reason): (Option<&str>, String)| match field {
            Some(field) => json!({ "reason": reason, "field": field }),
            None => json!({ "reason": reason }),
        };
        let errors: Vec<Value> = self.errors.into_iter().map(error).collect();
        (self.status, Json(json!({ "errors": errors }))).into_response()
    }
}
