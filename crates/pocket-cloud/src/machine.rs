//! One machine as the pocket cloud keeps it.

use std::net::Ipv4Addr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    Linode,
    DigitalOcean,
}

/// Where a machine is between its create and its end. Each provider shows it in its own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Provisioning,
    Booting,
    Running,
    ShuttingDown,
    Offline,
    Deleting,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Machine {
    pub(crate) id: u64,
    pub(crate) provider: Provider,
    pub(crate) label: String,
    pub(crate) tags: Vec<String>,
    pub(crate) region: String,
    pub(crate) size: String,
    pub(crate) image: Option<String>,
    pub(crate) address: Ipv4Addr,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    /// The script itself, decoded.
    pub(crate) user_data: Option<String>,
    pub(crate) phase: Phase,
    /// Has run at least once. DigitalOcean shows an address from then on.
    pub(crate) activated: bool,
}

/// What is asked for, after a provider's own validation.
#[derive(Debug, Clone)]
pub(crate) struct MachineRequest {
    pub(crate) provider: Provider,
    /// `None` lets the pocket cloud name the machine after its id.
    pub(crate) label: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) region: String,
    pub(crate) size: String,
    pub(crate) image: Option<String>,
    pub(crate) user_data: Option<String>,
    pub(crate) booted: bool,
}

/// A machine as a test sees it, without its user data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineSnapshot {
    pub id: u64,
    pub provider: Provider,
    pub label: String,
    pub tags: Vec<String>,
    pub address: Ipv4Addr,
    pub status: Phase,
}

impl From<&Machine> for MachineSnapshot {
    fn from(machine: &Machine) -> Self {
        Self {
            id: machine.id,
            provider: machine.provider,
            label: machine.label.clone(),
            tags: machine.tags.clone(),
            address: machine.address,
            status: machine.phase,
        }
    }
}
