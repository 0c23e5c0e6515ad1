//! Requests in, answers out: the same rules for every route.

mod answer;
mod problem;
mod request;
mod service;

pub use answer::{accepted, created, json, no_content};
pub use problem::{ApiError, Problem};
pub use request::{json_body, path_parameter, query_parameter};
pub use service::{Service, service};

pub use lambda_http::{Body, Request, Response};

pub type ApiResult = Result<Response<Body>, ApiError>;
