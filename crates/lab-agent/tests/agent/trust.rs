//! Who is believed, and what they show.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, Response};
use http_body_util::BodyExt;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use rcgen::{CertificateParams, KeyPair};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// A client that believes one root and nobody else.
#[derive(Clone)]
pub(crate) struct Trust(ClientConfig);

impl Trust {
    pub(crate) fn in_root(root: &CertificateDer<'static>) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(root.clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap();
        Self(config.with_root_certificates(roots).with_no_client_auth())
    }

    /// A client that offers this protocol alone.
    pub(crate) fn speaking(mut self, protocol: &str) -> Self {
        self.0.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        self
    }

    /// Does a TLS handshake and looks whether the certificate is for the address.
    pub(crate) async fn connect(&self, address: IpAddr, port: u16) -> io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect((address, port)).await?;
        let connector = TlsConnector::from(Arc::new(self.0.clone()));
        connector.connect(ServerName::from(address), stream).await
    }

    /// The certificate that is shown to who connects now.
    pub(crate) async fn seen(&self, address: IpAddr, port: u16) -> io::Result<CertificateDer<'static>> {
        let stream = self.connect(address, port).await?;
        Ok(stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned())
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Result<(Response<()>, String), String> {
        let connector = HttpsConnectorBuilder::new().with_tls_config(self.0.clone()).https_only().enable_http1();
        let client = Client::builder(TokioExecutor::new()).build::<_, Body>(connector.build());
        let (parts, body) = client.request(request).await.map_err(|error| format!("{error:?}"))?.into_parts();
        let body = body.collect().await.map_err(|error| error.to_string())?.to_bytes();
        Ok((Response::from_parts(parts, ()), String::from_utf8(body.to_vec()).unwrap()))
    }
}

/// A server's own certificate, signed by itself.
pub(crate) struct Identity {
    pub(crate) certificate: CertificateDer<'static>,
    pub(crate) certificate_pem: String,
    pub(crate) key_pem: String,
}

impl Identity {
    pub(crate) fn of(address: IpAddr) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([address.to_string()]).unwrap().self_signed(&key).unwrap();
        Self {
            certificate: certificate.der().clone(),
            certificate_pem: certificate.pem(),
            key_pem: key.serialize_pem(),
        }
    }

    pub(crate) fn server_config(&self) -> ServerConfig {
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let key = PrivateKeyDer::from_pem_slice(self.key_pem.as_bytes()).unwrap();
        config.with_single_cert(vec![self.certificate.clone()], key).unwrap()
    }
}
