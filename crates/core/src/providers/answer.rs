//! One answer of a provider, before anybody has made sense of it.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde::de::DeserializeOwned;

use super::ProviderError;
use super::allowance::Quota;

/// Both providers count in windows of an hour at most; a longer wait is a mistake of somebody's clock.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(3600);

/// What was asked for.
#[derive(Clone, Copy)]
pub(super) enum Operation {
    Create,
    Find,
    List,
    Prices,
    Get,
    Delete,
    Tags,
    Untag,
}

impl Operation {
    /// The name in logs.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Find => "find",
            Self::List => "list",
            Self::Prices => "prices",
            Self::Get => "get",
            Self::Delete => "delete",
            Self::Tags => "tags",
            Self::Untag => "untag",
        }
    }

    pub(super) fn quota(self) -> Quota {
        match self {
            Self::Create => Quota::Creates,
            Self::Find | Self::List | Self::Prices | Self::Tags => Quota::Lists,
            Self::Get | Self::Delete | Self::Untag => Quota::Calls,
        }
    }
}

/// Status, headers and bounded body of one call.
pub(super) struct Answer {
    pub(super) operation: Operation,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
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
