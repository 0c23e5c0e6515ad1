//! Keys are rotated while people work: add the new public key, sign with the new key, and take the old one away when its
//! last session has ended.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::*;

/// The first two key pairs of RFC 8032, section 7.1: PKCS#8, and the public key as a JSON Web Key has it.
const OLD: TestKey = TestKey {
    id: "old",
    pkcs8: "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g",
    x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
};
const NEW: TestKey = TestKey {
    id: "new",
    pkcs8: "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7",
    x: "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw",
};

struct TestKey {
    id: &'static str,
    pkcs8: &'static str,
    x: &'static str,
}

impl TestKey {
    fn public(&self) -> Value {
        json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.id, "x": self.x })
    }

    /// A session that this key signs under the name `key_id`.
    fn session_as(&self, key_id: &str) -> String {
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", self.pkcs8);
        let settings = settings(&[("SESSION_SIGNING_KEY", &pem), ("SESSION_SIGNING_KEY_ID", key_id)]);
        let signer = SessionSigner::from_settings(&settings).unwrap();
        signer.sign(Subject::Instructor { sub: InstructorId::nil() }, 1, now()).unwrap().0
    }

    fn session(&self) -> String {
        self.session_as(self.id)
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn settings(variables: &[(&str, &str)]) -> Settings {
    let portal = [("PORTAL_ORIGIN", "https://portal.example")];
    let all = variables.iter().chain(&portal).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings::from_map(all.collect::<HashMap<_, _>>())
}

fn verifier(keys: &[Value]) -> Result<SessionVerifier, SettingsError> {
    let set = json!({ "keys": keys }).to_string();
    SessionVerifier::from_settings(&settings(&[("SESSION_VERIFYING_KEYS", &set)]))
}

fn accepts(keys: &[Value], session: &str) -> bool {
    verifier(keys).unwrap().verify(session, now()).is_some()
}

#[test]
fn a_session_of_the_old_key_stays_valid_until_that_key_is_taken_away() {
    let (before, after) = (OLD.session(), NEW.session());
    let both = [OLD.public(), NEW.public()];
    for session in [&before, &after] {
        assert!(accepts(&both, session));
    }
    assert!(accepts(&[OLD.public()], &before) && !accepts(&[OLD.public()], &after), "the new key is added first");
    assert!(
        accepts(&[NEW.public()], &after) && !accepts(&[NEW.public()], &before),
        "the old session died with its key"
    );
}

#[test]
fn a_session_is_checked_against_the_key_it_names_and_no_other() {
    let both = [OLD.public(), NEW.public()];
    assert!(!accepts(&both, &NEW.session_as("old")));
    assert!(!accepts(&both, &OLD.session_as("unknown")));
}

#[test]
fn a_session_ends_at_its_time_whichever_key_signed_it() {
    let verifier = verifier(&[OLD.public(), NEW.public()]).unwrap();
    for session in [OLD.session(), NEW.session()] {
        let last = now() + SESSION_LIFETIME - SignedDuration::from_secs(1);
        assert!(verifier.verify(&session, last).is_some());
        assert!(verifier.verify(&session, now() + SESSION_LIFETIME).is_none());
    }
}

#[test]
fn a_key_set_with_anything_but_named_ed25519_keys_is_refused_by_name() {
    let mut nameless = OLD.public();
    nameless.as_object_mut().unwrap().remove("kid");
    let symmetric = json!({ "kty": "oct", "alg": "HS256", "kid": "shared", "k": "c2VjcmV0" });
    let twice = [OLD.public(), TestKey { id: "old", ..NEW }.public()];
    for keys in [&[][..], &[nameless], &[OLD.public(), symmetric], &twice] {
        let error = verifier(keys).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("SESSION_VERIFYING_KEYS"), "{keys:?}: {error}");
    }
}
