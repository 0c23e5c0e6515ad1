//! A certificate with its key, looked at before it is used.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustls::client::verify_server_name;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use thiserror::Error;

use crate::secret::Secret;

/// Certificates of the profile `shortlived` live for 160 hours; they are renewed after two thirds of their life, as
/// <https://letsencrypt.org/docs/integration-guide/> advises.
const RENEWED_AFTER: (u32, u32) = (2, 3);

/// A certificate for this machine's address.
pub(super) struct Certificate {
    pub(super) key: Arc<CertifiedKey>,
    /// Private key and chain.
    pub(super) pem: Secret,
    from: SystemTime,
    until: SystemTime,
}

/// Why a certificate is not used.
#[derive(Debug, Error)]
pub(super) enum Unusable {
    #[error("it is not PEM: {0}")]
    Pem(#[from] rustls::pki_types::pem::Error),
    #[error("it has no certificate")]
    Empty,
    #[error("it cannot be read")]
    Form,
    #[error("{0}")]
    Tls(#[from] rustls::Error),
    #[error("it is not valid now")]
    Time,
}

impl Certificate {
    /// Takes a private key and a chain, if they belong together, are for `address` and good at `now`.
    pub(super) fn from_pem(
        pem: Secret,
        address: IpAddr,
        now: SystemTime,
        provider: &CryptoProvider,
    ) -> Result<Self, Unusable> {
        let text = pem.expose().as_bytes();
        let chain = CertificateDer::pem_slice_iter(text).collect::<Result<Vec<_>, _>>()?;
        let key = PrivateKeyDer::from_pem_slice(text)?;
        let leaf = chain.first().ok_or(Unusable::Empty)?;
        verify_server_name(&ParsedCertificate::try_from(leaf)?, &ServerName::from(address))?;
        let (from, until) = validity(leaf).ok_or(Unusable::Form)?;
        if !(from..until).contains(&now) {
            return Err(Unusable::Time);
        }
        let key = CertifiedKey::from_der(chain, key, provider)?;
        Ok(Self { key: Arc::new(key), pem, from, until })
    }

    /// When a new one should be ordered.
    pub(super) fn renew_at(&self) -> SystemTime {
        let life = self.until.duration_since(self.from).unwrap_or_default();
        self.from + life * RENEWED_AFTER.0 / RENEWED_AFTER.1
    }

    /// How long it is still good.
    pub(super) fn left(&self, now: SystemTime) -> Duration {
        self.until.duration_since(now).unwrap_or_default()
    }
}

fn validity(leaf: &CertificateDer<'_>) -> Option<(SystemTime, SystemTime)> {
    let (_, leaf) = x509_parser::parse_x509_certificate(leaf).ok()?;
    let time = |seconds: i64| UNIX_EPOCH.checked_add(Duration::from_secs(seconds.try_into().ok()?));
    let validity = leaf.validity();
    Some((time(validity.not_before.timestamp())?, time(validity.not_after.timestamp())?))
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};
    use rustls::crypto::ring::default_provider;

    use super::*;

    const ADDRESS: &str = "203.0.113.7";
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    /// Good in the first nine days of 2026.
    fn written(address: &str, key: &KeyPair) -> String {
        let mut params = CertificateParams::new([address.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2026, 1, 1);
        params.not_after = date_time_ymd(2026, 1, 10);
        params.self_signed(key).unwrap().pem()
    }

    fn read(pem: String, day: u32) -> Result<Certificate, Unusable> {
        let new_year: SystemTime = "2026-01-01T00:00:00Z".parse::<jiff::Timestamp>().unwrap().into();
        Certificate::from_pem(Secret::new(pem), ADDRESS.parse().unwrap(), new_year + DAY * day, &default_provider())
    }

    #[test]
    fn it_is_renewed_after_two_thirds_of_its_life() {
        let key = KeyPair::generate().unwrap();
        let certificate = read(key.serialize_pem() + &written(ADDRESS, &key), 1).unwrap();
        assert_eq!(certificate.renew_at(), certificate.from + DAY * 6);
        assert_eq!(certificate.left(certificate.from + DAY * 6), DAY * 3);
        assert_eq!(certificate.left(certificate.from + DAY * 12), Duration::ZERO);
    }

    #[test]
    fn what_is_for_another_address_or_key_or_time_is_not_used() {
        let (key, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let pem = |key: &KeyPair, certificate: String| key.serialize_pem() + &certificate;
        assert!(matches!(read(pem(&key, written("203.0.113.8", &key)), 1), Err(Unusable::Tls(_))));
        assert!(matches!(read(pem(&other, written(ADDRESS, &key)), 1), Err(Unusable::Tls(_))));
        assert!(matches!(read(pem(&key, written(ADDRESS, &key)), 9), Err(Unusable::Time)));
        assert!(matches!(read(pem(&key, String::new()), 1), Err(Unusable::Empty)));
        assert!(matches!(read(written(ADDRESS, &key), 1), Err(Unusable::Pem(_))));
        assert!(matches!(read("no PEM at all".to_owned(), 1), Err(Unusable::Empty | Unusable::Pem(_))));
    }
}
