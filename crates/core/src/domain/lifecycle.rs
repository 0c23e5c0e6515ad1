//! The phases of an environment, each with what exists only then.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::placement::{Placement, ProviderKind};
use super::receipt::{EndReason, Receipt};

/// While it runs, only the worker that wrote the intent may create.
pub const CREATE_LEASE: SignedDuration = SignedDuration::from_secs(60);
/// What must be left of the lease when the provider is called: the call (20 s) and writing its answer (10 s).
pub const CREATE_NEEDS: SignedDuration = SignedDuration::from_secs(30);
/// How long a machine whose create got no clear answer may stay invisible to a look-up.
pub const SETTLE: SignedDuration = SignedDuration::from_secs(15);
/// From the provider's answer to the agent's `ready`.
pub const BOOT_LIMIT: SignedDuration = SignedDuration::from_mins(6);
/// From Play to giving up.
pub const START_LIMIT: SignedDuration = SignedDuration::from_mins(30);
/// How late a slot in a provider's line may still be used.
pub const SLOT_HOLDS: SignedDuration = SignedDuration::from_secs(10);
/// How long a provider may leave it open whether a machine exists, until people are told that it failed.
pub const UNANSWERED_LIMIT: SignedDuration = SignedDuration::from_mins(5);

/// A reserved time for a create, and which placement it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    pub placement_index: usize,
    pub at: Timestamp,
    pub reserved_at: Timestamp,
    /// About how many creates went before it when it was reserved.
    pub ahead: u32,
}

impl Slot {
    /// Too late: the time belongs to somebody else by now.
    pub fn is_over(&self, now: Timestamp) -> bool {
        now > self.at + SLOT_HOLDS
    }

    /// About how many creates still go before it.
    pub fn ahead(&self, now: Timestamp) -> u32 {
        let all = self.at.duration_since(self.reserved_at).as_secs_f64();
        let left = self.at.duration_since(now).as_secs_f64().clamp(0.0, all.max(0.0));
        if all > 0.0 { (f64::from(self.ahead) * left / all).ceil() as u32 } else { 0 }
    }
}

/// One try to get a machine at one placement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// From 1, over all placements.
    pub number: u32,
    /// Index into the environment's placements.
    pub placement_index: usize,
    pub placement: Placement,
    pub started_at: Timestamp,
    /// The machine said that it serves.
    #[serde(default)]
    pub agent_ready: bool,
    /// The machine said that it cannot serve, before its create was answered.
    #[serde(default)]
    pub agent_failed: Option<String>,
    /// The machine said that it cannot have a certificate, before its create was answered.
    #[serde(default)]
    pub no_certificate: bool,
}

/// A machine we know by its provider's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineRecord {
    pub provider: ProviderKind,
    pub id: String,
    pub label: String,
    pub region: String,
    pub created_at: Timestamp,
    pub address: Option<IpAddr>,
}

/// Why an environment could not be had, in words for its trainee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Failure {
    pub code: String,
    pub message: String,
}

/// What follows when a machine is proven gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "then", rename_all = "kebab-case")]
pub enum AfterDelete {
    End { reason: EndReason },
    TryAgain,
    Fail { failure: Failure, reason: EndReason },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "kebab-case")]
pub enum Phase {
    /// No machine, none under way. Waits for a slot, and takes none before `not_before`.
    Requested {
        slot: Option<Slot>,
        not_before: Timestamp,
    },
    /// A machine under the attempt's label may exist.
    Creating {
        attempt: Attempt,
        lease_until: Timestamp,
        /// Set by the first sign that nobody knows what became of the create: until then it may still show.
        settles_at: Option<Timestamp>,
        /// Set when the provider's answer was not a clear yes or no.
        in_doubt: bool,
    },
    Booting {
        attempt: Attempt,
        machine: MachineRecord,
        ready_by: Timestamp,
    },
    Ready {
        attempt: Attempt,
        machine: MachineRecord,
        address: IpAddr,
        since: Timestamp,
    },
    Deleting {
        machine: MachineRecord,
        since: Timestamp,
        /// When the provider first took the request.
        accepted_at: Option<Timestamp>,
        /// When it was asked last.
        asked_at: Option<Timestamp>,
        /// Looks so far that did not prove the absence.
        tries: u32,
        retry_at: Timestamp,
        after: AfterDelete,
    },
    Gone {
        receipt: Receipt,
    },
    Failed {
        failure: Failure,
        receipt: Receipt,
    },
}

/// A phase's name alone, as it is shown and announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Requested,
    Creating,
    Booting,
    Ready,
    Deleting,
    Gone,
    Failed,
}

impl Phase {
    pub fn status(&self) -> Status {
        match self {
            Self::Requested { .. } => Status::Requested,
            Self::Creating { .. } => Status::Creating,
            Self::Booting { .. } => Status::Booting,
            Self::Ready { .. } => Status::Ready,
            // A machine that is being replaced is still a start for its trainee.
            Self::Deleting { after: AfterDelete::TryAgain, .. } => Status::Creating,
            Self::Deleting { .. } => Status::Deleting,
            Self::Gone { .. } => Status::Gone,
            Self::Failed { .. } => Status::Failed,
        }
    }

    pub fn is_end(&self) -> bool {
        matches!(self, Self::Gone { .. } | Self::Failed { .. })
    }

    /// The proof, once there is one.
    pub fn receipt(&self) -> Option<&Receipt> {
        match self {
            Self::Gone { receipt } | Self::Failed { receipt, .. } => Some(receipt),
            Self::Requested { .. }
            | Self::Creating { .. }
            | Self::Booting { .. }
            | Self::Ready { .. }
            | Self::Deleting { .. } => None,
        }
    }

    pub fn attempt(&self) -> Option<&Attempt> {
        match self {
            Self::Creating { attempt, .. } | Self::Booting { attempt, .. } | Self::Ready { attempt, .. } => {
                Some(attempt)
            }
            Self::Requested { .. } | Self::Deleting { .. } | Self::Gone { .. } | Self::Failed { .. } => None,
        }
    }

    pub fn machine(&self) -> Option<&MachineRecord> {
        match self {
            Self::Booting { machine, .. } | Self::Ready { machine, .. } | Self::Deleting { machine, .. } => {
                Some(machine)
            }
            Self::Requested { .. } | Self::Creating { .. } | Self::Gone { .. } | Self::Failed { .. } => None,
        }
    }
}
