//! The trace id that follows a click through event, queue and provider tag to the machine and back.

use lambda_http::Request;
use serde::{Deserialize, Serialize};

/// How the tag begins that a machine carries its trace id in.
pub const TAG_PREFIX: &str = "trace:";

/// 32 lower-case hex digits, as in W3C Trace Context.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TraceId(String);

impl TraceId {
    pub fn random() -> Self {
        Self(format!("{:032x}", rand::random::<u128>()))
    }

    /// The id under which a request is handled.
    pub fn of(request: &Request) -> Self {
        request.extensions().get::<Self>().cloned().unwrap_or_else(|| Self::of_request(request))
    }

    /// The request's `traceparent`, or a new id where there is none.
    pub(crate) fn of_request(request: &Request) -> Self {
        request
            .headers()
            .get("traceparent")
            .and_then(|value| value.to_str().ok())
            .and_then(Self::from_traceparent)
            .unwrap_or_else(Self::random)
    }

    /// The id that a machine carries with it, if it was made under one.
    pub fn of_tags(tags: &[String]) -> Option<Self> {
        tags.iter().find_map(|tag| Self::parse(tag.strip_prefix(TAG_PREFIX)?))
    }

    /// The tag of a machine that is made under this id: 38 letters, digits and a colon, which both providers take.
    pub fn tag(&self) -> String {
        format!("{TAG_PREFIX}{}", self.0)
    }

    pub fn parse(text: &str) -> Option<Self> {
        let valid = text.len() == 32
            && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
            && text.bytes().any(|b| b != b'0');
        valid.then(|| Self(text.to_owned()))
    }

    fn from_traceparent(header: &str) -> Option<Self> {
        Self::parse(header.split('-').nth(1)?)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for TraceId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::TraceId;

    #[test]
    fn a_traceparent_gives_its_trace_id() {
        let id = TraceId::from_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        assert_eq!(id.as_ref().map(TraceId::as_str), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
    }

    #[test]
    fn a_machine_carries_its_trace_id_in_a_tag_that_both_providers_take() {
        let id = TraceId::random();
        let tag = id.tag();
        assert!((3..=50).contains(&tag.len()), "Linode: {tag}");
        assert!(tag.bytes().all(|b| b.is_ascii_alphanumeric() || b":-_".contains(&b)), "DigitalOcean: {tag}");
        assert_eq!(TraceId::of_tags(&["brihaspati:demo".to_owned(), "trace:me".to_owned(), tag]), Some(id));
        assert_eq!(TraceId::of_tags(&["brihaspati:demo".to_owned()]), None);
    }

    #[test]
    fn a_malformed_traceparent_gives_none() {
        for header in ["", "00", "00-xyz-1-01", "00-00000000000000000000000000000000-00f067aa0ba902b7-01"] {
            assert_eq!(TraceId::from_traceparent(header), None, "{header}");
        }
    }
}
