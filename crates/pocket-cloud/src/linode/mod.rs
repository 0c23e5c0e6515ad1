//! Linode's API, version 4 (<https://techdocs.akamai.com/linode-api/reference/api>).

mod account;
mod filter;
mod firewalls;
mod instances;
mod page;
mod refusal;
mod request;
mod view;

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use self::refusal::Refusal;
use crate::cloud::Cloud;
use crate::meter::{Meter, Reading};
use crate::options::Limits;

/// One meter per documented limit.
#[derive(Debug)]
pub(crate) struct Meters {
    requests: Meter,
    lists: Meter,
    creates: Meter,
}

impl Meters {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            requests: Meter::new(limits.linode_requests),
            lists: Meter::new(limits.linode_lists),
            creates: Meter::new(limits.linode_creates),
        }
    }

    /// Lists are the paths that end in a collection's name, not in an id.
    fn of(&self, method: &Method, path: &str) -> &Meter {
        let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let collection =
            matches!(last, "instances" | "types" | "regions" | "images" | "firewalls" | "devices" | "tags");
        match *method {
            Method::POST if path.trim_end_matches('/').ends_with("/linode/instances") => &self.creates,
            Method::GET if collection => &self.lists,
            _ => &self.requests,
        }
    }
}

pub(crate) fn router(cloud: Arc<Cloud>) -> Router {
    Router::new()
        .route("/account", get(account::account))
        .route("/profile", get(account::profile))
        .route("/regions", get(account::regions))
        .route("/regions/{id}", get(account::region))
        .route("/linode/types", get(account::types))
        .route("/linode/types/{id}", get(account::size))
        .route("/images", get(account::images))
        .route("/images/{id}", get(account::image))
        .route("/images/{vendor}/{name}", get(account::image_by_parts))
        .route("/tags", get(instances::tags))
        .route("/linode/instances", get(instances::list).post(instances::create))
        .route("/linode/instances/{id}", get(instances::get).put(instances::update).delete(instances::delete))
        .route("/linode/instances/{id}/boot", post(instances::boot))
        .route("/linode/instances/{id}/reboot", post(instances::reboot))
        .route("/linode/instances/{id}/shutdown", post(instances::shut_down))
        .route("/linode/instances/{id}/firewalls", get(firewalls::of_instance))
        .route("/networking/firewalls", get(firewalls::list).post(firewalls::create))
        .route("/networking/firewalls/{id}", get(firewalls::get).delete(firewalls::delete))
        .route("/networking/firewalls/{id}/devices", get(firewalls::devices).post(firewalls::attach))
        .fallback(async || Refusal::not_found())
        .method_not_allowed_fallback(async || Refusal::method_not_allowed())
        .layer(middleware::from_fn_with_state(cloud.clone(), admit))
        .with_state(cloud)
}

/// Checks the token, then the rate limit, and puts the limit's headers on every answer. Whoever has the token is told
/// what it may do (<https://techdocs.akamai.com/linode-api/reference/response-headers>): here, everything.
async fn admit(State(cloud): State<Arc<Cloud>>, request: Request, next: Next) -> Response {
    let meter = cloud.linode_meters.of(request.method(), request.uri().path());
    if !authorised(request.headers(), &cloud.options.linode_token) {
        return with_headers(Refusal::invalid_token().into_response(), &meter.peek(Instant::now()));
    }
    let reading = meter.count(Instant::now());
    if !reading.allowed {
        let mut response = with_headers(Refusal::too_many_requests().into_response(), &reading);
        response.headers_mut().insert(header::RETRY_AFTER, reading.reset_secs().max(1).into());
        return response;
    }
    let mut response = with_headers(next.run(request).await, &reading);
    response.headers_mut().insert("x-oauth-scopes", HeaderValue::from_static("*"));
    response
}

fn authorised(headers: &HeaderMap, token: &str) -> bool {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    value.and_then(|value| value.strip_prefix("Bearer ")).is_some_and(|presented| presented == token)
}

fn with_headers(mut response: Response, reading: &Reading) -> Response {
    let headers = response.headers_mut();
    headers.insert("x-ratelimit-limit", reading.limit.into());
    headers.insert("x-ratelimit-remaining", reading.remaining.into());
    headers.insert("x-ratelimit-reset", reading.reset_at().into());
    response
}
