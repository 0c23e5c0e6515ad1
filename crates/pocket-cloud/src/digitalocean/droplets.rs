//! `/v2/droplets` and the create actions.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tracing::error;

use super::page::ListRequest;
use super::refusal::Refusal;
use super::request::CreateDroplet;
use super::view;
use crate::catalogue::DIGITALOCEAN_REGIONS;
use crate::cloud::{Cloud, CreateError};
use crate::faults::Fault;
use crate::machine::{Machine, Provider};

type Answer = Result<Json<Value>, Refusal>;

pub(super) async fn list(State(cloud): State<Arc<Cloud>>, request: ListRequest) -> Answer {
    let (tag, name) = (request.get("tag_name"), request.get("name"));
    if tag.is_some() && name.is_some() {
        return Err(Refusal::unprocessable("name and tag_name can't be combined"));
    }
    let items = {
        let inventory = cloud.inventory();
        let droplets = inventory.of(Provider::DigitalOcean);
        droplets
            .filter(|droplet| tag.is_none_or(|tag| droplet.tags.iter().any(|known| known == tag)))
            .filter(|droplet| name.is_none_or(|name| droplet.label.eq_ignore_ascii_case(name)))
            .map(view::droplet)
            .collect()
    };
    request.page("droplets", items)
}

pub(super) async fn create(State(cloud): State<Arc<Cloud>>, body: Bytes) -> Result<Response, Refusal> {
    let fault = cloud.faults.next_create(Provider::DigitalOcean);
    match fault {
        Some(Fault::Status(status)) => return Err(Refusal::staged(status)),
        Some(Fault::NoCapacity) => return Err(Refusal::unprocessable("Region is not available")),
        Some(Fault::Hang) => return std::future::pending().await,
        Some(Fault::HangAfterCreate) | None => {}
    }
    let wanted: CreateDroplet = parse(&body)?;
    let single = wanted.is_single();
    let mut droplets = Vec::new();
    for request in wanted.check()? {
        droplets.push(cloud.create(request).await.map_err(|error| match error {
            CreateError::NoAddress => Refusal::unprocessable("No address is available in this region"),
            CreateError::LabelTaken | CreateError::Storage(_) | CreateError::Stopping => {
                error!(%error, "a create failed");
                Refusal::server_error()
            }
        })?);
    }
    if fault == Some(Fault::HangAfterCreate) {
        return std::future::pending().await;
    }
    let actions: Vec<Value> = droplets
        .iter()
        .map(|droplet| {
            let href = format!("https://api.digitalocean.com/v2/actions/{}", droplet.id);
            json!({ "id": droplet.id, "rel": "create", "href": href })
        })
        .collect();
    let views: Vec<Value> = droplets.iter().map(view::droplet).collect();
    let body = match single {
        true => json!({ "droplet": views.first(), "links": { "actions": actions } }),
        false => json!({ "droplets": views, "links": { "actions": actions } }),
    };
    Ok((StatusCode::ACCEPTED, Json(body)).into_response())
}

pub(super) async fn get(State(cloud): State<Arc<Cloud>>, Path(id): Path<String>) -> Answer {
    Ok(Json(json!({ "droplet": view::droplet(&find(&cloud, &id)?) })))
}

pub(super) async fn delete(State(cloud): State<Arc<Cloud>>, Path(id): Path<String>) -> Result<StatusCode, Refusal> {
    let droplet = find(&cloud, &id)?;
    cloud.delete(droplet.id).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Answers 204 whether or not anything carries the tag, but wants one: without it everything would go.
pub(super) async fn delete_by_tag(
    State(cloud): State<Arc<Cloud>>,
    request: ListRequest,
) -> Result<StatusCode, Refusal> {
    let tag = request.get("tag_name").filter(|tag| !tag.is_empty());
    let tag = tag.ok_or_else(|| Refusal::bad_request("tag_name is required"))?;
    let tagged: Vec<u64> = {
        let inventory = cloud.inventory();
        let droplets = inventory.of(Provider::DigitalOcean);
        droplets.filter(|droplet| droplet.tags.iter().any(|known| known == tag)).map(|droplet| droplet.id).collect()
    };
    for id in tagged {
        cloud.delete(id).await;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// A create's action has its droplet's id.
pub(super) async fn action(State(cloud): State<Arc<Cloud>>, Path(id): Path<String>) -> Answer {
    let droplet = find(&cloud, &id)?;
    let region = DIGITALOCEAN_REGIONS.iter().find(|region| region.id == droplet.region);
    Ok(Json(json!({ "action": {
        "id": droplet.id,
        "status": if droplet.activated { "completed" } else { "in-progress" },
        "type": "create",
        "started_at": view::time(droplet.created_at),
        "completed_at": droplet.activated.then(|| view::time(droplet.updated_at)),
        "resource_id": droplet.id,
        "resource_type": "droplet",
        "region": region.map(view::region),
        "region_slug": droplet.region,
    }})))
}

pub(super) fn find(cloud: &Cloud, id: &str) -> Result<Machine, Refusal> {
    let id = id.parse().map_err(|_| Refusal::not_found())?;
    cloud.inventory().find(Provider::DigitalOcean, id).cloned().ok_or_else(Refusal::not_found)
}

pub(super) fn parse<T: for<'a> Deserialize<'a>>(body: &Bytes) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|_| Refusal::bad_request("error parsing request body"))
}
