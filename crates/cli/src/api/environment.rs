//! Environments as instructors see them.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Environment {
    pub(crate) id: String,
    pub(crate) lab: Lab,
    pub(crate) status: String,
    pub(crate) requested_at: Timestamp,
    #[serde(default)]
    pub(crate) expires_at: Option<Timestamp>,
    #[serde(default)]
    pub(crate) timeline: Vec<TimelineEntry>,
    #[serde(default)]
    pub(crate) placement: Option<Placement>,
    #[serde(default)]
    pub(crate) trace_id: Option<String>,
    #[serde(default)]
    pub(crate) checks: Option<Checks>,
    #[serde(default)]
    pub(crate) failure: Option<Value>,
    #[serde(default)]
    pub(crate) receipt: Option<Receipt>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Lab {
    pub(crate) slug: String,
    pub(crate) title: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Placement {
    pub(crate) provider: String,
    pub(crate) region: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Checks {
    pub(crate) total: u32,
    pub(crate) passed: u32,
    #[serde(default)]
    pub(crate) items: Vec<Check>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Check {
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) passed: Option<bool>,
    #[serde(default)]
    pub(crate) message: Option<String>,
    #[serde(default)]
    pub(crate) checked_at: Option<Timestamp>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct TimelineEntry {
    pub(crate) stage: String,
    pub(crate) at: Timestamp,
    #[serde(default)]
    pub(crate) detail: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Receipt {
    #[serde(default)]
    pub(crate) reason: Option<String>,
    #[serde(default)]
    pub(crate) resources: Vec<ReceiptResource>,
    #[serde(default)]
    pub(crate) completed_at: Option<Timestamp>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ReceiptResource {
    pub(crate) provider: String,
    pub(crate) label: String,
    pub(crate) verified_absent_at: Timestamp,
    pub(crate) evidence: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct MemberName {
    pub(crate) display_name: String,
}

/// A row of the class's list.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ClassEnvironment {
    #[serde(default)]
    pub(crate) member: Option<MemberName>,
    pub(crate) environment: Environment,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct EnvironmentDetail {
    #[serde(default)]
    pub(crate) member: Option<MemberName>,
    pub(crate) environment: Environment,
    #[serde(default)]
    pub(crate) machine_labels: Vec<String>,
    /// Of the machine it has now.
    #[serde(default)]
    pub(crate) machine_label: Option<String>,
    #[serde(default)]
    pub(crate) cost_micro_usd: Option<i64>,
    #[serde(default)]
    pub(crate) extensions: Vec<Extension>,
    #[serde(default)]
    pub(crate) help: Vec<Value>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Extension {
    pub(crate) minutes: i64,
    #[serde(default)]
    pub(crate) by: Value,
    pub(crate) at: Timestamp,
}
