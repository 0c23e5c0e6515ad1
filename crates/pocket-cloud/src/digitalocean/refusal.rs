//! DigitalOcean's errors: `{"id": …, "message": …}`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    id: &'static str,
    message: String,
}

impl Refusal {
    fn new(status: StatusCode, id: &'static str, message: impl Into<String>) -> Self {
        Self { status, id, message: message.into() }
    }

    pub(super) fn unprocessable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "unprocessable_entity", message)
    }

    pub(super) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", message)
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", message)
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "The resource you requested could not be found.")
    }

    pub(super) fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "The method is not allowed here.")
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "Unable to authenticate you.")
    }

    pub(super) fn too_many_requests() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "API rate limit exceeded.")
    }

    pub(super) fn server_error() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "Unexpected server-side error")
    }

    /// The documented body for a status that a test staged.
    pub(super) fn staged(status: u16) -> Self {
        match StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR) {
            StatusCode::UNAUTHORIZED => Self::unauthorized(),
            StatusCode::TOO_MANY_REQUESTS => Self::too_many_requests(),
            StatusCode::UNPROCESSABLE_ENTITY => {
                Self::unprocessable("creating this/these droplet(s) will exceed your droplet limit")
            }
            StatusCode::FORBIDDEN => {
                Self::new(StatusCode::FORBIDDEN, "forbidden", "You do not have access for the attempted action.")
            }
            StatusCode::SERVICE_UNAVAILABLE => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "service_unavailable",
                "The service is temporarily unavailable.",
            ),
            status => Self { status, ..Self::server_error() },
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "id": self.id, "message": self.message }))).into_response()
    }
}
