//! Reading a request: bounded, strict, and with an error for each field that is wrong.

use http::StatusCode;
use http::header::CONTENT_TYPE;
use lambda_http::{Request, RequestExt};
use serde::de::DeserializeOwned;
use validator::Validate;

use super::ApiError;
use crate::domain::validation::field_errors;

/// The JSON body as `T`, checked by its `Validate`. `limit` is in bytes.
///
/// # Errors
/// 413 above the limit, 415 for another content type, 400 for what is not JSON, 422 with field paths for the rest.
pub fn json_body<T: DeserializeOwned + Validate>(request: &Request, limit: usize) -> Result<T, ApiError> {
    let body: &[u8] = request.body().as_ref();
    if body.len() > limit {
        return Err(ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            format!("the body may have at most {limit} bytes"),
        ));
    }
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if content_type.split(';').next().map(str::trim) != Some("application/json") {
        return Err(ApiError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "send the body as application/json",
        ));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value: T = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| json_error(&error))?;
    deserializer.end().map_err(|_| malformed("there is more after the JSON document"))?;
    value.validate().map_err(|errors| ApiError::invalid(field_errors(&errors)))?;
    Ok(value)
}

/// A parameter of the route's path, such as `{lab}`.
pub fn path_parameter<T: std::str::FromStr>(request: &Request, name: &str) -> Result<T, ApiError>
where
    T::Err: std::fmt::Display,
{
    let parameters = request.path_parameters();
    let text = parameters.first(name).unwrap_or_default();
    text.parse().map_err(|error: T::Err| ApiError::invalid_field(name, error.to_string()))
}

/// A parameter after the `?`, where it is given.
pub fn query_parameter<T: std::str::FromStr>(request: &Request, name: &str) -> Result<Option<T>, ApiError>
where
    T::Err: std::fmt::Display,
{
    let parameters = request.query_string_parameters();
    let value = parameters.first(name).map(str::parse).transpose();
    value.map_err(|error: T::Err| ApiError::invalid_field(name, error.to_string()))
}

fn malformed(what: &str) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "malformed_json", format!("the body is not one JSON document: {what}"))
}

fn json_error(error: &serde_path_to_error::Error<serde_json::Error>) -> ApiError {
    let cause = error.inner();
    if cause.is_data() {
        let path = error.path().to_string();
        let field = if path == "." { "body".to_owned() } else { path };
        return ApiError::invalid_field(&field, without_position(&cause.to_string()));
    }
    malformed(&cause.to_string())
}

/// serde's text without its "at line 1 column 9", which means nothing beside a field path.
fn without_position(text: &str) -> &str {
    text.rfind(" at line ").map_or(text, |end| &text[..end])
}
