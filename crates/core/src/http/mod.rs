//! Requests in, answers out: the same rules for every route.

mod answer;
mod problem;
mod request;
mod service;

pub use answer::{accepted, created, download, json, no_content, unless_known, versioned};
pub use problem::{ApiError, Problem};
pub use request::{
    JsonFields, bounded_body, etag, json_body, matched_revision, media_type, path_parameter, query_parameter,
    unsupported,
};
pub use service::{Service, service};

pub use lambda_http::{Body, Request, Response};

pub type ApiResult = Result<Response<Body>, ApiError>;
