//! `/v4/linode/instances` and `/v4/tags`.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tracing::error;

use super::page::{Query, page};
use super::refusal::Refusal;
use super::request::{CreateInstance, label_is_valid};
use super::view;
use crate::cloud::{Cloud, CreateError};
use crate::faults::Fault;
use crate::lifecycle::Order;
use crate::machine::{Machine, Phase, Provider};

type Answer = Result<Json<Value>, Refusal>;

pub(super) async fn list(State(cloud): State<Arc<Cloud>>, query: Query, headers: HeaderMap) -> Answer {
    let items = cloud.inventory().of(Provider::Linode).map(view::instance).collect();
    page(items, &query, &headers)
}

pub(super) async fn create(State(cloud): State<Arc<Cloud>>, body: Bytes) -> Result<Response, Refusal> {
    let fault = cloud.faults.next_create(Provider::Linode);
    match fault {
        Some(Fault::Status(status)) => return Err(staged(status)),
        Some(Fault::NoCapacity) => {
            return Err(Refusal::field("region", "Linode capacity in this region is temporarily unavailable"));
        }
        Some(Fault::Hang) => return std::future::pending().await,
        Some(Fault::HangAfterCreate) | None => {}
    }
    let wanted: CreateInstance = parse(&body)?;
    let firewall = wanted.firewall_id;
    let request = wanted.check()?;
    if let Some(id) = firewall
        && cloud.inventory().account.firewalls.get(&id).is_none_or(|known| known.provider != Provider::Linode)
    {
        return Err(Refusal::field("firewall_id", "firewall_id is not valid"));
    }
    let machine = cloud.create(request).await.map_err(|error| match error {
        CreateError::LabelTaken => Refusal::field("label", "Label must be unique among your linodes"),
        CreateError::NoAddress => Refusal::field("region", "No address is available in this region"),
        CreateError::Storage(_) | CreateError::Stopping => {
            error!(%error, "a create failed");
            Refusal::internal()
        }
    })?;
    if let Some(id) = firewall {
        if let Some(firewall) = cloud.inventory().account.firewalls.get_mut(&id) {
            firewall.machines.push(machine.id);
        }
        cloud.save_account().await.map_err(|_| Refusal::internal())?;
    }
    if fault == Some(Fault::HangAfterCreate) {
        return std::future::pending().await;
    }
    Ok(Json(view::instance(&machine)).into_response())
}

pub(super) async fn get(State(cloud): State<Arc<Cloud>>, Path(id): Path<String>) -> Answer {
    Ok(Json(view::instance(&find(&cloud, &id)?)))
}

#[derive(Debug, Deserialize)]
struct UpdateInstance {
    label: Option<String>,
    tags: Option<Vec<String>>,
}

pub(super) async fn update(State(cloud): State<Arc<Cloud>>, Path(id): Path<String>, body: Bytes) -> Answer {
    let mut machine = find(&cloud, &id)?;
    let change: UpdateInstance = parse(&body)?;
    if let Some(label) = change.label {
        if !label_is_valid(&label) {
            return Err(Refusal::field("label", "label is not valid"));
        }
        machine.label = label;
    }
    if let Some(tags) = change.tags {
        if tags.iter().any(|tag| !(3..=50).contains(&tag.chars().count())) {
            return Err(Refusal::field("tags", "Length must be 3-50 characters"));
        }
        machine.tags = tags;
    }
    let taken = cloud.update(&machine).await.map_err(|_| Refusal::internal())?;
    if !taken {
        return Err(Refusal::field("label", "Label must be unique among your linodes"));
    }
    Ok(Json(view::instance(&machine)))
}

pub(super) async fn delete(State(cloud): State<Arc<Cloud>>, Path(id): Path<String>) -> Answer {
    let machine = find(&cloud, &id)?;
    cloud.delete(machine.id).await;
    Ok(Json(json!({})))
}

pub(super) async fn boot(state: State<Arc<Cloud>>, id: Path<String>) -> Answer {
    power(&state, &id, Order::Boot)
}

pub(super) async fn reboot(state: State<Arc<Cloud>>, id: Path<String>) -> Answer {
    power(&state, &id, Order::Reboot)
}

pub(super) async fn shut_down(state: State<Arc<Cloud>>, id: Path<String>) -> Answer {
    power(&state, &id, Order::ShutDown)
}

fn power(cloud: &Cloud, id: &str, order: Order) -> Answer {
    let machine = find(cloud, id)?;
    match (machine.phase, order) {
        (Phase::Offline, Order::Boot | Order::Reboot) | (Phase::Running, Order::Reboot | Order::ShutDown) => {
            cloud.order(machine.id, order);
            Ok(Json(json!({})))
        }
        (Phase::Running, Order::Boot) => {
            Err(Refusal::new(StatusCode::BAD_REQUEST, format!("Linode {id} is already booted.")))
        }
        _ => Err(Refusal::busy()),
    }
}

pub(super) async fn tags(State(cloud): State<Arc<Cloud>>, query: Query, headers: HeaderMap) -> Answer {
    let labels: BTreeSet<String> =
        cloud.inventory().of(Provider::Linode).flat_map(|machine| machine.tags.clone()).collect();
    page(labels.into_iter().map(|label| json!({ "label": label })).collect(), &query, &headers)
}

pub(super) fn find(cloud: &Cloud, id: &str) -> Result<Machine, Refusal> {
    let id = id.parse().map_err(|_| Refusal::not_found())?;
    cloud.inventory().find(Provider::Linode, id).cloned().ok_or_else(Refusal::not_found)
}

pub(super) fn parse<T: for<'a> Deserialize<'a>>(body: &Bytes) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| {
        Refusal::new(StatusCode::BAD_REQUEST, format!("Invalid request: the body does not fit ({error})"))
    })
}

fn staged(status: u16) -> Refusal {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Refusal::new(status, status.canonical_reason().unwrap_or("Error"))
}
