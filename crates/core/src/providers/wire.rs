//! The HTTP that both clients share: one call at a time, bounded in time and size, its failures told in our own kinds
//! and logged here, once. Redirects are not followed, since a token must not travel to another host; compression is
//! off, so that a body is never larger than what was sent; the process's proxy variables are not read, since
//! configuration comes from `Settings` alone.

use std::num::NonZeroU64;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{Client, Method, RequestBuilder, StatusCode, redirect};
use serde::de::DeserializeOwned;

use super::ProviderError;
use super::allowance::{Allowance, Allowances, Call};
use super::answer::{Answer, Operation};
use crate::config::SettingsError;
use crate::domain::placement::ProviderKind;
use crate::domain::secret::Secret;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// A create may take long, and giving up on it early leaves a machine to look for.
const CREATE_TIMEOUT: Duration = Duration::from_secs(20);
const CALL_TIMEOUT: Duration = Duration::from_secs(10);
const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;
const MAX_REASON_CHARS: usize = 200;

/// One provider's address, token and time-outs.
pub(super) struct Wire {
    provider: ProviderKind,
    base_url: String,
    token: Secret,
    http: Client,
    create_timeout: Duration,
    call_timeout: Duration,
    allowances: Allowances,
}

impl Wire {
    pub(super) fn new(
        provider: ProviderKind,
        base_url: &str,
        token: Secret,
        allowances: Allowances,
    ) -> Result<Self, SettingsError> {
        let variable = |suffix: &str| format!("{}_{suffix}", provider.as_str().to_uppercase());
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.expose()))
            .map_err(|_| SettingsError::new(&variable("TOKEN"), "contains characters that a header cannot carry"))?;
        bearer.set_sensitive(true);
        let http = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(redirect::Policy::none())
            // Said although the features are off: another crate in the same program could switch them on.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .no_proxy()
            .user_agent(concat!("brihaspati/", env!("CARGO_PKG_VERSION")))
            .default_headers(HeaderMap::from_iter([(AUTHORIZATION, bearer)]))
            .build()
            .map_err(|error| SettingsError::new(&variable("API_URL"), format!("cannot be used: {error}")))?;
        Ok(Self {
            provider,
            base_url: base_url.trim_end_matches('/').to_owned(),
            token,
            http,
            create_timeout: CREATE_TIMEOUT,
            call_timeout: CALL_TIMEOUT,
            allowances,
        })
    }

    pub(super) fn set_timeouts(&mut self, create: Duration, call: Duration) {
        self.create_timeout = create;
        self.call_timeout = call;
    }

    /// A request that creates something: it gets the longer time.
    pub(super) fn post(&self, path: &str) -> RequestBuilder {
        self.http.post(self.url(path)).timeout(self.create_timeout)
    }

    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path)).timeout(self.call_timeout)
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    pub(super) fn allowance(&self, call: Call) -> Option<Allowance> {
        self.allowances.tightest(call, Timestamp::now())
    }

    /// How long to wait after a 429.
    pub(super) fn retry_after(&self, answer: &Answer) -> Option<Duration> {
        answer.retry_after(&self.allowances.reset_header())
    }

    /// The provider's whole answer, whatever its status.
    pub(super) async fn send(&self, operation: Operation, request: RequestBuilder) -> Result<Answer, ProviderError> {
        let response = request.send().await.map_err(|error| self.broken(operation, &error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        self.allowances.note(operation.quota(), &headers, Timestamp::now());
        let body = self.body(operation, response).await?;
        let name = operation.as_str();
        tracing::debug!(provider = %self.provider, operation = name, status = status.as_u16(), "the provider answered");
        Ok(Answer { operation, status, headers, body })
    }

    async fn body(&self, operation: Operation, mut response: reqwest::Response) -> Result<Vec<u8>, ProviderError> {
        let too_large = |status| self.garbage(operation, status, "the body is larger than 4 MiB");
        if response.content_length().is_some_and(|length| length > MAX_BODY_BYTES as u64) {
            return Err(too_large(response.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.broken(operation, &error))? {
            if body.len() + chunk.len() > MAX_BODY_BYTES {
                return Err(too_large(response.status()));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// A success's body as a value.
    pub(super) fn decode<T: DeserializeOwned>(&self, answer: &Answer) -> Result<T, ProviderError> {
        serde_json::from_slice(&answer.body).map_err(|error| {
            // The error's own text may quote the body.
            let place = format!("unreadable body: {:?} error at column {}", error.classify(), error.column());
            self.senseless(answer, &place)
        })
    }

    /// Logs an answer that is no success. `reason` is the provider's own text.
    pub(super) fn refused(&self, answer: &Answer, reason: &str, error: ProviderError) -> ProviderError {
        tracing::warn!(
            provider = %self.provider,
            operation = answer.operation.as_str(),
            status = answer.status.as_u16(),
            reason = %self.presentable(reason),
            kind = %error,
            "the provider refused",
        );
        error
    }

    /// Logs an answer that was read and cannot be true.
    pub(super) fn senseless(&self, answer: &Answer, reason: &str) -> ProviderError {
        self.garbage(answer.operation, answer.status, reason)
    }

    fn garbage(&self, operation: Operation, status: StatusCode, reason: &str) -> ProviderError {
        tracing::warn!(
            provider = %self.provider, operation = operation.as_str(), status = status.as_u16(), reason,
            "the provider's answer makes no sense"
        );
        ProviderError::Garbage
    }

    fn broken(&self, operation: Operation, error: &reqwest::Error) -> ProviderError {
        // A connection that never came about carried no request, however long it took.
        let kind = match error {
            error if error.is_builder() => ProviderError::Rejected,
            error if error.is_connect() => ProviderError::Unavailable,
            error if error.is_timeout() => ProviderError::TimedOut,
            _ => ProviderError::Unavailable,
        };
        let reason = self.presentable(&chain(error));
        tracing::warn!(provider = %self.provider, operation = operation.as_str(), reason, kind = %kind, "no whole answer");
        kind
    }

    /// One bounded line, and without the token should the provider repeat it.
    fn presentable(&self, reason: &str) -> String {
        let reason = match self.token.expose() {
            "" => reason.to_owned(),
            token => reason.replace(token, "…"),
        };
        let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
        reason.chars().map(|c| if breaks(c) { ' ' } else { c }).take(MAX_REASON_CHARS).collect()
    }
}

/// An error with its causes; without the URL, whose query could name things.
fn chain(error: &reqwest::Error) -> String {
    let mut text = if error.is_builder() { "the request cannot be built" } else { "the call failed" }.to_owned();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// The path's last part: both providers number their machines from 1, and nothing else may get into a URL.
pub(super) fn machine_number(id: &str) -> Result<NonZeroU64, ProviderError> {
    id.parse().map_err(|_| ProviderError::Rejected)
}
