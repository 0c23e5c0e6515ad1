//! A machine as it really is.

use std::net::IpAddr;

use brihaspati_core::domain::placement::ProviderKind;
use brihaspati_core::providers::{Machine as Shown, MachineSpec, MachineStatus};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Power {
    Starting,
    Running,
    Off,
}

#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub(crate) provider: ProviderKind,
    pub(crate) id: String,
    pub(crate) label: String,
    tags: Vec<String>,
    region: String,
    pub(crate) created_at: Timestamp,
    /// When look-ups and lists begin to show it.
    pub(crate) listed_at: Timestamp,
    pub(crate) address: Option<IpAddr>,
    /// When the provider begins to tell the address.
    pub(crate) address_at: Timestamp,
    pub(crate) power: Power,
    pub(crate) booted_at: Option<Timestamp>,
    /// A deletion is under way.
    pub(crate) deleting: bool,
    pub(crate) gone_at: Option<Timestamp>,
    /// Somebody else deleted it, behind the control plane's back.
    pub(crate) destroyed: bool,
    /// Its create arrived no later than core counts on.
    pub(crate) in_time: bool,
    pub(crate) orders: Orders,
}

/// What the user data tells the machine.
#[derive(Clone, Debug)]
pub(crate) struct Orders {
    pub(crate) environment: String,
    pub(crate) token: String,
    /// When its agent switches it off.
    pub(crate) deadline: Timestamp,
    /// From the boot until it switches itself off, whatever its agent does.
    pub(crate) shutdown: SignedDuration,
}

impl Orders {
    /// Reads the script; `None` where it is not one that a machine could follow.
    fn read(script: &str) -> Option<Self> {
        let shutdown = script.lines().find_map(|line| line.strip_prefix("shutdown -h +"))?;
        let json = script.lines().find(|line| line.starts_with('{'))?;
        let machine: Value = serde_json::from_str(json).ok()?;
        Some(Self {
            environment: machine["environment_id"].as_str()?.to_owned(),
            token: machine["token"].as_str()?.to_owned(),
            deadline: Timestamp::from_second(machine["deadline"].as_i64()?).ok()?,
            shutdown: SignedDuration::from_mins(shutdown.trim().parse().ok()?),
        })
    }
}

impl Machine {
    pub(crate) fn new(provider: ProviderKind, id: String, spec: &MachineSpec, now: Timestamp) -> Option<Self> {
        Some(Self {
            provider,
            id,
            label: spec.label.clone(),
            tags: spec.tags.clone(),
            region: spec.placement.region.clone(),
            created_at: now,
            listed_at: now,
            address: None,
            address_at: now,
            power: Power::Starting,
            booted_at: None,
            deleting: false,
            gone_at: None,
            destroyed: false,
            in_time: true,
            orders: Orders::read(&spec.user_data)?,
        })
    }

    pub(crate) fn exists(&self) -> bool {
        self.gone_at.is_none()
    }

    pub(crate) fn carries(&self, tag: &str) -> bool {
        self.tags.iter().any(|carried| carried == tag)
    }

    /// The number at the end of the label.
    pub(crate) fn attempt(&self) -> u32 {
        self.label.rsplit_once('-').and_then(|(_, number)| number.parse().ok()).unwrap_or_default()
    }

    /// When the environment's time is over: the control plane gives the machine a minute more to end itself.
    pub(crate) fn time_is_over_at(&self) -> Timestamp {
        self.orders.deadline - SignedDuration::from_mins(1)
    }

    /// Whether a list as of `time` shows it.
    pub(crate) fn is_listed_at(&self, time: Timestamp) -> bool {
        self.listed_at <= time && self.gone_at.is_none_or(|gone| time < gone)
    }

    /// As the provider describes it at `now`.
    pub(crate) fn shown(&self, now: Timestamp) -> Shown {
        let status = match self.power {
            _ if self.deleting => MachineStatus::Deleting,
            Power::Starting => MachineStatus::Starting,
            Power::Running => MachineStatus::Running,
            Power::Off => MachineStatus::Off,
        };
        // DigitalOcean has no such status: a droplet that is being deleted looks as before.
        let status = match (self.provider, status) {
            (ProviderKind::DigitalOcean, MachineStatus::Deleting) => MachineStatus::Running,
            (_, status) => status,
        };
        // Both providers tell whole seconds.
        let created_at = Timestamp::from_second(self.created_at.as_second()).ok();
        Shown {
            provider: self.provider,
            id: self.id.clone(),
            label: self.label.clone(),
            tags: self.tags.clone(),
            region: self.region.clone(),
            address: self.address.filter(|_| now >= self.address_at),
            status,
            created_at,
        }
    }
}
