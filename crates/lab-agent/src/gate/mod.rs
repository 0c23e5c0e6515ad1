//! The gate in front of a lab's web application: it lets in who knows the secret, and hands the rest through to the
//! machine's loopback. `docs/protocol.md`, section 4.

mod cookie;
mod enter;
mod forward;
mod headers;
mod pages;
mod tunnel;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, post};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::activity::Activity;
use crate::bundle::{Bundle, Tab};
use crate::machine::Scheme;
use crate::secret::Secret;
use cookie::Pass;
use pages::Pages;

/// Enough for any form with one secret in it.
const MOST_FORM_BYTES: usize = 8 * 1024;

/// The gate of one tab.
#[derive(Clone)]
pub(crate) struct Gate(Arc<Inner>);

struct Inner {
    port: u16,
    /// How browsers reach this gate.
    scheme: &'static str,
    secret: Secret,
    pass: Pass,
    portal_origin: String,
    pages: Pages,
    http: Client<HttpConnector, Body>,
    tunnels: Arc<Semaphore>,
    activity: Activity,
    stop: CancellationToken,
}

impl Gate {
    pub(crate) fn new(tab: &Tab, bundle: &Bundle, scheme: Scheme, activity: Activity, stop: CancellationToken) -> Self {
        Self(Arc::new(Inner {
            port: tab.port,
            scheme: scheme.as_str(),
            secret: bundle.access_secret.clone(),
            pass: Pass::from_secret(&bundle.access_secret),
            portal_origin: bundle.portal_origin.clone(),
            pages: Pages::new(&tab.title, &bundle.portal_origin),
            http: forward::client(),
            tunnels: Arc::new(Semaphore::new(tunnel::MOST_TUNNELS)),
            activity,
            stop,
        }))
    }
}

pub(crate) fn router(gate: Gate) -> Router {
    Router::new()
        .route("/.brihaspati/enter", post(enter::enter).layer(DefaultBodyLimit::max(MOST_FORM_BYTES)))
        .route("/.brihaspati/{*rest}", any(not_found))
        .fallback(pass_through)
        .with_state(gate)
}

async fn not_found(State(gate): State<Gate>) -> Response {
    gate.0.pages.not_found()
}

async fn pass_through(State(gate): State<Gate>, request: Request) -> Response {
    if !gate.0.pass.is_shown_in(request.headers()) {
        return gate.0.pages.come_in_by_the_portal();
    }
    gate.0.activity.note();
    let passed = if headers::asks_for_websocket(&request) {
        tunnel::open(&gate, request).await
    } else {
        forward::forward(&gate, request).await
    };
    passed.unwrap_or_else(|problem| problem.page(&gate.0.pages).into_response())
}
