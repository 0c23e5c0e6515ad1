//! Successful answers.

use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH};
use lambda_http::{Body, Request, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::request::etag;
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

/// With the revision that an edit has to name.
pub fn versioned(view: &impl Serialize, revision: u64) -> ApiResult {
    let mut response = json(view)?;
    let tag = HeaderValue::from_str(&etag(revision)).map_err(ApiError::internal)?;
    response.headers_mut().insert(ETAG, tag);
    Ok(response)
}

/// The view with a tag of its content; only the tag where the caller has that content already.
pub fn unless_known(request: &Request, view: &impl Serialize, same: &impl Serialize) -> ApiResult {
    let content = serde_json::to_vec(same).map_err(ApiError::internal)?;
    let digest = Sha256::digest(&content);
    let tag: String = digest[..12].iter().map(|byte| format!("{byte:02x}")).collect();
    let tag = HeaderValue::from_str(&format!("\"{tag}\"")).map_err(ApiError::internal)?;
    let mut response = if request.headers().get(IF_NONE_MATCH) == Some(&tag) {
        let mut response = Response::new(Body::Empty);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        json(view)?
    };
    response.headers_mut().insert(ETAG, tag);
    // Asked again each time, with the tag.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Ok(response)
}

/// A file to keep, such as `text/csv`.
pub fn download(content_type: &'static str, name: &str, content: String) -> ApiResult {
    let mut response = Response::new(Body::Text(content));
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")).map_err(ApiError::internal)?;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CONTENT_DISPOSITION, disposition);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
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
