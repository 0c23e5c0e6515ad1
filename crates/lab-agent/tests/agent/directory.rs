//! An ACME directory that makes accounts and takes no order.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, head, post};
use axum::serve::Listener;
use axum::{Json, Router};
use rustls::pki_types::CertificateDer;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::lab::own_address;
use crate::trust::Identity;

pub(crate) struct Directory {
    pub(crate) url: String,
    pub(crate) voucher: CertificateDer<'static>,
    orders: Arc<AtomicUsize>,
}

impl Directory {
    /// Every order is answered with this status and problem.
    pub(crate) async fn refusing_with(status: StatusCode, problem: Value) -> Self {
        let address = own_address();
        let identity = Identity::of(address);
        let tcp = TcpListener::bind((address, 0)).await.unwrap();
        let base = format!("https://{}", tcp.local_addr().unwrap());
        let orders = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&orders);
        let account_url = format!("{base}/account/1");
        let refuse = move || async move {
            counted.fetch_add(1, Ordering::Relaxed);
            let headers = [("replay-nonce", "n"), ("content-type", "application/problem+json")];
            (status, headers, problem.to_string())
        };
        let router = Router::new()
            .route(
                "/directory",
                get(Json(json!({
                    "newNonce": format!("{base}/nonce"), "newAccount": format!("{base}/account"),
                    "newOrder": format!("{base}/order"), "revokeCert": format!("{base}/revoke"),
                    "keyChange": format!("{base}/key")
                }))),
            )
            .route("/nonce", head(|| async { [("replay-nonce", "n")] }))
            .route("/account", post(move || async move { account(&account_url) }))
            .route("/order", post(refuse));
        let listener = TlsListener { tcp, acceptor: TlsAcceptor::from(Arc::new(identity.server_config())) };
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url: format!("{base}/directory"), voucher: identity.certificate, orders }
    }

    /// How often it was asked for a certificate.
    pub(crate) fn orders(&self) -> usize {
        self.orders.load(Ordering::Relaxed)
    }
}

fn account(url: &str) -> Response {
    (StatusCode::CREATED, [("location", url), ("replay-nonce", "n")], Json(json!({ "status": "valid" })))
        .into_response()
}

struct TlsListener {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        loop {
            let Ok((stream, address)) = self.tcp.accept().await else { continue };
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}
