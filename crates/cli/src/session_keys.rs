//! The secret that holds what signs and checks sessions: an Ed25519 key pair (PKCS#8 PEM), its id, and the public keys as a
//! JSON Web Key Set in text. While a key is being replaced it also holds the next one.
//!
//! Functions are deployed one after the other, so a new key is announced to all of them before any signs with it, and the
//! old one is forgotten only when nobody's session is signed with it any more:
//!
//! | step | signs | is believed |
//! |---|---|---|
//! | announced | old | old, new |
//! | switched | new | old, new |
//! | forgotten | new | new |

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey, KeypairBytes};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// What is wrong with a secret.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unusable(String);

/// Never printed by accident: it has no `Debug`.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SessionKeys {
    signing_key: String,
    signing_key_id: String,
    verifying_keys: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_signing_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_signing_key_id: Option<String>,
    /// What else the operator keeps in the secret.
    #[serde(flatten)]
    others: Map<String, Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Announced,
    Switched,
    Forgotten,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Announced => "the new key is announced, and the old one signs",
            Self::Switched => "the new key signs, and the old one is still believed",
            Self::Forgotten => "only the new key signs and is believed",
        })
    }
}

impl SessionKeys {
    pub(crate) fn generate() -> Result<Self, Unusable> {
        let (signing_key, jwk) = new_key()?;
        Ok(Self {
            signing_key,
            signing_key_id: id(&jwk),
            verifying_keys: json!({ "keys": [jwk] }).to_string(),
            next_signing_key: None,
            next_signing_key_id: None,
            others: Map::new(),
        })
    }

    /// Does the next step of a rotation, or begins one.
    pub(crate) fn rotate(&mut self) -> Result<Step, Unusable> {
        self.check()?;
        let mut keys = self.keys()?;
        if let (Some(key), Some(id)) = (self.next_signing_key.take(), self.next_signing_key_id.take()) {
            (self.signing_key, self.signing_key_id) = (key, id);
            return Ok(Step::Switched);
        }
        let step = if keys.len() > 1 {
            keys.retain(|jwk| id(jwk) == self.signing_key_id);
            Step::Forgotten
        } else {
            let (key, jwk) = new_key()?;
            (self.next_signing_key, self.next_signing_key_id) = (Some(key), Some(id(&jwk)));
            keys.push(jwk);
            Step::Announced
        };
        self.verifying_keys = json!({ "keys": keys }).to_string();
        Ok(step)
    }

    /// The step that a rotation under way has reached.
    pub(crate) fn rotation(&self) -> Option<Step> {
        match (&self.next_signing_key, self.keys().map_or(0, |keys| keys.len())) {
            (Some(_), _) => Some(Step::Announced),
            (None, 0 | 1) => None,
            (None, _) => Some(Step::Switched),
        }
    }

    /// Whether every private key can be read, and its public key is believed under its id.
    pub(crate) fn check(&self) -> Result<(), Unusable> {
        let keys = self.keys()?;
        self.check_pair("signing_key", &self.signing_key, &self.signing_key_id, &keys)?;
        match (&self.next_signing_key, &self.next_signing_key_id) {
            (Some(key), Some(id)) => self.check_pair("next_signing_key", key, id, &keys),
            (None, None) => Ok(()),
            _ => Err(Unusable("next_signing_key and next_signing_key_id belong together".to_owned())),
        }
    }

    fn check_pair(&self, field: &str, pem: &str, wanted: &str, keys: &[Value]) -> Result<(), Unusable> {
        let key = SigningKey::from_pkcs8_pem(pem)
            .map_err(|_| Unusable(format!("{field} is not an Ed25519 private key in PKCS#8 PEM")))?;
        let Some(jwk) = keys.iter().find(|jwk| id(jwk) == wanted) else {
            return Err(Unusable(format!("{field}_id is not the kid of any of the verifying_keys")));
        };
        let x = BASE64_URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
        match jwk["x"] == x {
            true => Ok(()),
            false => Err(Unusable(format!("{field} is not the private key of the verifying key with its id"))),
        }
    }

