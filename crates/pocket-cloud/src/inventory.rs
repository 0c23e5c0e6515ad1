//! Everything that exists at both providers, in memory. Locked for moments only, never across an await.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::net::Ipv4Addr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::firewalls::Firewall;
use crate::machine::{Machine, Phase, Provider};

#[derive(Debug, Default)]
pub(crate) struct Inventory {
    pub(crate) machines: BTreeMap<u64, Machine>,
    pub(crate) account: Account,
}

/// What belongs to the accounts rather than to one machine.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) last_id: u64,
    pub(crate) address_cursor: u16,
    /// DigitalOcean's tags; they exist apart from what carries them.
    pub(crate) tags: BTreeSet<String>,
    pub(crate) firewalls: BTreeMap<u64, Firewall>,
}

impl Default for Account {
    fn default() -> Self {
        Self { last_id: 71_000_000, address_cursor: 0, tags: BTreeSet::new(), firewalls: BTreeMap::new() }
    }
}

impl Account {
    /// An id that was never given out before, across both providers and restarts.
    pub(crate) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }
}

impl Inventory {
    pub(crate) fn of(&self, provider: Provider) -> impl Iterator<Item = &Machine> {
        self.machines.values().filter(move |machine| machine.provider == provider)
    }

    pub(crate) fn find(&self, provider: Provider, id: u64) -> Option<&Machine> {
        self.machines.get(&id).filter(|machine| machine.provider == provider)
    }

    pub(crate) fn addresses(&self) -> HashSet<Ipv4Addr> {
        self.machines.values().map(|machine| machine.address).collect()
    }

    /// Moves a machine on. A machine that is being deleted stays so; the answer says whether the phase was taken.
    pub(crate) fn advance(&mut self, id: u64, phase: Phase) -> bool {
        let Some(machine) = self.machines.get_mut(&id).filter(|machine| machine.phase != Phase::Deleting) else {
            return false;
        };
        machine.phase = phase;
        machine.activated |= phase == Phase::Running;
        machine.updated_at = Timestamp::now();
        true
    }
}
