//! `/v2/tags`.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::droplets::parse;
use super::page::ListRequest;
use super::refusal::Refusal;
use super::request::tag_is_valid;
use crate::cloud::Cloud;
use crate::machine::Provider;

type Answer = Result<Json<Value>, Refusal>;

#[derive(Debug, Deserialize)]
struct CreateTag {
    name: String,
}

pub(super) async fn list(State(cloud): State<Arc<Cloud>>, request: ListRequest) -> Answer {
    let names = cloud.inventory().account.tags.clone();
    request.page("tags", names.iter().map(|name| view(&cloud, name)).collect())
}

pub(super) async fn create(State(cloud): State<Arc<Cloud>>, body: Bytes) -> Result<(StatusCode, Json<Value>), Refusal> {
    let CreateTag { name } = parse(&body)?;
    if !tag_is_valid(&name) {
        return Err(Refusal::bad_request(format!("Error validating resource tag: {name} contains invalid characters")));
    }
    cloud.inventory().account.tags.insert(name.clone());
    cloud.save_account().await.map_err(|_| Refusal::server_error())?;
    Ok((StatusCode::CREATED, Json(json!({ "tag": view(&cloud, &name) }))))
}

pub(super) async fn get(State(cloud): State<Arc<Cloud>>, Path(name): Path<String>) -> Answer {
    if !cloud.inventory().account.tags.contains(&name) {
        return Err(Refusal::not_found());
    }
    Ok(Json(json!({ "tag": view(&cloud, &name) })))
}

/// The tag goes, what carried it stays.
pub(super) async fn delete(State(cloud): State<Arc<Cloud>>, Path(name): Path<String>) -> Result<StatusCode, Refusal> {
    let tagged = {
        let mut inventory = cloud.inventory();
        if !inventory.account.tags.remove(&name) {
            return Err(Refusal::not_found());
        }
        let droplets = inventory.of(Provider::DigitalOcean).filter(|droplet| droplet.tags.contains(&name));
        droplets.cloned().collect::<Vec<_>>()
    };
    for mut droplet in tagged {
        droplet.tags.retain(|tag| *tag != name);
        cloud.update(&droplet).await.map_err(|_| Refusal::server_error())?;
    }
    cloud.save_account().await.map_err(|_| Refusal::server_error())?;
    Ok(StatusCode::NO_CONTENT)
}

fn view(cloud: &Cloud, name: &str) -> Value {
    let inventory = cloud.inventory();
    let carrying = inventory.of(Provider::DigitalOcean).filter(|droplet| droplet.tags.iter().any(|tag| tag == name));
    let count = carrying.count();
    json!({
        "name": name,
        "resources": {
            "count": count,
            "droplets": { "count": count },
            "images": { "count": 0 },
            "volumes": { "count": 0 },
            "volume_snapshots": { "count": 0 },
            "databases": { "count": 0 },
        },
    })
}
