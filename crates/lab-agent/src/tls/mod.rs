//! TLS on the machine: a certificate for its address, got, kept and renewed (`docs/protocol.md`, section 5).

mod address;
mod certificate;
mod client;
mod directory;
mod issuer;
mod refusal;
mod renewal;
mod shown;
mod vault;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::options::CertificateOptions;
use certificate::Certificate;
use client::AcmeClient;
use directory::Directory;
use issuer::Issuer;
pub(crate) use issuer::NoCertificate;
use shown::{Shown, VALIDATION};
use vault::Vault;

const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);

/// This machine's TLS.
#[derive(Clone)]
pub(crate) struct Tls {
    config: Arc<ServerConfig>,
    issuer: Arc<Issuer>,
    vault: Vault,
}

/// A certificate that is being shown.
pub(crate) struct Secured {
    address: IpAddr,
    certificate: Certificate,
}

impl Tls {
    pub(crate) fn new(directories: &[String], options: &CertificateOptions) -> Result<Self, rustls::Error> {
        // Named, since a build with other crates may carry a second provider.
        let provider = Arc::new(default_provider());
        let shown = Arc::new(Shown::default());
        let config = Arc::new(shown.server_config(Arc::clone(&provider))?);
        let client = AcmeClient::new(Arc::clone(&provider), &options.roots)?;
        let directories = directories.iter().cloned().map(Directory::new).collect();
        let issuer = Issuer { directories, client, shown, provider, limit: options.limit };
        Ok(Self { config, issuer: Arc::new(issuer), vault: Vault::at(options.folder.clone()) })
    }

    /// The address a certificate is needed for: the one the control plane knows, else the one this machine sees.
    pub(crate) fn address(told: Option<IpAddr>) -> std::io::Result<IpAddr> {
        told.map_or_else(address::of_the_route, Ok)
    }

    /// Shows the certificate that was stored, if it still is good for this address.
    pub(crate) fn resume(&self, address: IpAddr) -> Option<Secured> {
        let pem = self.vault.load()?;
        match Certificate::from_pem(pem, address, SystemTime::now(), &self.issuer.provider) {
            Ok(certificate) => {
                self.issuer.shown.show(Arc::clone(&certificate.key));
                Some(Secured { address, certificate })
            }
            Err(error) => {
                tracing::warn!(error = %error, "the stored certificate is not used");
                None
            }
        }
    }

    /// Orders a certificate and shows it.
    pub(crate) async fn secure(&self, address: IpAddr) -> Result<Secured, NoCertificate> {
        Ok(Secured { address, certificate: self.obtain(address).await? })
    }

    /// Renews until `stop`.
    pub(crate) fn keep_current(&self, Secured { address, certificate }: Secured, stop: CancellationToken) {
        let renewal = renewal::keep_current(self.clone(), address, certificate);
        tokio::spawn(async move { stop.run_until_cancelled(renewal).await }.in_current_span());
    }

    async fn obtain(&self, address: IpAddr) -> Result<Certificate, NoCertificate> {
        let certificate = self.issuer.obtain(address).await?;
        self.issuer.shown.show(Arc::clone(&certificate.key));
        if let Err(error) = self.vault.store(&certificate.pem) {
            tracing::warn!(error = %error, "the certificate could not be stored; a restart will order anew");
        }
        Ok(certificate)
    }

    /// The connection of a browser; none for a directory that has seen what it wanted, and for who speaks no TLS.
    pub(crate) async fn accept(&self, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
        let handshake = async {
            let mut stream = TlsAcceptor::from(Arc::clone(&self.config)).accept(stream).await?;
            if stream.get_ref().1.alpn_protocol() != Some(VALIDATION) {
                return Ok(Some(stream));
            }
            stream.shutdown().await?;
            Ok::<_, std::io::Error>(None)
        };
        match timeout(HANDSHAKE_LIMIT, handshake).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => {
                tracing::debug!(error = %error, "no TLS came about");
                None
            }
            Err(_) => None,
        }
    }
}
