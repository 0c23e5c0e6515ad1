//! The service every route runs in: a trace id, one log line, a panic turned into an answer, security headers.

use std::convert::Infallible;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use futures::FutureExt;
use http::header::{HeaderName, HeaderValue};
use lambda_http::{Body, Request, RequestExt, Response};
use tower::service_fn;
use tower::util::BoxCloneSyncService;
use tracing::Instrument;

use super::{ApiError, ApiResult};
use crate::trace::TraceId;

pub type Service = BoxCloneSyncService<Request, Response<Body>, Infallible>;

/// Wraps a handler with what every route has in common.
pub fn service<H, F>(handler: H) -> Service
where
    H: Fn(Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = ApiResult> + Send + 'static,
{
    let answer = service_fn(move |mut request: Request| {
        let handler = handler.clone();
        async move {
            let started = Instant::now();
            let trace_id = TraceId::of_request(&request);
            request.extensions_mut().insert(trace_id.clone());
            let route = request.raw_http_path().to_owned();
            let span = tracing::info_span!("request", trace_id = %trace_id, http.method = %request.method());
            async move {
                // The handler is called inside the guarded future, so that a panic before its first await is caught too.
                let outcome = AssertUnwindSafe(async move { handler(request).await }).catch_unwind().await;
                let mut response = match outcome {
                    Ok(Ok(response)) => response,
                    Ok(Err(error)) => error.into_response(trace_id.as_str()),
                    Err(_) => ApiError::internal("the handler panicked").into_response(trace_id.as_str()),
                };
                secure(response.headers_mut(), &trace_id);
                let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
                tracing::info!(http.path = route, http.status = response.status().as_u16(), duration_ms, "answered");
                Ok::<_, Infallible>(response)
            }
            .instrument(span)
            .await
        }
    });
    BoxCloneSyncService::new(answer)
}

/// Headers for answers that are data, never pages.
fn secure(headers: &mut http::HeaderMap, trace_id: &TraceId) {
    const FIXED: [(&str, &str); 4] = [
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ("referrer-policy", "no-referrer"),
        ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ];
    for (name, value) in FIXED {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if let Ok(value) = HeaderValue::from_str(trace_id.as_str()) {
        headers.insert(HeaderName::from_static("x-trace-id"), value);
    }
}
