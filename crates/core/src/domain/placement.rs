//! Where a machine can be made: a provider and what that provider calls region, size and image.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// The clouds whose machines Brihaspati rents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ProviderKind {
    Linode,
    DigitalOcean,
}

impl ProviderKind {
    pub const ALL: [Self; 2] = [Self::Linode, Self::DigitalOcean];

    /// The name in configuration, in `lab.yaml` and in logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Linode => "linode",
            Self::DigitalOcean => "digitalocean",
        }
    }

    /// The name people read.
    pub fn title(self) -> &'static str {
        match self {
            Self::Linode => "Linode",
            Self::DigitalOcean => "DigitalOcean",
        }
    }
}

impl std::fmt::Display for ProviderKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One choice of a lab: which provider, and the provider's own names for region, size and image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Placement {
    pub provider: ProviderKind,
    #[validate(length(min = 1, max = 64))]
    pub region: String,
    #[validate(length(min = 1, max = 64))]
    pub size: String,
    #[validate(length(min = 1, max = 64))]
    pub image: String,
}
