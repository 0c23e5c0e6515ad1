//! `/v2/firewalls`. A firewall holds for its droplets and for everything that carries one of its tags.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::droplets::{find as find_droplet, parse};
use super::page::ListRequest;
use super::refusal::Refusal;
use super::view::time;
use crate::cloud::Cloud;
use crate::firewalls::Firewall;
use crate::machine::Provider;

type Answer = Result<Json<Value>, Refusal>;

#[derive(Debug, Deserialize)]
struct CreateFirewall {
    name: Option<String>,
    #[serde(default)]
    inbound_rules: Option<Vec<Value>>,
    #[serde(default)]
    outbound_rules: Option<Vec<Value>>,
    #[serde(default)]
    droplet_ids: Option<Vec<u64>>,
    #[serde(default)]
    tags: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
struct Tags {
    tags: Vec<String>,
}

pub(super) async fn list(State(cloud): State<Arc<Cloud>>, request: ListRequest) -> Answer {
    request.page("firewalls", firewalls(&cloud).iter().map(view).collect())
}

pub(super) async fn create(State(cloud): State<Arc<Cloud>>, body: Bytes) -> Result<(StatusCode, Json<Value>), Refusal> {
    let wanted: CreateFirewall = parse(&body)?;
    let name = wanted.name.filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Refusal::unprocessable("firewall must have a name"))?;
    if wanted.inbound_rules.is_none() && wanted.outbound_rules.is_none() {
        return Err(Refusal::unprocessable("firewall must have at least one rule"));
    }
    let tags = wanted.tags.unwrap_or_default();
    let machines = wanted.droplet_ids.unwrap_or_default();
    let firewall = {
        let mut inventory = cloud.inventory();
        if firewalls_named(&inventory.account.firewalls, &name) {
            return Err(Refusal::conflict("duplicate name"));
        }
        if let Some(missing) = tags.iter().find(|tag| !inventory.account.tags.contains(*tag)) {
            return Err(Refusal::unprocessable(format!("tag {missing} does not exist")));
        }
        if machines.iter().any(|&id| inventory.find(Provider::DigitalOcean, id).is_none()) {
            return Err(Refusal::unprocessable("a droplet does not exist"));
        }
        let firewall = Firewall {
            id: inventory.account.next_id(),
            provider: Provider::DigitalOcean,
            name,
            created_at: Timestamp::now(),
            tags,
            machines,
            rules: json!({
                "inbound": wanted.inbound_rules.unwrap_or_default(),
                "outbound": wanted.outbound_rules.unwrap_or_default(),
            }),
        };
        inventory.account.firewalls.insert(firewall.id, firewall.clone());
        firewall
    };
    cloud.save_account().await.map_err(|_| Refusal::server_error())?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "firewall": view(&firewall) }))))
}

pub(super) async fn get(State(cloud): State<Arc<Cloud>>, Path(id): Path<String>) -> Answer {
    Ok(Json(json!({ "firewall": view(&find(&cloud, &id)?) })))
}

pub(super) async fn delete(State(cloud): State<Arc<Cloud>>, Path(id): Path<String>) -> Result<StatusCode, Refusal> {
    let firewall = find(&cloud, &id)?;
    cloud.inventory().account.firewalls.remove(&firewall.id);
    cloud.save_account().await.map_err(|_| Refusal::server_error())?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn add_tags(
    State(cloud): State<Arc<Cloud>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let Tags { tags } = parse(&body)?;
    if let Some(missing) = tags.iter().find(|tag| !cloud.inventory().account.tags.contains(*tag)) {
        return Err(Refusal::unprocessable(format!("tag {missing} does not exist")));
    }
    change_tags(&cloud, &id, |own| {
        own.retain(|tag| !tags.contains(tag));
        own.extend(tags);
    })
    .await
}

pub(super) async fn remove_tags(
    State(cloud): State<Arc<Cloud>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let Tags { tags } = parse(&body)?;
    change_tags(&cloud, &id, |own| own.retain(|tag| !tags.contains(tag))).await
}

async fn change_tags(cloud: &Cloud, id: &str, change: impl FnOnce(&mut Vec<String>)) -> Result<StatusCode, Refusal> {
    let firewall = find(cloud, id)?;
    if let Some(firewall) = cloud.inventory().account.firewalls.get_mut(&firewall.id) {
        change(&mut firewall.tags);
    }
    cloud.save_account().await.map_err(|_| Refusal::server_error())?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn of_droplet(
    State(cloud): State<Arc<Cloud>>,
    Path(id): Path<String>,
    request: ListRequest,
) -> Answer {
    let droplet = find_droplet(&cloud, &id)?;
    let all = firewalls(&cloud);
    request.page("firewalls", all.iter().filter(|firewall| firewall.covers(&droplet)).map(view).collect())
}

fn firewalls(cloud: &Cloud) -> Vec<Firewall> {
    let inventory = cloud.inventory();
    let all = inventory.account.firewalls.values();
    all.filter(|firewall| firewall.provider == Provider::DigitalOcean).cloned().collect()
}

fn firewalls_named(all: &std::collections::BTreeMap<u64, Firewall>, name: &str) -> bool {
    all.values().any(|firewall| firewall.provider == Provider::DigitalOcean && firewall.name == name)
}

fn find(cloud: &Cloud, id: &str) -> Result<Firewall, Refusal> {
    firewalls(cloud).into_iter().find(|firewall| uuid(firewall) == id).ok_or_else(Refusal::not_found)
}

/// DigitalOcean's firewalls have UUIDs; this one carries the id.
fn uuid(firewall: &Firewall) -> String {
    format!("00000000-0000-4000-8000-{:012x}", firewall.id)
}

fn view(firewall: &Firewall) -> Value {
    json!({
        "id": uuid(firewall),
        "name": firewall.name,
        "status": "succeeded",
        "created_at": time(firewall.created_at),
        "pending_changes": [],
        "inbound_rules": firewall.rules["inbound"],
        "outbound_rules": firewall.rules["outbound"],
        "droplet_ids": firewall.machines,
        "tags": firewall.tags,
    })
}
