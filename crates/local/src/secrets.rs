//! The installation's secrets, made at the first start and kept where only their owner can read them.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{EncodePrivateKey, KeypairBytes};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

/// Names in the local stand-in for Secrets Manager.
pub(crate) const SESSION_KEYS: &str = "brihaspati/session-keys";
pub(crate) const LINODE_TOKEN: &str = "brihaspati/linode-token";
pub(crate) const DIGITALOCEAN_TOKEN: &str = "brihaspati/digitalocean-token";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Secrets {
    session_keys: SessionKeys,
    pub(crate) operator_token: String,
    pub(crate) linode_token: String,
    pub(crate) digitalocean_token: String,
    /// The demo's members and their passwords.
    #[serde(default)]
    passwords: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionKeys {
    signing_key: String,
    signing_key_id: String,
    verifying_keys: String,
}

impl Secrets {
    /// Reads the file, or makes new secrets and writes it.
    pub(crate) fn open(file: &Path) -> Result<Self> {
        match fs::read(file) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .with_context(|| format!("{} is damaged; delete it to start with new secrets", file.display())),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let secrets = Self::generate()?;
                secrets.save(file)?;
                Ok(secrets)
            }
            Err(error) => Err(error).with_context(|| format!("{} cannot be read", file.display())),
        }
    }

    fn generate() -> Result<Self> {
        Ok(Self {
            session_keys: SessionKeys::generate()?,
            operator_token: random_token(),
            linode_token: random_token(),
            digitalocean_token: random_token(),
            passwords: BTreeMap::new(),
        })
    }

    fn save(&self, file: &Path) -> Result<()> {
        let written = file.with_extension("new");
        let write = || -> std::io::Result<()> {
            let mut new = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&written)?;
            new.write_all(&serde_json::to_vec_pretty(self)?)?;
            new.sync_all()?;
            fs::rename(&written, file)
        };
        write().with_context(|| format!("{} cannot be written", file.display()))
    }

    /// What Secrets Manager would answer.
    pub(crate) fn lookup(&self, name: &str, key: Option<&str>) -> Option<String> {
        let keys = &self.session_keys;
        let value = match (name, key) {
            (SESSION_KEYS, Some("signing_key")) => &keys.signing_key,
            (SESSION_KEYS, Some("signing_key_id")) => &keys.signing_key_id,
            (SESSION_KEYS, Some("verifying_keys")) => &keys.verifying_keys,
            (LINODE_TOKEN, None) => &self.linode_token,
            (DIGITALOCEAN_TOKEN, None) => &self.digitalocean_token,
            _ => return None,
        };
        Some(value.clone())
    }

    pub(crate) fn operator_token_sha256(&self) -> String {
        hex(&Sha256::digest(&self.operator_token))
    }

    /// The password of a demo member, made when it is first asked for.
    pub(crate) fn password(&mut self, member: &str, file: &Path) -> Result<String> {
        if let Some(password) = self.passwords.get(member) {
            return Ok(password.clone());
        }
        let password = pronounceable();
        self.passwords.insert(member.to_owned(), password.clone());
        self.save(file)?;
        Ok(password)
    }
}

impl SessionKeys {
    fn generate() -> Result<Self> {
        let key = SigningKey::from_bytes(&rand::random());
        let x = BASE64_URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
        // RFC 7638: the key's thumbprint is its id.
        let thumbprint = Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#));
        let id = BASE64_URL_SAFE_NO_PAD.encode(thumbprint);
        // Without the public key: the form `openssl genpkey -algorithm ed25519` writes.
        let pair = KeypairBytes { secret_key: key.to_bytes(), public_key: None };
        let pem = pair.to_pkcs8_pem(LineEnding::LF).context("the session key cannot be written as PEM")?;
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": id, "x": x});
        Ok(Self {
            signing_key: pem.to_string(),
            signing_key_id: id,
            verifying_keys: json!({ "keys": [jwk] }).to_string(),
        })
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// 256 random bits.
fn random_token() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// Three words of two syllables, 36 bits: for a demo on loopback, typed from a terminal into a browser.
fn pronounceable() -> String {
    const CONSONANTS: &[u8; 16] = b"bdfghjklmnprstvz";
    const VOWELS: &[u8; 4] = b"aeiu";
    let syllable = || {
        let bits = rand::random::<u8>();
        [CONSONANTS[usize::from(bits & 15)], VOWELS[usize::from(bits >> 4 & 3)]].map(char::from)
    };
    let word = || syllable().into_iter().chain(syllable()).collect::<String>();
    [word(), word(), word()].join("-")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn secrets_stay_the_same_and_only_the_owner_can_read_them() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("secrets.json");
        let mut first = Secrets::open(&file).unwrap();
        let password = first.password("ada", &file).unwrap();
        let mut second = Secrets::open(&file).unwrap();
        assert_eq!(second.operator_token, first.operator_token);
        assert_eq!(second.password("ada", &file).unwrap(), password);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_file_is_not_overwritten() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("secrets.json");
        fs::write(&file, "{").unwrap();
        assert!(Secrets::open(&file).is_err());
        assert_eq!(fs::read_to_string(&file).unwrap(), "{");
    }

    #[test]
    fn passwords_are_easy_to_type() {
        let password = pronounceable();
        assert_eq!(password.len(), 14);
        assert!(password.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{password}");
    }
}
