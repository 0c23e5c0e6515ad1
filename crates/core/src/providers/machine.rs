//! A machine as it is asked for and as its provider describes it. What a provider says is stored, logged and shown, so
//! it is believed only within bounds.

use std::net::{IpAddr, Ipv4Addr};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::domain::placement::{Placement, ProviderKind};

/// What to create. The label is deterministic (environment and attempt), so that a create whose answer was lost can be
/// found again; the first tag is the installation's.
#[derive(Clone, Debug)]
pub struct MachineSpec {
    pub label: String,
    pub tags: Vec<String>,
    pub placement: Placement,
    /// The POSIX script of `docs/protocol.md`, as it is; encoding it for the wire is the client's work.
    pub user_data: String,
}

/// A machine as its provider describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    pub provider: ProviderKind,
    /// The provider's own identifier, as text.
    pub id: String,
    pub label: String,
    pub tags: Vec<String>,
    pub region: String,
    /// The public IPv4 address, once the provider has told it.
    pub address: Option<IpAddr>,
    pub status: MachineStatus,
    pub created_at: Option<Timestamp>,
}

impl Machine {
    /// Whether this can be the machine that was asked for, and not a stranger's.
    pub(super) fn answers(&self, spec: &MachineSpec) -> bool {
        self.label == spec.label && spec.tags.first().is_some_and(|tag| self.carries(tag))
    }

    /// Tags differ by more than case: DigitalOcean keeps the case in which a tag was first seen.
    pub(super) fn carries(&self, tag: &str) -> bool {
        self.tags.iter().any(|carried| carried.eq_ignore_ascii_case(tag))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MachineStatus {
    Starting,
    Running,
    /// Powered off; it still costs money.
    Off,
    Deleting,
}

/// What a provider answers when asked for one machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    Exists(Machine),
    /// The provider said that there is no such machine; `evidence` is the request and the answer's status, for the receipt.
    Absent {
        evidence: String,
    },
}

/// A label, region or tag in an answer: short and printable, or the whole answer is unreadable.
#[derive(Default, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Name(String);

impl Name {
    /// The longest label of either provider (DigitalOcean's, a host name); Linode's end at 64.
    const MAX_CHARS: usize = 255;
}

impl TryFrom<String> for Name {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.chars().count() > Self::MAX_CHARS || text.chars().any(char::is_control) {
            return Err("a name that is too long or not printable");
        }
        Ok(Self(text))
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

/// The first of these that may be a machine's public address. Loopback ones count last: only the pocket cloud's
/// machines have those, and whether browsers may be sent there is `MachineUrl`'s to say.
pub(super) fn public_address<'a>(texts: impl IntoIterator<Item = &'a str>) -> Option<IpAddr> {
    let addresses = texts.into_iter().filter_map(|text| text.parse::<Ipv4Addr>().ok());
    let possible = addresses.filter(|address| {
        !(address.is_private()
            || address.is_unspecified()
            || address.is_link_local()
            || address.is_multicast()
            || address.is_broadcast()
            || address.is_documentation())
    });
    possible.min_by_key(Ipv4Addr::is_loopback).map(IpAddr::V4)
}

/// When a machine was made. Linode writes UTC without saying so. A time that can't be is worth none: one in the future
/// would keep a leaked machine young, and safe from the sweep, until then.
pub(super) fn creation_time(text: &str) -> Option<Timestamp> {
    const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(5);
    let zoned = text.parse::<Timestamp>().ok();
    let time = zoned.or_else(|| TimeZone::UTC.to_timestamp(text.parse::<DateTime>().ok()?).ok())?;
    (time > Timestamp::UNIX_EPOCH && time.duration_since(Timestamp::now()) <= CLOCKS_DIFFER).then_some(time)
}
