//! What one trainee may take of one lab.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Limits of this lab. Each only narrows what the class allows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LabLimits {
    /// How often one trainee may start this lab, 1 to 100. Without it: as often as they like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = 100))]
    pub starts: Option<u32>,
    /// After how many minutes without input the machine is deleted, 10 to 480. Without it: what the class says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 10, max = 480))]
    pub idle_minutes: Option<u32>,
    /// The most minutes that may be added to one environment, 0 to 480. Without it: what the class says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(max = 480))]
    pub extra_minutes: Option<u32>,
}
