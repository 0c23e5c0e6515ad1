//! The HTTP that both clients share: one call at a time, bounded in time and size, its failures told in our own kinds
//! and logged here, once. Redirects are not followed, since a token must not travel to another host; the process's
//! proxy variables are not read, since configuration comes from `Settings` alone.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Method, RequestBuilder, StatusCode, redirect};
use serde::de::DeserializeOwned;

use super::ProviderError;
use crate::config::SettingsError;
use crate::domain::placement::ProviderKind;
use crate::domain::secret::Secret;

/// Pages read of one list: 25,000 Linodes or 10,000 droplets. More is an error, never a silently shorter list.
pub(super) const MAX_PAGES: u32 = 50;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// A create may take long, and giving up on it early leaves a machine to look for.
const CREATE_TIMEOUT: Duration = Duration::from_secs(20);
const CALL_TIMEOUT: Duration = Duration::from_secs(10);
const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;
const MAX_REASON_CHARS: usize = 200;
/// Both providers count in windows of an hour at most; a longer wait is a mistake of somebody's clock.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(3600);

/// One provider's address, token and time-outs.
pub(super) struct Wire {
    provider: ProviderKind,
    base_url: String,
    token: Secret,
    http: Client,
    create_timeout: Duration,
    call_timeout: Duration,
}

impl Wire {
    pub(super) fn new(provider: ProviderKind, base_url: &str, token: Secret) -> Result<Self, SettingsError> {
        let variable = |suffix: &str| format!("{}_{suffix}", provider.as_str().to_uppercase());
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.expose()))
            .map_err(|_| SettingsError::new(&variable("TOKEN"), "contains characters that a header cannot carry"))?;
        bearer.set_sensitive(true);
        let http = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(redirect::Policy::none())
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

    /// The provider's whole answer, whatever its status.
    pub(super) async fn send(&self, operation: &'static str, request: RequestBuilder) -> Result<Answer, ProviderError> {
        let response = request.send().await.map_err(|error| self.broken(operation, &error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = self.body(operation, response).await?;
        tracing::debug!(provider = %self.provider, operation, status = status.as_u16(), "the provider answered");
        Ok(Answer { operation, status, headers, body })
    }

    async fn body(&self, operation: &'static str, mut response: reqwest::Response) -> Result<Vec<u8>, ProviderError> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.broken(operation, &error))? {
            if body.len() + chunk.len() > MAX_BODY_BYTES {
                return Err(self.garbage(operation, response.status(), "the body is larger than 4 MiB"));
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
            self.garbage(answer.operation, answer.status, &place)
        })
    }

    /// Logs an answer that is no success. `reason` is the provider's own text.
    pub(super) fn refused(&self, answer: &Answer, reason: &str, error: ProviderError) -> ProviderError {
        tracing::warn!(
            provider = %self.provider,
            operation = answer.operation,
            status = answer.status.as_u16(),
            reason = %self.presentable(reason),
            kind = %error,
            "the provider refused",
        );
        error
    }

    pub(super) fn garbage(&self, operation: &'static str, status: StatusCode, reason: &str) -> ProviderError {
        tracing::warn!(
            provider = %self.provider, operation, status = status.as_u16(), reason,
            "the provider's answer makes no sense"
        );
        ProviderError::Garbage
    }

    fn broken(&self, operation: &'static str, error: &reqwest::Error) -> ProviderError {
        // A connection that never came about carried no request, however long it took.
        let kind = match error {
            error if error.is_builder() => ProviderError::Rejected,
            error if error.is_connect() => ProviderError::Unavailable,
            error if error.is_timeout() => ProviderError::TimedOut,
            _ => ProviderError::Unavailable,
        };
        tracing::warn!(provider = %self.provider, operation, reason = %chain(error), kind = %kind, "no whole answer");
        kind
    }

    /// Bounded, and without the token should the provider repeat it.
    fn presentable(&self, reason: &str) -> String {
        let reason = match self.token.expose() {
            "" => reason.to_owned(),
            token => reason.replace(token, "…"),
        };
        reason.chars().take(MAX_REASON_CHARS).collect()
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
    text.chars().take(MAX_REASON_CHARS).collect()
}

/// Status, headers and bounded body of one call.
pub(super) struct Answer {
    operation: &'static str,
    pub(super) status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    /// The provider's error document, or nothing where something else answered in its place.
    pub(super) fn error_document<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }

    /// How long to wait after a 429: `Retry-After` in either of its forms (RFC 9110, section 10.2.3), or else until the
    /// Unix time in `reset_header`.
    pub(super) fn retry_after(&self, reset_header: &str) -> Option<Duration> {
        let until = |then: Timestamp| Duration::try_from(then.duration_since(Timestamp::now())).unwrap_or_default();
        let header = |name: &str| self.headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let asked = header(RETRY_AFTER.as_str()).and_then(|text| match text.parse() {
            Ok(seconds) => Some(Duration::from_secs(seconds)),
            Err(_) => rfc2822::parse(text).ok().map(|date| until(date.timestamp())),
        });
        let reset = || header(reset_header)?.parse().ok().and_then(|at| Timestamp::from_second(at).ok()).map(until);
        asked.or_else(reset).map(|wait| wait.min(MAX_RETRY_AFTER))
    }
}

/// Parts of refusals as the provider words them, in lower case, and what each means. The first that fits counts.
pub(super) type Wordings = [(&'static str, ProviderError)];

pub(super) fn recognise(reason: &str, wordings: &Wordings) -> Option<ProviderError> {
    let reason = reason.to_lowercase();
    wordings.iter().find(|(wording, _)| reason.contains(wording)).map(|(_, kind)| kind.clone())
}

/// The path's last part: both providers number their machines, and nothing else may get into a URL.
pub(super) fn machine_number(id: &str) -> Result<u64, ProviderError> {
    id.parse().map_err(|_| ProviderError::Rejected)
}
