//! What an account sees before it has machines: itself, regions, sizes and images.

use axum::Json;
use axum::extract::Path;
use serde_json::{Value, json};

use super::page::ListRequest;
use super::refusal::Refusal;
use super::view;
use crate::catalogue::{DIGITALOCEAN_IMAGES, DIGITALOCEAN_REGIONS, DIGITALOCEAN_SIZES};

type Answer = Result<Json<Value>, Refusal>;

pub(super) async fn account() -> Json<Value> {
    Json(json!({ "account": {
        "droplet_limit": 1000,
        "floating_ip_limit": 5,
        "email": "owner@example.com",
        "name": "Pocket Owner",
        "uuid": "00000000000040008000000000000001",
        "email_verified": true,
        "status": "active",
        "status_message": "",
        "team": { "uuid": "00000000000040008000000000000002", "name": "Pocket Cloud" },
    }}))
}

pub(super) async fn regions(request: ListRequest) -> Answer {
    request.page("regions", DIGITALOCEAN_REGIONS.iter().map(view::region).collect())
}

pub(super) async fn sizes(request: ListRequest) -> Answer {
    request.page("sizes", DIGITALOCEAN_SIZES.iter().map(view::size).collect())
}

/// The account has no images of its own: `private=true` lists none.
pub(super) async fn images(request: ListRequest) -> Answer {
    let own_only = request.get("private") == Some("true") || request.get("type") == Some("application");
    let images = if own_only { &[][..] } else { &DIGITALOCEAN_IMAGES[..] };
    request.page("images", images.iter().map(view::image).collect())
}

pub(super) async fn image(Path(id): Path<String>) -> Answer {
    let image = DIGITALOCEAN_IMAGES.iter().find(|image| image.id == id || image.number.to_string() == id);
    let image = image.ok_or_else(Refusal::not_found)?;
    Ok(Json(json!({ "image": view::image(image) })))
}
