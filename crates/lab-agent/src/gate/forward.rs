//! Requests to the lab's application and its answers back.

use std::error::Error;
use std::iter::successors;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::CONTENT_LENGTH;
use axum::http::uri::{Authority, PathAndQuery, Scheme};
use axum::http::{HeaderMap, Uri, Version};
use axum::response::Response;
use http_body_util::{LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::time::timeout;

use super::pages::Pages;
use super::{Gate, headers};

const CONNECT_LIMIT: Duration = Duration::from_secs(3);
/// For an answer to begin; it may then take as long as it wants, as event streams do.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);
const MOST_BODY_BYTES: usize = 64 * 1024 * 1024;

/// Why the application's answer is not what the browser gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
    TooLarge,
    NoAnswer,
}

impl Problem {
    pub(super) fn page(self, pages: &Pages) -> Response {
        match self {
            Self::TooLarge => pages.too_large(),
            Self::NoAnswer => pages.not_there_yet(),
        }
    }
}

/// A client without a pool: applications of labs are small, restarted at any moment, and next door.
pub(super) fn client() -> Client<HttpConnector, Body> {
    let mut connector = HttpConnector::new();
    connector.set_connect_timeout(Some(CONNECT_LIMIT));
    connector.set_nodelay(true);
    Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector)
}

pub(super) async fn forward(gate: &Gate, mut request: Request) -> Result<Response, Problem> {
    if announced_length(request.headers()).is_some_and(|length| length > MOST_BODY_BYTES) {
        return Err(Problem::TooLarge);
    }
    headers::for_application(request.headers_mut(), gate.0.scheme);
    let request = request.map(|body| Body::new(Limited::new(body, MOST_BODY_BYTES)));
    let mut response = send(gate, request).await?;
    headers::for_browser(response.headers_mut());
    Ok(response.map(Body::new))
}

/// Sends to the application as it stands.
pub(super) async fn send(gate: &Gate, mut request: Request) -> Result<Response<Incoming>, Problem> {
    *request.uri_mut() = on_loopback(request.uri(), gate.0.port).ok_or(Problem::NoAnswer)?;
    *request.version_mut() = Version::HTTP_11;
    let answer = timeout(ANSWER_LIMIT, gate.0.http.request(request)).await;
    match answer {
        Ok(Ok(response)) => Ok(response),
        // A body of unknown length that grew past the limit breaks its own request.
        Ok(Err(error)) if is_over_length(&error) => Err(Problem::TooLarge),
        Ok(Err(error)) => {
            tracing::debug!(error = %error, "the lab's application does not answer");
            Err(Problem::NoAnswer)
        }
        Err(_) => Err(Problem::NoAnswer),
    }
}

fn on_loopback(uri: &Uri, port: u16) -> Option<Uri> {
    let authority = Authority::try_from(format!("127.0.0.1:{port}")).ok()?;
    let path = uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
    Uri::builder().scheme(Scheme::HTTP).authority(authority).path_and_query(path).build().ok()
}

fn announced_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn is_over_length(error: &(dyn Error + 'static)) -> bool {
    successors(Some(error), |&error| error.source()).any(<dyn Error>::is::<LengthLimitError>)
}
