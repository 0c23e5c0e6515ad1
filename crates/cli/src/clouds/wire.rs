//! Calls to one provider: a bounded time each, repeated where the provider is busy, and never with a word of the token.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, Method, Url, redirect};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::CloudKind;
use crate::backoff::pause;

const TIMEOUT: Duration = Duration::from_secs(20);
const ATTEMPTS: u32 = 6;
/// Of a list; a list of more is an error, never a silently shorter one.
pub(super) const MAX_PAGES: u32 = 50;

#[derive(Clone)]
pub(crate) struct Wire {
    kind: CloudKind,
    client: Client,
    base: String,
    token: String,
}

/// What a provider answered instead of what was asked for.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{cloud}: {message}")]
pub(crate) struct CloudError {
    cloud: CloudKind,
    /// `None` where no answer came.
    pub(crate) status: Option<u16>,
    pub(crate) message: String,
}

impl CloudError {
    /// The token is none, or may not do this.
    pub(crate) fn is_denied(&self) -> bool {
        matches!(self.status, Some(401 | 403))
    }
}

/// An answer that is a success.
pub(super) struct Answer {
    pub(super) headers: HeaderMap,
    body: Vec<u8>,
}

impl Wire {
    pub(crate) fn new(kind: CloudKind, base: &str, token: String) -> Result<Self, CloudError> {
        let wrong = |message: String| CloudError { cloud: kind, status: None, message };
        let url = Url::parse(base).map_err(|error| wrong(format!("{base} is no address: {error}")))?;
        let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if url.scheme() != "https" && !loopback {
            return Err(wrong(format!("{base} must begin with https://: the token would travel readable for all")));
        }
        let builder = Client::builder().timeout(TIMEOUT).redirect(redirect::Policy::none());
        let builder = if loopback { builder.no_proxy() } else { builder };
        let client = builder.build().map_err(|error| wrong(error.to_string()))?;
        Ok(Self { kind, client, base: base.trim_end_matches('/').to_owned(), token })
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str, filter: Option<&Value>) -> Result<T, CloudError> {
        self.decode(&self.send(Method::GET, path, filter, None).await?)
    }

    pub(super) async fn head(&self, path: &str) -> Result<Answer, CloudError> {
        self.send(Method::GET, path, None, None).await
    }

    pub(super) async fn delete(&self, path: &str) -> Result<(), CloudError> {
        self.send(Method::DELETE, path, None, None).await.map(drop)
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<(), CloudError> {
        self.send(Method::POST, path, None, Some(body)).await.map(drop)
    }

    pub(super) fn decode<T: DeserializeOwned>(&self, answer: &Answer) -> Result<T, CloudError> {
        serde_json::from_slice(&answer.body).map_err(|error| self.senseless(error))
    }

    pub(super) fn senseless(&self, why: impl std::fmt::Display) -> CloudError {
        let message = format!("the answer is not one of its API ({why})");
        CloudError { cloud: self.kind, status: None, message }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        filter: Option<&Value>,
        body: Option<&Value>,
    ) -> Result<Answer, CloudError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let (error, asked) = match self.once(&method, path, filter, body).await {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            let again = match error.status {
                None | Some(408 | 429) => true,
                Some(status) => status >= 500,
            };
            match pause(attempt, ATTEMPTS, asked).filter(|_| again) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(error),
            }
        }
    }

    /// An error, and for how long the provider asks to be left alone.
    async fn once(
        &self,
        method: &Method,
        path: &str,
        filter: Option<&Value>,
        body: Option<&Value>,
    ) -> Result<Answer, (CloudError, Option<Duration>)> {
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.base)).bearer_auth(&self.token);
        if let Some(filter) = filter {
            request = request.header("X-Filter", filter.to_string());
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let no_answer = |error: reqwest::Error| {
            let message = if error.is_timeout() { "no answer in time".to_owned() } else { root_cause(&error) };
            (CloudError { cloud: self.kind, status: None, message }, None)
        };
        let answer = request.send().await.map_err(no_answer)?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await.map_err(no_answer)?.to_vec();
        if status.is_success() {
            return Ok(Answer { headers, body });
        }
        let message = format!("{status}: {}", reason(&body).unwrap_or_else(|| "without its own words".to_owned()));
        let error = CloudError { cloud: self.kind, status: Some(status.as_u16()), message };
        Err((error, asked_patience(&headers)))
    }
}

/// Whether what cannot be done was refused for what it lacks, not for who asked.
pub(super) fn may(answer: Result<(), CloudError>) -> Result<bool, CloudError> {
    match answer {
        Err(error) if error.is_denied() => Ok(false),
        Ok(()) | Err(CloudError { status: Some(400 | 404 | 422), .. }) => Ok(true),
        Err(error) => Err(error),
    }
}

/// `{"errors": [{"reason", "field"}]}` of Linode, `{"id", "message"}` of DigitalOcean.
fn reason(body: &[u8]) -> Option<String> {
    let document: Value = serde_json::from_slice(body).ok()?;
    let linode = document["errors"].as_array().map(|errors| {
        let reasons = errors.iter().filter_map(|error| error["reason"].as_str());
        reasons.collect::<Vec<_>>().join("; ")
    });
    linode.or_else(|| document["message"].as_str().map(str::to_owned)).filter(|reason| !reason.is_empty())
}

/// `Retry-After` in seconds, or else the Unix time in DigitalOcean's or Linode's own header.
fn asked_patience(headers: &HeaderMap) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
    let seconds = number(RETRY_AFTER.as_str()).or_else(|| {
        let reset = number("ratelimit-reset").or_else(|| number("x-ratelimit-reset"))?;
        Some(reset - Timestamp::now().as_second())
    });
    seconds.map(|seconds| Duration::from_secs(u64::try_from(seconds).unwrap_or_default()))
}

fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
