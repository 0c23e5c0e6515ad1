//! The calls a machine may make.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, InvalidHeaderValue, RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Serialize;
use thiserror::Error;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::bundle::SentBundle;
use crate::causes::with_causes;
use crate::machine::{Machine, PROTOCOL};
use crate::report::{Answer, CheckResults, Report};
use crate::secret::Secret;

const CALL_LIMIT: Duration = Duration::from_secs(20);
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
const MOST_ANSWER_BYTES: usize = 40 * 1024 * 1024;

/// Why a call brought nothing, by what follows from it.
#[derive(Debug, Error)]
pub(crate) enum CallError {
    #[error("the environment is over")]
    Gone,
    #[error("the control plane does not know this machine (status {0})")]
    Unknown(StatusCode),
    #[error("the control plane refuses this call (status {0})")]
    Refused(StatusCode),
    #[error("the control plane cannot be used now: {problem}")]
    Unavailable { problem: String, retry_after: Option<Duration> },
}

impl CallError {
    fn unavailable(error: &(dyn Error + 'static)) -> Self {
        Self::Unavailable { problem: with_causes(error), retry_after: None }
    }

    /// What the control plane asked to wait.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unavailable { retry_after, .. } => *retry_after,
            Self::Gone | Self::Unknown(_) | Self::Refused(_) => None,
        }
    }
}

/// The control plane, as this machine sees it.
#[derive(Debug)]
pub(crate) struct ControlPlane {
    http: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    base: String,
    authorization: watch::Sender<HeaderValue>,
    trace_id: String,
}

impl ControlPlane {
    /// The control plane of this machine, which presents `token`.
    pub(crate) fn new(machine: &Machine, token: &Secret) -> Result<Self, ConnectorError> {
        let mut tcp = HttpConnector::new();
        tcp.set_connect_timeout(Some(CONNECT_LIMIT));
        tcp.set_nodelay(true);
        tcp.enforce_http(false);
        // Named, since a build with other crates may carry a second provider.
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())?
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        Ok(Self {
            http: Client::builder(TokioExecutor::new()).pool_idle_timeout(Duration::from_secs(20)).build(connector),
            base: format!("{}/environments/{}", machine.control_plane, machine.environment_id),
            authorization: watch::Sender::new(authorization(token)?),
            trace_id: machine.trace_id.clone(),
        })
    }

    /// Every call from now on presents this.
    pub(crate) fn present(&self, token: &Secret) -> Result<(), InvalidHeaderValue> {
        self.authorization.send_replace(authorization(token)?);
        Ok(())
    }

    /// Fetches the lab.
    pub(crate) async fn bundle(&self) -> Result<SentBundle, CallError> {
        let answer = self.call(Method::GET, "bundle", Bytes::new()).await?;
        serde_json::from_slice(&answer).map_err(|error| CallError::unavailable(&error))
    }

    /// Tells a stage and hears what is wanted.
    pub(crate) async fn report(&self, report: &Report) -> Result<Answer, CallError> {
        self.tell("report", report).await
    }

    /// Tells what checks found and hears what is wanted.
    pub(crate) async fn report_checks(&self, results: &CheckResults) -> Result<Answer, CallError> {
        self.tell("checks", results).await
    }

    async fn tell(&self, what: &str, told: &impl Serialize) -> Result<Answer, CallError> {
        let body = serde_json::to_vec(told).map_err(|error| CallError::unavailable(&error))?;
        let answer = self.call(Method::POST, what, body.into()).await?;
        serde_json::from_slice(&answer).map_err(|error| CallError::unavailable(&error))
    }

    async fn call(&self, method: Method, what: &str, body: Bytes) -> Result<Bytes, CallError> {
        let span_id = rand::random_range(1..=u64::MAX);
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/{what}", self.base))
            .header(AUTHORIZATION, self.authorization.borrow().clone())
            .header("brihaspati-protocol", PROTOCOL)
            .header("traceparent", format!("00-{}-{span_id:016x}-01", self.trace_id))
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, concat!("brihaspati-lab-agent/", env!("CARGO_PKG_VERSION")))
            .body(Full::new(body))
            .map_err(|error| CallError::unavailable(&error))?;
        timeout(CALL_LIMIT, self.exchange(request))
            .await
            .unwrap_or_else(|elapsed| Err(CallError::unavailable(&elapsed)))
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<Bytes, CallError> {
        let response = self.http.request(request).await.map_err(|error| CallError::unavailable(&error))?;
        let status = response.status();
        if status != StatusCode::OK {
            return Err(kind_of(status, response.headers()));
        }
        let body = Limited::new(response.into_body(), MOST_ANSWER_BYTES);
        Ok(body.collect().await.map_err(|error| CallError::unavailable(error.as_ref()))?.to_bytes())
    }
}

fn authorization(token: &Secret) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Why no client could be made; neither happens with a validated machine file.
#[derive(Debug, Error)]
pub(crate) enum ConnectorError {
    #[error("cannot prepare TLS: {0}")]
    Tls(#[from] rustls::Error),
    #[error("the token cannot be sent")]
    Token(#[from] InvalidHeaderValue),
}

fn kind_of(status: StatusCode, headers: &HeaderMap) -> CallError {
    match status {
        StatusCode::GONE => CallError::Gone,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => CallError::Unknown(status),
        // A conflict passes: a machine may be quicker than the control plane's note that it exists.
        StatusCode::REQUEST_TIMEOUT | StatusCode::CONFLICT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => {
            unavailable(status, headers)
        }
        status if status.is_client_error() => CallError::Refused(status),
        status => unavailable(status, headers),
    }
}

fn unavailable(status: StatusCode, headers: &HeaderMap) -> CallError {
    let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    CallError::Unavailable { problem: format!("status {status}"), retry_after: seconds.map(Duration::from_secs) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_apart_by_what_follows_from_them() {
        let kind = |status: u16| kind_of(StatusCode::from_u16(status).unwrap(), &HeaderMap::new());
        assert!(matches!(kind(410), CallError::Gone));
        assert!(matches!(kind(401), CallError::Unknown(_)));
        assert!(matches!(kind(422), CallError::Refused(_)));
        assert!(matches!(kind(409), CallError::Unavailable { .. }));
        assert!(matches!(kind(429), CallError::Unavailable { .. }));
        assert!(matches!(kind(503), CallError::Unavailable { .. }));
    }
}
