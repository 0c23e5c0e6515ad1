//! The machine's main port: the terminal, and a page for who comes here by hand.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::get;

use crate::terminal::{self, Porch, Terminal};

/// What the main port serves; the terminal comes when the lab is set up.
#[derive(Clone, Default)]
pub(crate) struct Site {
    pub(crate) terminal: Arc<OnceLock<Terminal>>,
    pub(crate) porch: Porch,
}

pub(crate) fn router(site: Site) -> Router {
    Router::new()
        .route("/", get(|| async { "Lab machine of Brihaspati; open it from the portal.\n" }))
        .route("/terminal", get(terminal::upgrade))
        .fallback(|| async { (StatusCode::NOT_FOUND, "not found\n") })
        .layer(map_response(secure))
        .with_state(site)
}

async fn secure(mut response: Response) -> Response {
    let headers: [(HeaderName, &str); 5] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
