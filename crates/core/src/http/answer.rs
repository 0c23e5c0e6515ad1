//! Successful answers.

use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use lambda_http::{Body, Response};
use serde::Serialize;

use super::{ApiError, ApiResult};

pub fn json(view: &impl Serialize) -> ApiResult {
    with_status(StatusCode::OK, view)
}

pub fn accepted(view: &impl Serialize) -> ApiResult {
    with_status(StatusCode::ACCEPTED, view)
}

pub fn created(view: &impl Serialize) -> ApiResult {
    with_status(StatusCode::CREATED, view)
}

pub fn no_content() -> ApiResult {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    Ok(response)
}

fn with_status(status: StatusCode, view: &impl Serialize) -> ApiResult {
    let body = serde_json::to_string(view).map_err(ApiError::internal)?;
    let mut response = Response::new(Body::Text(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
