//! Firewalls of both providers. They are kept and shown; loopback traffic is not filtered by them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::machine::{Machine, Provider};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Firewall {
    pub(crate) id: u64,
    pub(crate) provider: Provider,
    pub(crate) name: String,
    pub(crate) created_at: Timestamp,
    pub(crate) tags: Vec<String>,
    pub(crate) machines: Vec<u64>,
    /// As the owner wrote them: Linode's `rules` object, or DigitalOcean's inbound and outbound lists.
    pub(crate) rules: Value,
}

impl Firewall {
    /// Attached directly, or at DigitalOcean by a tag they share.
    pub(crate) fn covers(&self, machine: &Machine) -> bool {
        self.provider == machine.provider
            && (self.machines.contains(&machine.id)
                || (self.provider == Provider::DigitalOcean && self.tags.iter().any(|tag| machine.tags.contains(tag))))
    }
}
