//! Machines, sizes, regions and images as DigitalOcean shows them.

use serde_json::{Value, json};

use crate::catalogue::{DIGITALOCEAN_IMAGES, DIGITALOCEAN_REGIONS, DIGITALOCEAN_SIZES, Image, Region, Size};
use crate::machine::{Machine, Phase};

pub(super) fn time(timestamp: jiff::Timestamp) -> String {
    timestamp.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

pub(super) fn droplet(machine: &Machine) -> Value {
    let found = DIGITALOCEAN_SIZES.iter().find(|size| size.id == machine.size);
    let numbers = |pick: fn(&Size) -> u32| found.map(pick).unwrap_or_default();
    let gibibytes = numbers(|size| size.disk) / 1024;
    let found_region = DIGITALOCEAN_REGIONS.iter().find(|region| region.id == machine.region);
    let found_image = DIGITALOCEAN_IMAGES.iter().find(|image| Some(image.id) == machine.image.as_deref());
    // Addresses are assigned while the machine starts: the create answer has none.
    let v4 = match machine.activated {
        false => json!([]),
        true => json!([{
            "ip_address": machine.address.to_string(),
            "netmask": "255.255.0.0",
            "gateway": "127.0.0.1",
            "type": "public",
        }]),
    };
    json!({
        "id": machine.id,
        "name": machine.label,
        "memory": numbers(|size| size.memory),
        "vcpus": numbers(|size| size.vcpus),
        "disk": gibibytes,
        "disk_info": [{ "type": "local", "size": { "amount": gibibytes, "unit": "gib" } }],
        "locked": matches!(machine.phase, Phase::Provisioning | Phase::Deleting) || !machine.activated,
        "status": status(machine),
        "kernel": null,
        "created_at": time(machine.created_at),
        "features": ["private_networking"],
        "backup_ids": [],
        "next_backup_window": null,
        "snapshot_ids": [],
        "image": found_image.map(image),
        "volume_ids": [],
        "size": found.map(size),
        "size_slug": machine.size,
        "networks": { "v4": v4, "v6": [] },
        "region": found_region.map(region),
        "tags": machine.tags,
        "vpc_uuid": "00000000-0000-4000-8000-000000000001",
    })
}

/// Four words only: a droplet has no word for being deleted.
fn status(machine: &Machine) -> &'static str {
    match machine.phase {
        _ if !machine.activated => "new",
        Phase::Offline => "off",
        Phase::Provisioning | Phase::Booting | Phase::Running | Phase::ShuttingDown | Phase::Deleting => "active",
    }
}

pub(super) fn size(size: &Size) -> Value {
    let gibibytes = size.disk / 1024;
    json!({
        "slug": size.id,
        "memory": size.memory,
        "vcpus": size.vcpus,
        "disk": gibibytes,
        "transfer": f64::from(size.transfer) / 1000.0,
        "price_monthly": size.monthly,
        "price_hourly": size.hourly,
        "regions": DIGITALOCEAN_REGIONS.map(|region| region.id),
        "available": true,
        "description": size.class,
        "disk_info": [{ "type": "local", "size": { "amount": gibibytes, "unit": "gib" } }],
    })
}

pub(super) fn region(region: &Region) -> Value {
    json!({
        "name": region.name,
        "slug": region.id,
        "features": ["backups", "ipv6", "metadata", "install_agent", "storage", "image_transfer"],
        "available": true,
        "sizes": DIGITALOCEAN_SIZES.map(|size| size.id),
    })
}

pub(super) fn image(image: &Image) -> Value {
    json!({
        "id": image.number,
        "name": image.name,
        "distribution": image.vendor,
        "slug": image.id,
        "public": true,
        "regions": DIGITALOCEAN_REGIONS.map(|region| region.id),
        "created_at": "2025-01-01T00:00:00Z",
        "type": "base",
        "min_disk_size": 7,
        "size_gigabytes": 0.6,
        "description": format!("{} {}", image.vendor, image.name),
        "tags": [],
        "status": "available",
    })
}
