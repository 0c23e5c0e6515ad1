//! What of the headers passes the gate, each way.

use axum::extract::Request;
use axum::http::header::{
    CONNECTION, CONTENT_SECURITY_POLICY, HOST, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING,
    UPGRADE, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::cookie;

/// RFC 9110, section 7.6.1, and its older relatives.
const HOP_BY_HOP: [HeaderName; 9] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

pub(super) fn asks_for_websocket(request: &Request) -> bool {
    let headers = request.headers();
    let upgrades = listed(headers, &CONNECTION).any(|token| token.eq_ignore_ascii_case("upgrade"));
    upgrades && listed(headers, &UPGRADE).any(|token| token.eq_ignore_ascii_case("websocket"))
}

/// Prepares a browser's headers for the application. `Host` stays what the browser asked for, so that the links and
/// redirects an application makes of it lead back through the gate.
pub(super) fn for_application(headers: &mut HeaderMap, scheme: &'static str) {
    remove_hop_by_hop(headers);
    cookie::remove_from_request(headers);
    if let Some(host) = headers.get(HOST).cloned() {
        headers.insert(FORWARDED_HOST, host);
    }
    headers.insert(FORWARDED_PROTO, HeaderValue::from_static(scheme));
}

/// Prepares the application's headers for a browser that shows it inside the portal.
pub(super) fn for_browser(headers: &mut HeaderMap) {
    remove_hop_by_hop(headers);
    cookie::remove_from_answer(headers);
    headers.remove(X_FRAME_OPTIONS);
    allow_framing(headers);
}

/// Marks a message as a WebSocket upgrade again, after its hop-by-hop headers were removed.
pub(super) fn upgrade_to_websocket(headers: &mut HeaderMap) {
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
}

fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> =
        listed(headers, &CONNECTION).filter_map(|token| HeaderName::from_bytes(token.as_bytes()).ok()).collect();
    for name in named.iter().filter(|name| **name != HOST).chain(&HOP_BY_HOP) {
        headers.remove(name);
    }
}

/// Takes `frame-ancestors` out of an application's content security policies and leaves the rest as it is.
fn allow_framing(headers: &mut HeaderMap) {
    let policies: Vec<HeaderValue> = headers
        .get_all(CONTENT_SECURITY_POLICY)
        .iter()
        .filter_map(|policy| {
            let Ok(text) = policy.to_str() else {
                return Some(policy.clone());
            };
            let kept: Vec<&str> = text.split(';').filter(|directive| !is_frame_ancestors(directive)).collect();
            HeaderValue::from_str(kept.join(";").trim()).ok().filter(|value| !value.is_empty())
        })
        .collect();
    headers.remove(CONTENT_SECURITY_POLICY);
    for policy in policies {
        headers.append(CONTENT_SECURITY_POLICY, policy);
    }
}

fn is_frame_ancestors(directive: &str) -> bool {
    directive.split_ascii_whitespace().next().is_some_and(|name| name.eq_ignore_ascii_case("frame-ancestors"))
}

fn listed<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_one_connection_stays_there() {
        let mut headers = HeaderMap::new();
        for (name, value) in [("connection", "keep-alive, X-Secret, Host"), ("x-secret", "1"), ("te", "trailers")] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        headers.insert(HOST, HeaderValue::from_static("127.0.1.2:7081"));
        for_application(&mut headers, "https");
        assert_eq!(headers.get("x-secret"), None);
        assert_eq!(headers.get("te"), None);
        assert_eq!(headers.get("connection"), None);
        assert_eq!(headers[HOST], "127.0.1.2:7081");
        assert_eq!(headers["x-forwarded-host"], "127.0.1.2:7081");
        assert_eq!(headers["x-forwarded-proto"], "https");
    }

    #[test]
    fn an_application_cannot_refuse_to_be_framed() {
        let mut headers = HeaderMap::new();
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        headers.append(
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'self'; frame-ancestors 'none'; img-src *"),
        );
        headers.append(CONTENT_SECURITY_POLICY, HeaderValue::from_static("Frame-Ancestors 'self'"));
        for_browser(&mut headers);
        assert_eq!(headers.get(X_FRAME_OPTIONS), None);
        let policies: Vec<_> = headers.get_all(CONTENT_SECURITY_POLICY).iter().collect();
        assert_eq!(policies, ["default-src 'self'; img-src *"]);
    }
}
