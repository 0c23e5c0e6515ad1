//! Sessions: Ed25519 JWTs in a `__Host-` cookie for browsers, as Bearer for programs. Only `login` holds a signing key.

use http::HeaderMap;
use http::header::{COOKIE, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use super::ed25519;
use crate::config::{Settings, SettingsError};
use crate::domain::ids::{ClassId, InstructorId, MemberId};
use crate::domain::instructor::Instructor;
use crate::domain::member::Member;

/// A class day.
pub const SESSION_LIFETIME: SignedDuration = SignedDuration::from_hours(10);

const ISSUER: &str = "brihaspati";
const COOKIE_NAME: &str = "__Host-brihaspati";

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Claims {
    iss: String,
    aud: String,
    pub exp: i64,
    iat: i64,
    /// This session, for signing out.
    pub jti: String,
    #[serde(flatten)]
    pub subject: Subject,
    /// The person's `session_epoch` at sign-in.
    pub epoch: u32,
}

/// Whose session it is: a member of a class, or an instructor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Subject {
    Member { sub: MemberId, cls: ClassId },
    Instructor { sub: InstructorId },
}

/// Signs sessions.
pub struct SessionSigner {
    key: EncodingKey,
    key_id: String,
    audience: String,
}

impl SessionSigner {
    /// Reads `SESSION_SIGNING_KEY` (Ed25519, PKCS#8 PEM), `SESSION_SIGNING_KEY_ID` and `PORTAL_ORIGIN`.
    pub fn from_settings(settings: &Settings) -> Result<Self, SettingsError> {
        ed25519::install();
        let name = "SESSION_SIGNING_KEY";
        let key = EncodingKey::from_ed_pem(settings.require(name)?.as_bytes())
            .map_err(|_| SettingsError::new(name, "is not an Ed25519 private key in PKCS#8 PEM"))?;
        Ok(Self {
            key,
            key_id: settings.require("SESSION_SIGNING_KEY_ID")?.to_owned(),
            audience: settings.url("PORTAL_ORIGIN")?,
        })
    }

    /// A session for the member from `now` on, and when it ends.
    pub fn sign_member(
        &self,
        member: &Member,
        now: Timestamp,
    ) -> Result<(String, Timestamp), jsonwebtoken::errors::Error> {
        let subject = Subject::Member { sub: member.id.clone(), cls: member.class_id.clone() };
        self.sign(subject, member.session_epoch, now)
    }

    /// A session for the instructor from `now` on, and when it ends.
    pub fn sign_instructor(
        &self,
        instructor: &Instructor,
        now: Timestamp,
    ) -> Result<(String, Timestamp), jsonwebtoken::errors::Error> {
        self.sign(Subject::Instructor { sub: instructor.id.clone() }, instructor.session_epoch, now)
    }

    fn sign(
        &self,
        subject: Subject,
        epoch: u32,
        now: Timestamp,
    ) -> Result<(String, Timestamp), jsonwebtoken::errors::Error> {
        let ends_at = now + SESSION_LIFETIME;
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: self.audience.clone(),
            exp: ends_at.as_second(),
            iat: now.as_second(),
            jti: format!("{:032x}", rand::random::<u128>()),
            subject,
            epoch,
        };
        let header = Header { kid: Some(self.key_id.clone()), ..Header::new(Algorithm::EdDSA) };
        Ok((jsonwebtoken::encode(&header, &claims, &self.key)?, ends_at))
    }
}

/// Checks sessions against the public keys; two at once while keys are rotated. A session names its key, and is checked
/// against no other.
pub struct SessionVerifier {
    keys: Vec<(String, DecodingKey)>,
    validation: Validation,
}

impl SessionVerifier {
    /// Reads `SESSION_VERIFYING_KEYS` (a JSON Web Key Set of Ed25519 keys with `kid`) and `PORTAL_ORIGIN`.
    pub fn from_settings(settings: &Settings) -> Result<Self, SettingsError> {
        ed25519::install();
        let name = "SESSION_VERIFYING_KEYS";
        let wrong = || SettingsError::new(name, "is not a JSON Web Key Set of Ed25519 keys with a kid each");
        let set: JwkSet = serde_json::from_str(settings.require(name)?).map_err(|_| wrong())?;
        let mut keys: Vec<(String, DecodingKey)> = Vec::new();
        for jwk in &set.keys {
            let id = jwk.common.key_id.clone().filter(|_| is_ed25519(jwk)).ok_or_else(wrong)?;
            if keys.iter().any(|(known, _)| *known == id) {
                return Err(SettingsError::new(name, "has two keys of the same kid"));
            }
            keys.push((id, DecodingKey::from_jwk(jwk).map_err(|_| wrong())?));
        }
        if keys.is_empty() {
            return Err(wrong());
        }
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[settings.url("PORTAL_ORIGIN")?]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.leeway = 0;
        // The caller's clock is an argument everywhere; `exp` is compared with it in `verify`.
        validation.validate_exp = false;
        Ok(Self { keys, validation })
    }

    /// The claims of a token that one of our keys signed and that has not expired.
    pub(super) fn verify(&self, token: &str, now: Timestamp) -> Option<Claims> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        let (_, key) = self.keys.iter().find(|(id, _)| Some(id) == header.kid.as_ref())?;
        let claims = jsonwebtoken::decode::<Claims>(token, key, &self.validation).ok()?.claims;
        (claims.exp > now.as_second()).then_some(claims)
    }
}

fn is_ed25519(jwk: &Jwk) -> bool {
    matches!(&jwk.algorithm, AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519)
}

/// The `Set-Cookie` value that signs a browser in.
pub(super) fn session_cookie(token: &str) -> Result<HeaderValue, http::header::InvalidHeaderValue> {
    let age = SESSION_LIFETIME.as_secs();
    HeaderValue::from_str(&format!("{COOKIE_NAME}={token}; Path=/; Max-Age={age}; Secure; HttpOnly; SameSite=Strict"))
}

/// The `Set-Cookie` value that signs it out.
pub fn clear_cookie() -> HeaderValue {
    HeaderValue::from_static("__Host-brihaspati=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict")
}

pub(super) fn cookie_token(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, token)| (name == COOKIE_NAME).then_some(token))
}

#[cfg(test)]
mod tests;
