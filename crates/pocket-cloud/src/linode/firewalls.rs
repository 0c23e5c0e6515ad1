//! `/v4/networking/firewalls`.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::instances::{find as find_machine, parse};
use super::page::{Query, page};
use super::refusal::Refusal;
use super::request::label_is_valid;
use super::view::time;
use crate::cloud::Cloud;
use crate::firewalls::Firewall;
use crate::machine::{Machine, Provider};

type Answer = Result<Json<Value>, Refusal>;

#[derive(Debug, Deserialize)]
pub(super) struct CreateFirewall {
    label: Option<String>,
    rules: Option<Value>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    devices: Devices,
}

#[derive(Debug, Default, Deserialize)]
struct Devices {
    #[serde(default)]
    linodes: Vec<u64>,
}

pub(super) async fn list(State(cloud): State<Arc<Cloud>>, query: Query, headers: HeaderMap) -> Answer {
    let items = firewalls(&cloud).iter().map(view).collect();
    page(items, &query, &headers)
}

pub(super) async fn create(State(cloud): State<Arc<Cloud>>, body: Bytes) -> Answer {
    let wanted: CreateFirewall = parse(&body)?;
    let label = wanted.label.ok_or_else(|| Refusal::field("label", "label is required"))?;
    let rules = wanted.rules.ok_or_else(|| Refusal::field("rules", "rules is required"))?;
    if !(3..=32).contains(&label.len()) || !label_is_valid(&label) {
        return Err(Refusal::field("label", "label is not valid"));
    }
    for policy in ["inbound_policy", "outbound_policy"] {
        if !matches!(rules[policy].as_str(), Some("ACCEPT" | "DROP")) {
            return Err(Refusal::field("rules", format!("{policy} is required and must be ACCEPT or DROP")));
        }
    }
    let firewall = {
        let mut inventory = cloud.inventory();
        let mut known = inventory.account.firewalls.values().filter(|known| known.provider == Provider::Linode);
        if known.any(|known| known.name == label) {
            return Err(Refusal::field("label", "Label must be unique among your firewalls"));
        }
        if wanted.devices.linodes.iter().any(|&id| inventory.find(Provider::Linode, id).is_none()) {
            return Err(Refusal::field("devices", "devices is not valid"));
        }
        let firewall = Firewall {
            id: inventory.account.next_id(),
            provider: Provider::Linode,
            name: label,
            created_at: Timestamp::now(),
            tags: wanted.tags,
            machines: wanted.devices.linodes,
            rules,
        };
        inventory.account.firewalls.insert(firewall.id, firewall.clone());
        firewall
    };
    cloud.save_account().await.map_err(|_| Refusal::internal())?;
    Ok(Json(view(&firewall)))
}

pub(super) async fn get(State(cloud): State<Arc<Cloud>>, Path(id): Path<String>) -> Answer {
    Ok(Json(view(&find(&cloud, &id)?)))
}

pub(super) async fn delete(State(cloud): State<Arc<Cloud>>, Path(id): Path<String>) -> Answer {
    let firewall = find(&cloud, &id)?;
    cloud.inventory().account.firewalls.remove(&firewall.id);
    cloud.save_account().await.map_err(|_| Refusal::internal())?;
    Ok(Json(json!({})))
}

pub(super) async fn devices(
    State(cloud): State<Arc<Cloud>>,
    Path(id): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> Answer {
    let firewall = find(&cloud, &id)?;
    let items = {
        let inventory = cloud.inventory();
        let machines = firewall.machines.iter().filter_map(|&id| inventory.find(Provider::Linode, id));
        machines.map(|machine| device_view(&firewall, machine)).collect()
    };
    page(items, &query, &headers)
}

#[derive(Debug, Deserialize)]
struct AttachDevice {
    id: u64,
    r#type: String,
}

pub(super) async fn attach(State(cloud): State<Arc<Cloud>>, Path(id): Path<String>, body: Bytes) -> Answer {
    let firewall = find(&cloud, &id)?;
    let device: AttachDevice = parse(&body)?;
    if device.r#type != "linode" {
        return Err(Refusal::field("type", "type is not valid"));
    }
    let machine = find_machine(&cloud, &device.id.to_string())?;
    if let Some(firewall) = cloud.inventory().account.firewalls.get_mut(&firewall.id)
        && !firewall.machines.contains(&machine.id)
    {
        firewall.machines.push(machine.id);
    }
    cloud.save_account().await.map_err(|_| Refusal::internal())?;
    Ok(Json(device_view(&firewall, &machine)))
}

pub(super) async fn of_instance(
    State(cloud): State<Arc<Cloud>>,
    Path(id): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> Answer {
    let machine = find_machine(&cloud, &id)?;
    let items = firewalls(&cloud).iter().filter(|firewall| firewall.covers(&machine)).map(view).collect();
    page(items, &query, &headers)
}

fn firewalls(cloud: &Cloud) -> Vec<Firewall> {
    let inventory = cloud.inventory();
    let all = inventory.account.firewalls.values();
    all.filter(|firewall| firewall.provider == Provider::Linode).cloned().collect()
}

fn find(cloud: &Cloud, id: &str) -> Result<Firewall, Refusal> {
    let id: u64 = id.parse().map_err(|_| Refusal::not_found())?;
    firewalls(cloud).into_iter().find(|firewall| firewall.id == id).ok_or_else(Refusal::not_found)
}

fn view(firewall: &Firewall) -> Value {
    json!({
        "id": firewall.id,
        "label": firewall.name,
        "status": "enabled",
        "created": time(firewall.created_at),
        "updated": time(firewall.created_at),
        "tags": firewall.tags,
        "rules": firewall.rules,
        "entities": firewall.machines.iter().map(|id| json!({ "id": id, "type": "linode" })).collect::<Vec<_>>(),
    })
}

fn device_view(firewall: &Firewall, machine: &Machine) -> Value {
    json!({
        "id": machine.id,
        "created": time(firewall.created_at),
        "updated": time(firewall.created_at),
        "entity": {
            "id": machine.id,
            "label": machine.label,
            "type": "linode",
            "url": format!("/v4/linode/instances/{}", machine.id),
        },
    })
}
