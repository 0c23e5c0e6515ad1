//! Machines as Linode shows them.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::catalogue::{LINODE_DEARER_REGIONS, LINODE_TYPES, Size};
use crate::machine::{Machine, Phase};

/// Linode's timestamps are UTC without saying so.
pub(super) fn time(timestamp: Timestamp) -> String {
    timestamp.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

pub(super) fn instance(machine: &Machine) -> Value {
    let size = LINODE_TYPES.iter().find(|size| size.id == machine.size);
    let specs = |pick: fn(&Size) -> u32| size.map(pick).unwrap_or_default();
    json!({
        "id": machine.id,
        "label": machine.label,
        "group": "",
        "status": status(machine.phase),
        "created": time(machine.created_at),
        "updated": time(machine.updated_at),
        "type": machine.size,
        "ipv4": [machine.address.to_string()],
        "ipv6": null,
        "image": machine.image,
        "region": machine.region,
        "site_type": "core",
        "specs": {
            "disk": specs(|size| size.disk),
            "memory": specs(|size| size.memory),
            "vcpus": specs(|size| size.vcpus),
            "gpus": 0,
            "transfer": specs(|size| size.transfer),
        },
        "alerts": {
            "cpu": 90 * specs(|size| size.vcpus),
            "network_in": 10,
            "network_out": 10,
            "transfer_quota": 80,
            "io": 10000,
        },
        "backups": {
            "enabled": false,
            "available": false,
            "schedule": { "day": null, "window": null },
            "last_successful": null,
        },
        "hypervisor": "kvm",
        "watchdog_enabled": true,
        "tags": machine.tags,
        "host_uuid": format!("{:040x}", machine.id),
        "has_user_data": machine.user_data.is_some(),
        "placement_group": null,
        "disk_encryption": "disabled",
        "lke_cluster_id": null,
        "capabilities": ["SMTP Enabled"],
    })
}

fn status(phase: Phase) -> &'static str {
    match phase {
        Phase::Provisioning => "provisioning",
        Phase::Booting => "booting",
        Phase::Running => "running",
        Phase::ShuttingDown => "shutting_down",
        Phase::Offline => "offline",
        Phase::Deleting => "deleting",
    }
}

/// A share of a price, to the hundredth of a cent that price lists are written in.
fn dollars(price: f64, percent: f64) -> f64 {
    (price * percent * 100.0).round() / 10_000.0
}

pub(super) fn size(size: &Size) -> Value {
    let region_prices = LINODE_DEARER_REGIONS.map(|(region, percent)| {
        json!({ "id": region, "hourly": dollars(size.hourly, percent), "monthly": dollars(size.monthly, percent) })
    });
    json!({
        "id": size.id,
        "label": size.name,
        "class": size.class,
        "price": { "hourly": size.hourly, "monthly": size.monthly },
        "region_prices": region_prices,
        "addons": { "backups": { "price": { "hourly": 0.003, "monthly": 2.0 }, "region_prices": [] } },
        "memory": size.memory,
        "disk": size.disk,
        "vcpus": size.vcpus,
        "gpus": 0,
        "transfer": size.transfer,
        "network_out": size.transfer,
        "successor": null,
    })
}
