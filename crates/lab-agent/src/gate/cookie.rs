//! The cookie that remembers who has come in.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::secret::Secret;

const NAME: &str = "brihaspati_tab";

/// The value of the cookie: derived from the secret, so that it is the same on all ports of the machine (cookies do
/// not tell ports apart) and after a restart, and does not give the secret away.
#[derive(Debug, Clone)]
pub(super) struct Pass(Secret);

impl Pass {
    pub(super) fn from_secret(secret: &Secret) -> Self {
        let inner = Sha256::digest(secret.expose());
        let derived = Sha256::new().chain_update(b"brihaspati_tab v1").chain_update(inner).finalize();
        Self(Secret::new(URL_SAFE_NO_PAD.encode(derived)))
    }

    pub(super) fn is_shown_in(&self, headers: &HeaderMap) -> bool {
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .any(|(name, value)| name == NAME && self.0.matches(value))
    }

    /// The `Set-Cookie` value. `Partitioned` keeps it to this portal's iframes (CHIPS).
    pub(super) fn set_cookie(&self) -> String {
        format!("{NAME}={}; HttpOnly; Secure; SameSite=None; Partitioned; Path=/", self.0.expose())
    }
}

/// Takes the gate's cookie, whatever its value, out of a request's headers.
pub(super) fn remove_from_request(headers: &mut HeaderMap) {
    let kept: Vec<HeaderValue> = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| {
            let others: Vec<&[u8]> =
                value.as_bytes().split(|byte| *byte == b';').filter(|pair| !is_ours(pair)).collect();
            HeaderValue::from_bytes(others.join(&b';').trim_ascii()).ok().filter(|value| !value.is_empty())
        })
        .collect();
    headers.remove(COOKIE);
    for value in kept {
        headers.append(COOKIE, value);
    }
}

/// Keeps an application from overwriting the gate's cookie.
pub(super) fn remove_from_answer(headers: &mut HeaderMap) {
    let kept: Vec<HeaderValue> =
        headers.get_all(SET_COOKIE).iter().filter(|value| !is_ours(value.as_bytes())).cloned().collect();
    headers.remove(SET_COOKIE);
    for value in kept {
        headers.append(SET_COOKIE, value);
    }
}

fn is_ours(pair: &[u8]) -> bool {
    let name = pair.split(|byte| *byte == b'=').next().unwrap_or_default();
    name.trim_ascii() == NAME.as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &http::HeaderName, values: &[&'static str]) -> HeaderMap {
        values.iter().map(|value| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn the_pass_opens_and_nothing_else_does() {
        let pass = Pass::from_secret(&Secret::new("the-secret"));
        let value = pass.set_cookie().split(';').next().unwrap().to_owned();
        assert!(!value.contains("the-secret"));
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, format!("session=1; {value}").parse().unwrap());
        assert!(pass.is_shown_in(&headers));
        for wrong in ["brihaspati_tab=the-secret", "brihaspati_tab=", "x=1"] {
            headers.insert(COOKIE, HeaderValue::from_static(wrong));
            assert!(!pass.is_shown_in(&headers), "{wrong}");
        }
    }

    #[test]
    fn the_application_sees_its_own_cookies_only() {
        let mut asked = headers(&COOKIE, &["a=1; brihaspati_tab=x; b=2", "brihaspati_tab=y"]);
        remove_from_request(&mut asked);
        assert_eq!(asked.get_all(COOKIE).iter().collect::<Vec<_>>(), ["a=1; b=2"]);
        let mut answered = headers(&SET_COOKIE, &["brihaspati_tab=; Max-Age=0", "a=1; HttpOnly"]);
        remove_from_answer(&mut answered);
        assert_eq!(answered.get_all(SET_COOKIE).iter().collect::<Vec<_>>(), ["a=1; HttpOnly"]);
    }
}
