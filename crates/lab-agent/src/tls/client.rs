//! Calls to ACME directories: each has a time limit, and an answer has a size limit.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use thiserror::Error;
use tokio::time::timeout;

const CONNECT_LIMIT: Duration = Duration::from_secs(5);
const CALL_LIMIT: Duration = Duration::from_secs(15);
const MOST_BYTES: usize = 256 * 1024;

type Answer = Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>>;

/// The client for every directory.
#[derive(Clone)]
pub(super) struct AcmeClient(Client<HttpsConnector<HttpConnector>, BodyWrapper<Bytes>>);

/// An answer that is no problem document of a directory.
#[derive(Debug, Error)]
#[error("status {0}")]
struct Unexpected(StatusCode);

impl AcmeClient {
    /// Trusts the public roots that the agent carries, or `roots` alone where there are any.
    pub(super) fn new(provider: Arc<CryptoProvider>, roots: &[CertificateDer<'static>]) -> Result<Self, rustls::Error> {
        let tls = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let tls = if roots.is_empty() {
            tls.with_webpki_roots()
        } else {
            let mut store = RootCertStore::empty();
            store.add_parsable_certificates(roots.iter().cloned());
            tls.with_root_certificates(store)
        };
        let mut tcp = HttpConnector::new();
        tcp.set_connect_timeout(Some(CONNECT_LIMIT));
        tcp.set_nodelay(true);
        tcp.enforce_http(false);
        let tls = HttpsConnectorBuilder::new().with_tls_config(tls.with_no_client_auth());
        let connector = tls.https_only().enable_http1().wrap_connector(tcp);
        Ok(Self(Client::builder(TokioExecutor::new()).pool_idle_timeout(Duration::from_secs(20)).build(connector)))
    }
}

impl HttpClient for AcmeClient {
    fn request(&self, request: Request<BodyWrapper<Bytes>>) -> Answer {
        let answer = self.0.request(request);
        Box::pin(async move {
            let answer = async {
                let (parts, body) = answer.await.map_err(|error| Error::Other(Box::new(error)))?.into_parts();
                let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
                // A character set may follow.
                if !parts.status.is_success() && !kind.starts_with("application/problem+json") {
                    return Err(Error::Other(Box::new(Unexpected(parts.status))));
                }
                let body = Limited::new(body, MOST_BYTES).collect().await.map_err(Error::Other)?.to_bytes();
                Ok(BytesResponse { parts, body: Box::new(body) })
            };
            timeout(CALL_LIMIT, answer).await.unwrap_or_else(|elapsed| Err(Error::Other(Box::new(elapsed))))
        })
    }
}
