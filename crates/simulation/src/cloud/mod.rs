//! The two clouds as they really are, and the doors through which the control plane sees them.

mod account;
mod limits;
mod machine;
mod provider;
mod troubles;

use std::net::{IpAddr, Ipv4Addr};

use brihaspati_core::domain::placement::{Placement, ProviderKind};
use brihaspati_core::providers::MachineSpec;
use jiff::Timestamp;
use serde_json::json;
use ulid::Ulid;

pub(crate) use account::Account;
pub(crate) use machine::{Machine, Power};
pub(crate) use provider::SimulatedProvider;

use crate::dice::Dice;
use crate::weather::Weather;

/// 2030: the deadline of machines that never end themselves.
const FAR_AWAY: i64 = 1_893_456_000;

pub(crate) const KINDS: [ProviderKind; 2] = [ProviderKind::Linode, ProviderKind::DigitalOcean];

/// Both accounts, and the addresses that they hand out.
pub(crate) struct Clouds {
    accounts: [Account; 2],
    /// Addresses that machines gave back, with the time of it.
    free: Vec<(Timestamp, IpAddr)>,
    handed_out: u32,
}

impl Clouds {
    pub(crate) fn new(weather: &mut Weather, dice: &mut Dice) -> Self {
        Self { accounts: KINDS.map(|kind| Account::new(kind, weather, dice)), free: Vec::new(), handed_out: 0 }
    }

    pub(crate) fn account(&mut self, kind: ProviderKind) -> &mut Account {
        match kind {
            ProviderKind::Linode => &mut self.accounts[0],
            ProviderKind::DigitalOcean => &mut self.accounts[1],
        }
    }

    pub(crate) fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.iter()
    }

    /// Every machine that ever was, at both.
    pub(crate) fn machines(&self) -> impl Iterator<Item = &Machine> {
        self.accounts.iter().flat_map(|account| account.machines.iter())
    }

    pub(crate) fn machine(&mut self, kind: ProviderKind, id: &str) -> Option<&mut Machine> {
        self.account(kind).machines.iter_mut().find(|machine| machine.id == id)
    }

    /// A new address, or one that another machine gave back.
    pub(crate) fn address(&mut self, reused: bool) -> IpAddr {
        if reused && let Some((_, address)) = self.free.pop() {
            return address;
        }
        self.handed_out += 1;
        let [_, _, third, fourth] = self.handed_out.to_be_bytes();
        IpAddr::V4(Ipv4Addr::new(45, 33, third, fourth))
    }

    /// A machine of nobody's, with our tag.
    pub(crate) fn stray(&mut self, dice: &mut Dice, now: Timestamp) {
        let kind = KINDS[dice.below(KINDS.len())];
        let number = dice.number();
        let ulid = Ulid::from_parts(number, number.into()).to_string().to_lowercase();
        let label = if dice.chance(0.5) { format!("lab-{ulid}-1") } else { format!("left-behind-{number}") };
        let orders = json!({ "environment_id": format!("env_{ulid}"), "token": "unknown", "deadline": FAR_AWAY });
        let spec = MachineSpec {
            label,
            tags: vec!["brihaspati:simulated".to_owned()],
            placement: Placement {
                provider: kind,
                region: "eu-west".to_owned(),
                size: "small".to_owned(),
                image: "debian".to_owned(),
            },
            user_data: format!("shutdown -h +600\n{orders}\n"),
        };
        // A stray is one more machine that is up, or there is none.
        if let Ok(machine) = self.account(kind).create(&spec, now) {
            machine.power = Power::Running;
        }
    }

    /// The machine does not exist any more.
    pub(crate) fn vanish(&mut self, kind: ProviderKind, id: &str, now: Timestamp) {
        let Some(machine) = self.machine(kind, id).filter(|machine| machine.exists()) else { return };
        machine.gone_at = Some(now);
        if let Some(address) = machine.address {
            self.free.push((now, address));
        }
    }
}
