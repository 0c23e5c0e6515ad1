//! Where a machine can be made: a provider and what that provider calls region, size and image.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::manifest::plain_text;

/// The clouds whose machines Brihaspati rents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema, JsonSchema)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Placement {
    /// Who rents the machine out.
    pub provider: ProviderKind,
    /// The provider's name for the region, for example `eu-central` (Linode) or `fra1` (DigitalOcean).
    #[validate(length(min = 1, max = 64), custom(function = "plain_text"))]
    pub region: String,
    /// The provider's name for the size, for example `g6-nanode-1` (Linode) or `s-1vcpu-1gb` (DigitalOcean).
    #[validate(length(min = 1, max = 64), custom(function = "plain_text"))]
    pub size: String,
    /// The provider's name for the image, for example `linode/debian12` (Linode) or `debian-12-x64` (DigitalOcean).
    #[validate(length(min = 1, max = 64), custom(function = "plain_text"))]
    pub image: String,
}
