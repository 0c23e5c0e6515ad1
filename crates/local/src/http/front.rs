//! The HTTP front: `/api/*` goes to the functions as through API Gateway, everything else is the portal.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use axum::http::{Method, Response, StatusCode};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::payload;
use super::portal::Portal;
use super::routes::Routes;
use crate::function::{InvocationError, new_id};

/// API Gateway's quotas for HTTP APIs: payload size, and how long an integration may take.
const MAX_BODY_BYTES: usize = 10 * 1024 * 1024;
const INTEGRATION_TIMEOUT: Duration = Duration::from_secs(30);

const HEALTH: &str = "/api/health";

pub(crate) struct Front {
    routes: Routes,
    portal: Portal,
    ready: AtomicBool,
}

impl Front {
    pub(crate) fn new(routes: Routes, portal: Portal) -> Arc<Self> {
        Arc::new(Self { routes, portal, ready: AtomicBool::new(false) })
    }

    /// From now on the health route is the health function's.
    pub(crate) fn set_ready(&self) {
        self.ready.store(true, Ordering::Release);
    }

    /// Serves until `stop`, then lets answers under way end.
    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener, stop: CancellationToken) {
        let router = Router::new().fallback(answer).with_state(self);
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let served = axum::serve(listener, service).with_graceful_shutdown(stop.cancelled_owned()).await;
        if let Err(error) = served {
            tracing::error!(%error, "the HTTP front ended");
        }
    }

    async fn api(&self, request: Request, source: IpAddr) -> Response<Body> {
        let request_id = new_id();
        let (parts, body) = request.into_parts();
        if parts.uri.path() == HEALTH && parts.method == Method::GET && !self.ready.load(Ordering::Acquire) {
            return starting();
        }
        let Some(matched) = self.routes.find(&parts.method, parts.uri.path()) else {
            return message(StatusCode::NOT_FOUND, "Not Found");
        };
        let body = match tokio::time::timeout(INTEGRATION_TIMEOUT, to_bytes(body, MAX_BODY_BYTES)).await {
            Ok(Ok(body)) => body,
            Ok(Err(_too_large)) => return message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large"),
            Err(_elapsed) => return message(StatusCode::REQUEST_TIMEOUT, "Request Timeout"),
        };
        let event = payload::event(&matched, &parts, &body, source, &request_id);
        let invocation = matched.function.call(request_id.clone(), event);
        let mut response = match tokio::time::timeout(INTEGRATION_TIMEOUT, invocation).await {
            Ok(Ok(answer)) => payload::response(answer).unwrap_or_else(|error| {
                tracing::error!("{} answered something else than HTTP: {error:#}", matched.function.name);
                message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
            }),
            Ok(Err(InvocationError::Failed(_))) => message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
            Ok(Err(InvocationError::TimedOut)) | Err(_) => {
                message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
            }
        };
        if let Ok(id) = HeaderValue::try_from(request_id) {
            response.headers_mut().insert(HeaderName::from_static("apigw-requestid"), id);
        }
        response
    }
}

async fn answer(
    State(front): State<Arc<Front>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response<Body> {
    let path = request.uri().path();
    if path == "/api" || path.starts_with("/api/") {
        front.api(request, peer.ip()).await
    } else {
        front.portal.serve(request).await
    }
}

/// API Gateway's own errors look like this.
fn message(status: StatusCode, text: &str) -> Response<Body> {
    json_response(status, "application/json", &json!({ "message": text }))
}

fn starting() -> Response<Body> {
    let problem = json!({
        "type": "about:blank",
        "title": "Service Unavailable",
        "status": 503,
        "code": "starting",
        "detail": "not everything is up yet; ask again in a moment",
    });
    let mut response = json_response(StatusCode::SERVICE_UNAVAILABLE, "application/problem+json", &problem);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

fn json_response(status: StatusCode, kind: &'static str, value: &serde_json::Value) -> Response<Body> {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

#[cfg(test)]
mod tests;
