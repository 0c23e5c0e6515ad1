//! A Linode as it is asked for and answered.

use std::num::NonZeroU64;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rand::distr::{Alphanumeric, SampleString as _};
use serde::{Deserialize, Serialize};

use crate::domain::placement::ProviderKind;
use crate::domain::secret::Secret;
use crate::providers::machine::{Machine, MachineSpec, MachineStatus, Name, creation_time, public_address};

#[derive(Serialize)]
pub(super) struct NewInstance<'a> {
    label: &'a str,
    region: &'a str,
    r#type: &'a str,
    image: &'a str,
    tags: &'a [String],
    root_pass: Secret,
    booted: bool,
    metadata: Metadata,
}

#[derive(Serialize)]
struct Metadata {
    user_data: String,
}

impl<'a> From<&'a MachineSpec> for NewInstance<'a> {
    fn from(spec: &'a MachineSpec) -> Self {
        Self {
            label: &spec.label,
            region: &spec.placement.region,
            r#type: &spec.placement.size,
            image: &spec.placement.image,
            tags: &spec.tags,
            root_pass: root_password(),
            booted: true,
            metadata: Metadata { user_data: BASE64_STANDARD.encode(&spec.user_data) },
        }
    }
}

/// Linode insists on a root password. Nobody shall know this one; 40 characters of 62 kinds are 238 random bits, and
/// the end holds every class of character that the strength check may want to see.
fn root_password() -> Secret {
    format!("{}-aA1", Alphanumeric.sample_string(&mut rand::rng(), 40)).into()
}

#[derive(Deserialize)]
pub(super) struct InstancePage {
    pub(super) data: Vec<Instance>,
    pub(super) page: u32,
    pub(super) pages: u32,
}

#[derive(Deserialize)]
pub(super) struct Instance {
    pub(super) id: NonZeroU64,
    label: Name,
    region: Option<Name>,
    tags: Option<Vec<Name>>,
    ipv4: Option<Vec<String>>,
    status: Option<String>,
    created: Option<String>,
}

impl From<Instance> for Machine {
    /// Linode lists a machine's private address beside the public one, in no promised order.
    fn from(instance: Instance) -> Self {
        Self {
            provider: ProviderKind::Linode,
            id: instance.id.to_string(),
            label: instance.label.into(),
            tags: instance.tags.unwrap_or_default().into_iter().map(String::from).collect(),
            region: instance.region.unwrap_or_default().into(),
            address: public_address(instance.ipv4.iter().flatten().map(String::as_str)),
            status: status(instance.status.as_deref().unwrap_or_default()),
            created_at: instance.created.as_deref().and_then(creation_time),
        }
    }
}

fn status(text: &str) -> MachineStatus {
    match text {
        "running" => MachineStatus::Running,
        "offline" | "stopped" | "shutting_down" | "billing_suspension" => MachineStatus::Off,
        "deleting" => MachineStatus::Deleting,
        // provisioning, booting, busy, rebooting, rebuilding, migrating, cloning, restoring, and what may be added
        _ => MachineStatus::Starting,
    }
}
