//! Which certificate the machine shows to whom.

use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

/// The protocol that a directory speaks when it looks whether the address is ours (RFC 8737, section 4).
pub(super) const VALIDATION: &[u8] = b"acme-tls/1";
const HTTP: &[u8] = b"http/1.1";

/// The machine's certificate, and while one is being ordered the answer to the directory's challenge. Before there is a
/// certificate no handshake succeeds but the directory's.
#[derive(Debug, Default)]
pub(super) struct Shown {
    certificate: RwLock<Option<Arc<CertifiedKey>>>,
    answer: RwLock<Option<Arc<CertifiedKey>>>,
}

impl Shown {
    /// New connections see this certificate; those that are open go on with what they have.
    pub(super) fn show(&self, certificate: Arc<CertifiedKey>) {
        *self.certificate.write().unwrap_or_else(PoisonError::into_inner) = Some(certificate);
    }

    /// Answers a challenge for as long as what is returned lives.
    pub(super) fn answer(self: &Arc<Self>, answer: CertifiedKey) -> Answering {
        *self.answer.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(answer));
        Answering(Arc::clone(self))
    }

    /// TLS 1.2 and 1.3 for browsers and for the directory's look.
    pub(super) fn server_config(
        self: &Arc<Self>,
        provider: Arc<CryptoProvider>,
    ) -> Result<ServerConfig, rustls::Error> {
        let resolver: Arc<dyn ResolvesServerCert> = Arc::clone(self) as _;
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        config.alpn_protocols = vec![HTTP.to_vec(), VALIDATION.to_vec()];
        Ok(config)
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let validates = hello.alpn().is_some_and(|mut protocols| protocols.all(|protocol| protocol == VALIDATION));
        let shown = if validates { &self.answer } else { &self.certificate };
        shown.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A challenge that is being answered.
pub(super) struct Answering(Arc<Shown>);

impl Drop for Answering {
    fn drop(&mut self) {
        *self.0.answer.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
