//! What an account sees before it has machines: itself, regions, types and images.

use axum::Json;
use axum::extract::Path;
use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::page::{Query, page};
use super::refusal::Refusal;
use super::view;
use crate::catalogue::{Image, LINODE_IMAGES, LINODE_REGIONS, LINODE_TYPES, Region};

type Answer = Result<Json<Value>, Refusal>;

pub(super) async fn account() -> Json<Value> {
    Json(json!({
        "active_promotions": [],
        "active_since": "2025-01-01T00:00:00",
        "address_1": "127 Loopback Road",
        "address_2": "",
        "balance": 0,
        "balance_uninvoiced": 0,
        "billing_source": "linode",
        "capabilities": ["Linodes", "Cloud Firewall"],
        "city": "Pocket",
        "company": "Pocket Cloud",
        "country": "US",
        "credit_card": { "last_four": null, "expiry": null },
        "email": "owner@example.com",
        "euuid": "00000000-0000-0000-0000000000000000",
        "first_name": "Pocket",
        "last_name": "Owner",
        "phone": "",
        "state": "",
        "tax_id": "",
        "zip": "00000",
    }))
}

pub(super) async fn profile() -> Json<Value> {
    Json(json!({
        "uid": 1,
        "username": "pocket-owner",
        "email": "owner@example.com",
        "timezone": "UTC",
        "email_notifications": false,
        "referrals": { "code": "", "url": "", "total": 0, "completed": 0, "pending": 0, "credit": 0 },
        "ip_whitelist_enabled": false,
        "lish_auth_method": "keys_only",
        "authorized_keys": [],
        "two_factor_auth": true,
        "restricted": false,
        "authentication_type": "password",
        "verified_phone_number": null,
    }))
}

pub(super) async fn regions(query: Query, headers: HeaderMap) -> Answer {
    page(LINODE_REGIONS.iter().map(region_view).collect(), &query, &headers)
}

pub(super) async fn region(Path(id): Path<String>) -> Answer {
    let region = LINODE_REGIONS.iter().find(|region| region.id == id);
    region.map(|region| Json(region_view(region))).ok_or_else(Refusal::not_found)
}

pub(super) async fn types(query: Query, headers: HeaderMap) -> Answer {
    page(LINODE_TYPES.iter().map(view::size).collect(), &query, &headers)
}

pub(super) async fn size(Path(id): Path<String>) -> Answer {
    let size = LINODE_TYPES.iter().find(|size| size.id == id);
    size.map(|size| Json(view::size(size))).ok_or_else(Refusal::not_found)
}

pub(super) async fn images(query: Query, headers: HeaderMap) -> Answer {
    page(LINODE_IMAGES.iter().map(image_view).collect(), &query, &headers)
}

/// Image ids hold a slash, which clients send as `%2F` or as it is.
pub(super) async fn image(Path(id): Path<String>) -> Answer {
    find_image(&id)
}

pub(super) async fn image_by_parts(Path((vendor, name)): Path<(String, String)>) -> Answer {
    find_image(&format!("{vendor}/{name}"))
}

fn find_image(id: &str) -> Answer {
    let image = LINODE_IMAGES.iter().find(|image| image.id == id);
    image.map(|image| Json(image_view(image))).ok_or_else(Refusal::not_found)
}

fn region_view(region: &Region) -> Value {
    json!({
        "id": region.id,
        "label": region.name,
        "country": region.country,
        "capabilities": ["Linodes", "Cloud Firewall", "Metadata"],
        "status": "ok",
        "site_type": "core",
        "resolvers": { "ipv4": "192.0.2.1", "ipv6": "2001:db8::1" },
        "placement_group_limits": { "maximum_pgs_per_customer": null, "maximum_linodes_per_pg": 5 },
    })
}

fn image_view(image: &Image) -> Value {
    json!({
        "id": image.id,
        "label": image.name,
        "vendor": image.vendor,
        "description": "",
        "created": "2025-01-01T00:00:00",
        "updated": "2025-01-01T00:00:00",
        "created_by": "linode",
        "deprecated": false,
        "eol": null,
        "expiry": null,
        "is_public": true,
        "capabilities": ["cloud-init"],
        "regions": [],
        "size": 1500,
        "total_size": 0,
        "status": "available",
        "tags": [],
        "type": "manual",
    })
}
