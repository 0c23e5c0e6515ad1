//! Reading a request: bounded, strict, and with an error for each field that is wrong.

use http::StatusCode;
use http::header::{CONTENT_TYPE, IF_MATCH};
use lambda_http::{Request, RequestExt};
use serde::Deserializer;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use validator::Validate;

use super::ApiError;
use crate::domain::validation::{FieldError, field_errors};

/// The JSON body as `T`, checked by its `Validate`. `limit` is in bytes. Fields that `T` does not have are refused, in every
/// depth.
///
/// # Errors
/// 413 above the limit, 415 for another content type, 400 for what is not JSON, 422 with field paths for the rest.
pub fn json_body<T: DeserializeOwned + Validate>(request: &Request, limit: usize) -> Result<T, ApiError> {
    let body = bounded_body(request, limit)?;
    if media_type(request) != "application/json" {
        return Err(unsupported("application/json"));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = strict(&mut deserializer)?;
    deserializer.end().map_err(|_| malformed("there is more after the JSON document"))?;
    Ok(value)
}

/// A JSON object of which some fields belong to something else than the rest.
pub struct JsonFields(Map<String, Value>);

impl JsonFields {
    /// # Errors
    /// As [`json_body`].
    pub fn of(request: &Request, limit: usize) -> Result<Self, ApiError> {
        let body = bounded_body(request, limit)?;
        if media_type(request) != "application/json" {
            return Err(unsupported("application/json"));
        }
        match serde_json::from_slice(body).map_err(|error| malformed(&error.to_string()))? {
            Value::Object(fields) => Ok(Self(fields)),
            _ => Err(ApiError::invalid_field("body", "must be a JSON object")),
        }
    }

    /// # Errors
    /// 422 where the field is missing or wrong.
    pub fn take<T: DeserializeOwned>(&mut self, field: &str) -> Result<T, ApiError> {
        let value = self.0.remove(field).ok_or_else(|| ApiError::invalid_field(field, "is missing"))?;
        T::deserialize(value).map_err(|error| ApiError::invalid_field(field, error.to_string()))
    }

    /// All the other fields.
    ///
    /// # Errors
    /// 422 with field paths.
    pub fn rest<T: DeserializeOwned + Validate>(self) -> Result<T, ApiError> {
        strict(Value::Object(self.0))
    }
}

fn strict<'de, D, T>(deserializer: D) -> Result<T, ApiError>
where
    D: Deserializer<'de, Error = serde_json::Error>,
    T: DeserializeOwned + Validate,
{
    let mut unknown = Vec::new();
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(deserializer, &mut track);
    let value: Result<T, _> = serde_ignored::deserialize(tracked, |path| unknown.push(path.to_string()));
    let value = value.map_err(|error| json_error(&track.path().to_string(), &error))?;
    if !unknown.is_empty() {
        let message = "is not known here; check its spelling, or leave it out";
        let errors = unknown.into_iter().map(|field| FieldError { field, message: message.to_owned() });
        return Err(ApiError::invalid(errors.collect()));
    }
    value.validate().map_err(|errors| ApiError::invalid(field_errors(&errors)))?;
    Ok(value)
}

/// The body, whatever it is, up to `limit` bytes.
///
/// # Errors
/// 413 above the limit.
pub fn bounded_body(request: &Request, limit: usize) -> Result<&[u8], ApiError> {
    let body: &[u8] = request.body().as_ref();
    if body.len() <= limit {
        return Ok(body);
    }
    let detail = format!("the body may have at most {limit} bytes");
    Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail))
}

/// The body's media type in small letters, without its parameters; empty where none is named.
pub fn media_type(request: &Request) -> String {
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// 415, with what to send instead.
pub fn unsupported(wanted: &str) -> ApiError {
    let detail = format!("send the body as {wanted}");
    ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)
}

/// Which revision an edit was made from: `If-Match: "7"`.
///
/// # Errors
/// 428 without the header, 412 where it names another revision than `current`.
pub fn matched_revision(request: &Request, current: u64) -> Result<(), ApiError> {
    let Some(named) = request.headers().get(IF_MATCH).and_then(|value| value.to_str().ok()) else {
        return Err(ApiError::new(
            StatusCode::PRECONDITION_REQUIRED,
            "precondition_required",
            "send If-Match with the ETag that was read, so that nobody else's change is overwritten",
        ));
    };
    if named.trim() == etag(current) { Ok(()) } else { Err(ApiError::changed_meanwhile()) }
}

/// How a revision is written as an entity tag.
pub fn etag(revision: u64) -> String {
    format!("\"{revision}\"")
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

fn json_error(path: &str, cause: &serde_json::Error) -> ApiError {
    if cause.is_data() {
        let field = if path == "." { "body" } else { path };
        return ApiError::invalid_field(field, without_position(&cause.to_string()));
    }
    malformed(&cause.to_string())
}

/// serde's text without its "at line 1 column 9", which means nothing beside a field path.
fn without_position(text: &str) -> &str {
    text.rfind(" at line ").map_or(text, |end| &text[..end])
}
