//! Linode and DigitalOcean as an operator needs them when nothing else answers: what carries the installation's tag, and
//! how to delete it; and what a token may do.

mod digitalocean;
mod linode;
mod tokens;
mod wire;

use std::fmt;

pub(crate) use tokens::{Tokens, tokens};
pub(crate) use wire::{CloudError, Wire};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CloudKind {
    Linode,
    DigitalOcean,
}

impl CloudKind {
    pub(crate) const ALL: [Self; 2] = [Self::Linode, Self::DigitalOcean];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Linode => "Linode",
            Self::DigitalOcean => "DigitalOcean",
        }
    }

    /// In names of checks and in JSON.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Linode => "linode",
            Self::DigitalOcean => "digitalocean",
        }
    }
}

impl fmt::Display for CloudKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

/// A machine that carries the tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Machine {
    pub(crate) id: u64,
    pub(crate) label: String,
}

/// Something else that carries the tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Leftover {
    /// In the provider's words: `volume`, `firewall`.
    pub(crate) kind: String,
    pub(crate) name: String,
}

/// What an account allows, as far as its provider tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MachineLimit {
    Machines(u64),
    NotTold,
}

/// One provider's account.
#[derive(Clone)]
pub(crate) struct Cloud {
    pub(crate) kind: CloudKind,
    wire: Wire,
}

impl Cloud {
    pub(crate) fn new(kind: CloudKind, base_url: Option<&str>, token: String) -> Result<Self, CloudError> {
        let official = match kind {
            CloudKind::Linode => "https://api.linode.com",
            CloudKind::DigitalOcean => "https://api.digitalocean.com",
        };
        Ok(Self { kind, wire: Wire::new(kind, base_url.unwrap_or(official), token)? })
    }

    /// Every machine that carries the tag, to the last page.
    pub(crate) async fn machines(&self, tag: &str) -> Result<Vec<Machine>, CloudError> {
        match self.kind {
            CloudKind::Linode => linode::machines(&self.wire, tag).await,
            CloudKind::DigitalOcean => digitalocean::machines(&self.wire, tag).await,
        }
    }

    /// A machine that is gone already is deleted.
    pub(crate) async fn delete(&self, id: u64) -> Result<(), CloudError> {
        let path = match self.kind {
            CloudKind::Linode => format!("/v4/linode/instances/{id}"),
            CloudKind::DigitalOcean => format!("/v2/droplets/{id}"),
        };
        match self.wire.delete(&path).await {
            Err(CloudError { status: Some(404), .. }) => Ok(()),
            other => other,
        }
    }

    /// Everything else that carries the tag: firewalls, volumes and whatever the provider lists by tag.
    pub(crate) async fn leftovers(&self, tag: &str) -> Result<Vec<Leftover>, CloudError> {
        match self.kind {
            CloudKind::Linode => linode::leftovers(&self.wire, tag).await,
            CloudKind::DigitalOcean => digitalocean::leftovers(&self.wire, tag).await,
        }
    }

    /// What keeps this token from making and deleting machines; empty where nothing does.
    pub(crate) async fn missing_rights(&self) -> Result<Vec<String>, CloudError> {
        match self.kind {
            CloudKind::Linode => linode::missing_rights(&self.wire).await,
            CloudKind::DigitalOcean => digitalocean::missing_rights(&self.wire).await,
        }
    }

    pub(crate) async fn machine_limit(&self) -> Result<MachineLimit, CloudError> {
        match self.kind {
            // Linode's limit is an account's own and stands in no answer of its API.
            CloudKind::Linode => Ok(MachineLimit::NotTold),
            CloudKind::DigitalOcean => digitalocean::machine_limit(&self.wire).await,
        }
    }
}
