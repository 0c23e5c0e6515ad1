//! DigitalOcean's API, version 2 (<https://docs.digitalocean.com/reference/api/>).

mod account;
mod droplets;
mod firewalls;
mod page;
mod refusal;
mod request;
mod tags;
mod view;

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use self::refusal::Refusal;
use crate::cloud::Cloud;
use crate::meter::{Meter, Reading};
use crate::options::Limits;

#[derive(Debug)]
pub(crate) struct Meters {
    burst: Meter,
    hourly: Meter,
}

impl Meters {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { burst: Meter::new(limits.digitalocean_burst), hourly: Meter::new(limits.digitalocean_hourly) }
    }
}

pub(crate) fn router(cloud: Arc<Cloud>) -> Router {
    Router::new()
        .route("/account", get(account::account))
        .route("/regions", get(account::regions))
        .route("/sizes", get(account::sizes))
        .route("/images", get(account::images))
        .route("/images/{id}", get(account::image))
        .route("/tags", get(tags::list).post(tags::create))
        .route("/tags/{name}", get(tags::get).delete(tags::delete))
        .route("/droplets", get(droplets::list).post(droplets::create).delete(droplets::delete_by_tag))
        .route("/droplets/{id}", get(droplets::get).delete(droplets::delete))
        .route("/droplets/{id}/firewalls", get(firewalls::of_droplet))
        .route("/actions/{id}", get(droplets::action))
        .route("/firewalls", get(firewalls::list).post(firewalls::create))
        .route("/firewalls/{id}", get(firewalls::get).delete(firewalls::delete))
        .route("/firewalls/{id}/tags", post(firewalls::add_tags).delete(firewalls::remove_tags))
        .fallback(async || Refusal::not_found())
        .method_not_allowed_fallback(async || Refusal::method_not_allowed())
        .layer(middleware::from_fn_with_state(cloud.clone(), admit))
        .with_state(cloud)
}

/// Checks the token, then both rate limits. The headers speak of the hourly one; `retry-after` is sent only when the
/// limit per minute was hit, as documented.
async fn admit(State(cloud): State<Arc<Cloud>>, request: Request, next: Next) -> Response {
    let meters = &cloud.digitalocean_meters;
    let now = Instant::now();
    if !authorised(request.headers(), &cloud.options.digitalocean_token) {
        return with_headers(Refusal::unauthorized().into_response(), &meters.hourly.peek(now));
    }
    let burst = meters.burst.peek(now);
    if !burst.allowed {
        let refusal = Refusal::too_many_requests().into_response();
        let mut response = with_headers(refusal, &meters.hourly.peek(now));
        response.headers_mut().insert(header::RETRY_AFTER, burst.reset_secs().max(1).into());
        return response;
    }
    let hourly = meters.hourly.count(now);
    if !hourly.allowed {
        return with_headers(Refusal::too_many_requests().into_response(), &hourly);
    }
    meters.burst.count(now);
    with_headers(next.run(request).await, &hourly)
}

fn authorised(headers: &HeaderMap, token: &str) -> bool {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    value.and_then(|value| value.strip_prefix("Bearer ")).is_some_and(|presented| presented == token)
}

fn with_headers(mut response: Response, reading: &Reading) -> Response {
    let headers = response.headers_mut();
    headers.insert("ratelimit-limit", reading.limit.into());
    headers.insert("ratelimit-remaining", reading.remaining.into());
    headers.insert("ratelimit-reset", reading.reset_at().into());
    response
}
