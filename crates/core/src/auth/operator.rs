//! The operator: who deployed the installation. Known by one long token, of which we hold the SHA-256.

use lambda_http::Request;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::bearer::bearer_token;
use crate::config::{Settings, SettingsError};
use crate::http::ApiError;

/// Proof that the operator is calling.
#[derive(Debug)]
pub struct Operator(());

/// What an operator's token is compared with.
#[derive(Clone)]
pub struct OperatorKey {
    sha256: [u8; 32],
}

impl OperatorKey {
    /// Reads `OPERATOR_TOKEN_SHA256` (64 hex digits).
    pub fn from_settings(settings: &Settings) -> Result<Self, SettingsError> {
        let name = "OPERATOR_TOKEN_SHA256";
        let text = settings.require(name)?;
        let mut sha256 = [0; 32];
        let digits: Option<Vec<u8>> = (0..text.len())
            .step_by(2)
            .map(|at| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()))
            .collect();
        match digits {
            Some(bytes) if bytes.len() == sha256.len() => sha256.copy_from_slice(&bytes),
            _ => return Err(SettingsError::new(name, "is not 64 hexadecimal digits")),
        }
        Ok(Self { sha256 })
    }

    /// The operator, if the request carries the operator's token.
    pub(super) fn recognise(&self, request: &Request) -> Option<Operator> {
        let digest = Sha256::digest(bearer_token(request)?);
        bool::from(digest[..].ct_eq(&self.sha256)).then_some(Operator(()))
    }

    /// # Errors
    /// 401 without the operator's token.
    pub fn authenticate(&self, request: &Request) -> Result<Operator, ApiError> {
        self.recognise(request).ok_or_else(ApiError::unauthenticated)
    }
}
