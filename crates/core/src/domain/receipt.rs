//! The proof of a deletion: what existed, when it was deleted, and how that was verified.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::placement::ProviderKind;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ResourceKind {
    Machine,
}

/// Something that cost money at a provider, from its creation to the proof of its absence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Resource {
    pub kind: ResourceKind,
    pub provider: ProviderKind,
    pub id: String,
    pub label: String,
    pub region: String,
    pub created_at: Timestamp,
    /// `null` where the machine had vanished before anyone asked for its deletion.
    pub delete_requested_at: Option<Timestamp>,
    pub verified_absent_at: Timestamp,
    /// The request whose answer proved the absence, such as `GET /v2/droplets/42 answered 404`.
    pub evidence: String,
}

/// Why an environment ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum EndReason {
    Stopped,
    Expired,
    /// Nobody had worked in it for long.
    Idle,
    Failed,
    Lost,
}

/// A secret that opened the environment, and when it was removed from every record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RemovedKey {
    pub name: String,
    pub removed_at: Timestamp,
}

/// Everything the environment had. A machine's disk and address are part of it and go with it; nothing else (volumes,
/// firewalls, DNS records, provider-side keys) is ever made for an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Receipt {
    pub reason: EndReason,
    pub resources: Vec<Resource>,
    pub keys: Vec<RemovedKey>,
    pub completed_at: Timestamp,
}
