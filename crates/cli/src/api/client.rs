//! Calls to one installation's API.

use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, ETAG, HeaderValue, IF_MATCH, IF_NONE_MATCH, RETRY_AFTER};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, redirect};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::address::Address;
use super::problem::Problem;
use super::retry::{Outcome, pause};
use crate::failure::Failure;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longer than API Gateway waits for any function (30 s).
const TIMEOUT: Duration = Duration::from_secs(35);
/// Longer than any answer of the API: a Lambda function answers with at most 6 MB.
const ANSWER_LIMIT: usize = 16 << 20;

/// The API as one signed-in person calls it.
#[derive(Clone)]
pub(crate) struct Api {
    client: Client,
    address: Address,
    token: Option<String>,
}

/// An answer's document: as it came, for `--json`, and as this program reads it.
pub(crate) struct Answer<T> {
    pub(crate) value: T,
    pub(crate) json: Value,
    pub(crate) etag: Option<String>,
}

/// What a request carries besides its path.
#[derive(Clone, Default)]
pub(crate) struct Payload {
    body: Option<(HeaderValue, Vec<u8>)>,
    if_match: Option<String>,
    if_none_match: Option<String>,
    accept: Option<&'static str>,
    once: bool,
}

impl Payload {
    pub(crate) fn json(body: &Value) -> Self {
        Self::bytes("application/json", body.to_string().into_bytes())
    }

    pub(crate) fn bytes(content_type: &'static str, bytes: Vec<u8>) -> Self {
        Self { body: Some((HeaderValue::from_static(content_type), bytes)), ..Self::default() }
    }

    /// Only if nobody has written since `etag` was read.
    pub(crate) fn if_match(self, etag: &str) -> Self {
        Self { if_match: Some(etag.to_owned()), ..self }
    }

    /// Never repeated, whatever the answer.
    pub(crate) fn once(self) -> Self {
        Self { once: true, ..self }
    }
}

/// An answer that was read to its end.
pub(crate) struct Raw {
    status: StatusCode,
    etag: Option<String>,
    retry_after: Option<Duration>,
    pub(crate) body: Vec<u8>,
}

impl Api {
    pub(crate) fn new(address: Address, token: Option<String>) -> Result<Self, Failure> {
        let builder = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .redirect(redirect::Policy::none())
            .user_agent(concat!("brihaspati-cli/", env!("CARGO_PKG_VERSION")));
        let builder = if address.is_loopback() { builder.no_proxy() } else { builder };
        let client = builder.build().map_err(|error| Failure::Unreachable(chain(&error)))?;
        Ok(Self { client, address, token })
    }

    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<Answer<T>, Failure> {
        self.call(Method::GET, path, Payload::default()).await?.decode()
    }

    /// `None` where what was read before as `etag` is still so.
    pub(crate) async fn get_if_changed<T: DeserializeOwned>(
        &self,
        path: &str,
        etag: Option<&str>,
    ) -> Result<Option<Answer<T>>, Failure> {
        let payload = Payload { if_none_match: etag.map(str::to_owned), ..Payload::default() };
        let raw = self.call(Method::GET, path, payload).await?;
        if raw.status == StatusCode::NOT_MODIFIED { Ok(None) } else { raw.decode().map(Some) }
    }

    /// An export, byte for byte.
    pub(crate) async fn download(&self, path: &str) -> Result<Vec<u8>, Failure> {
        let payload = Payload { accept: Some("text/csv"), ..Payload::default() };
        Ok(self.call(Method::GET, path, payload).await?.body)
    }

    pub(crate) async fn post<T: DeserializeOwned>(&self, path: &str, body: Payload) -> Result<Answer<T>, Failure> {
        self.call(Method::POST, path, body).await?.decode()
    }

    pub(crate) async fn put<T: DeserializeOwned>(&self, path: &str, body: Payload) -> Result<Answer<T>, Failure> {
        self.call(Method::PUT, path, body).await?.decode()
    }

    /// A write whose answer says nothing, or nothing of interest.
    pub(crate) async fn send(&self, method: Method, path: &str, payload: Payload) -> Result<Raw, Failure> {
        self.call(method, path, payload).await
    }

    async fn call(&self, method: Method, path: &str, payload: Payload) -> Result<Raw, Failure> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let sent = match self.request(&method, path, &payload).send().await {
                Ok(response) => Ok((outcome_of(&response), read(response).await)),
                Err(error) => Err(error),
            };
            let outcome = match &sent {
                Ok((outcome, Ok(_))) => *outcome,
                Ok((_, Err(_))) | Err(_) => Outcome::NoAnswer,
            };
            match pause(&method, attempt, outcome) {
                Some(pause) if !payload.once => tokio::time::sleep(pause).await,
                _ => {
                    let (_, raw) = sent.map_err(|error| self.unreachable(&error))?;
                    return checked(raw?);
                }
            }
        }
    }

    fn request(&self, method: &Method, path: &str, payload: &Payload) -> RequestBuilder {
        let mut request = self.client.request(method.clone(), self.address.join(path));
        request = request.header(ACCEPT, payload.accept.unwrap_or("application/json"));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(etag) = &payload.if_match {
            request = request.header(IF_MATCH, etag);
        }
        if let Some(etag) = &payload.if_none_match {
            request = request.header(IF_NONE_MATCH, etag);
        }
        match &payload.body {
            Some((kind, bytes)) => request.header(CONTENT_TYPE, kind.clone()).body(bytes.clone()),
            None => request,
        }
    }

    fn unreachable(&self, error: &reqwest::Error) -> Failure {
        let what = if error.is_timeout() { "did not answer in time".to_owned() } else { root_cause(error) };
        Failure::Unreachable(format!("{} cannot be reached: {what}", self.address))
    }
}

impl Raw {
    pub(crate) fn decode<T: DeserializeOwned>(self) -> Result<Answer<T>, Failure> {
        let foreign = |error: serde_json::Error| {
            Failure::Unreachable(format!(
                "the answer is not one of this API ({error}); check the address, and that this program is not older than it"
            ))
        };
        let json: Value = serde_json::from_slice(&self.body).map_err(foreign)?;
        let value = T::deserialize(&json).map_err(foreign)?;
        Ok(Answer { value, json, etag: self.etag })
    }
}

fn checked(raw: Raw) -> Result<Raw, Failure> {
    if raw.status.is_success() || raw.status == StatusCode::NOT_MODIFIED {
        return Ok(raw);
    }
    Err(Problem { retry_after: raw.retry_after, ..Problem::read(raw.status, &raw.body) }.into())
}

fn outcome_of(response: &Response) -> Outcome {
    Outcome::Answered { status: response.status(), retry_after: retry_after(response) }
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

async fn read(mut response: Response) -> Result<Raw, Failure> {
    let status = response.status();
    let etag = response.headers().get(ETAG).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let retry_after = retry_after(&response);
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= ANSWER_LIMIT => body.extend_from_slice(&chunk),
            Ok(Some(_)) => return Err(Failure::Unreachable("the answer is longer than any of this API".to_owned())),
            Ok(None) => return Ok(Raw { status, etag, retry_after, body }),
            Err(error) => return Err(Failure::Unreachable(format!("the answer broke off: {}", root_cause(&error)))),
        }
    }
}

/// The innermost cause: `connection refused` says more than the layers around it.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

fn chain(error: &dyn std::error::Error) -> String {
    format!("{error}: {}", root_cause(error))
}