    fn keys(&self) -> Result<Vec<Value>, Unusable> {
        let set: Value = serde_json::from_str(&self.verifying_keys).unwrap_or_default();
        let keys = set["keys"].as_array().cloned().unwrap_or_default();
        let wrong = |jwk: &Value| jwk["kty"] != "OKP" || jwk["crv"] != "Ed25519" || id(jwk).is_empty();
        if keys.is_empty() || keys.iter().any(wrong) {
            return Err(Unusable(
                "verifying_keys is not a JSON Web Key Set of Ed25519 keys with a kid each".to_owned(),
            ));
        }
        Ok(keys)
    }

    /// As the secret is stored: one line of JSON.
    pub(crate) fn to_text(&self) -> Result<String, Unusable> {
        serde_json::to_string(self).map_err(|error| Unusable(error.to_string()))
    }
}

impl FromStr for SessionKeys {
    type Err = Unusable;

    fn from_str(text: &str) -> Result<Self, Unusable> {
        serde_json::from_str(text).map_err(|_| {
            Unusable("this is not JSON with the texts signing_key, signing_key_id and verifying_keys".to_owned())
        })
    }
}

fn id(jwk: &Value) -> String {
    jwk["kid"].as_str().unwrap_or_default().to_owned()
}

/// A private key in PEM, and its public key as a JSON Web Key (RFC 8037) whose id is its thumbprint (RFC 7638).
fn new_key() -> Result<(String, Value), Unusable> {
    let key = SigningKey::from_bytes(&rand::random());
    let x = BASE64_URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
    let thumbprint = Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#));
    let id = BASE64_URL_SAFE_NO_PAD.encode(thumbprint);
    // Without the public key: the form that `openssl genpkey -algorithm ed25519` writes.
    let pair = KeypairBytes { secret_key: key.to_bytes(), public_key: None };
    let pem = pair.to_pkcs8_pem(LineEnding::LF).map_err(|error| Unusable(error.to_string()))?;
    Ok((pem.to_string(), json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": id, "x": x})))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotation_never_signs_with_a_key_that_was_not_announced_before() {
        let mut keys = SessionKeys::generate().unwrap();
        let first = keys.signing_key_id.clone();
        let mut announced = keys.keys().unwrap();
        for step in [Step::Announced, Step::Switched, Step::Forgotten, Step::Announced] {
            assert_eq!(keys.rotate().unwrap(), step);
            keys.check().unwrap();
            assert!(announced.iter().any(|jwk| id(jwk) == keys.signing_key_id), "{step:?}");
            announced = keys.keys().unwrap();
        }
        assert_ne!(keys.signing_key_id, first);
        assert!(!announced.iter().any(|jwk| id(jwk) == first));
    }

    #[test]
    fn keys_that_do_not_belong_together_are_refused() {
        let keys = SessionKeys::generate().unwrap();
        let other = SessionKeys::generate().unwrap();
        let mixed = SessionKeys { signing_key: other.signing_key.clone(), ..keys.clone() };
        assert!(mixed.check().is_err());
        assert!(SessionKeys { signing_key_id: other.signing_key_id, ..keys.clone() }.check().is_err());
        assert!(SessionKeys { signing_key: "no".to_owned(), ..keys.clone() }.check().is_err());
        assert!(SessionKeys { verifying_keys: "{}".to_owned(), ..keys }.check().is_err());
    }

    #[test]
    fn what_else_lies_in_the_secret_stays_there() {
        let mut document: Value = serde_json::from_str(&SessionKeys::generate().unwrap().to_text().unwrap()).unwrap();
        document["note"] = json!("ours");
        let mut keys: SessionKeys = document.to_string().parse().unwrap();
        keys.rotate().unwrap();
        assert!(keys.to_text().unwrap().contains(r#""note":"ours""#));
    }
}
