//! The clouds behind one interface. A client speaks its provider's documented HTTP API, bounds what it reads, and
//! turns every answer into a value or one of few error kinds; callers decide by kind, never by text.

mod digitalocean;
mod linode;
mod wire;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::config::{Settings, SettingsError};
use crate::domain::placement::{Placement, ProviderKind};

pub use crate::domain::provider_error::ProviderError;
pub use digitalocean::DigitalOcean;
pub use linode::Linode;

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

/// One cloud account. Implementations never retry: who calls knows what a retry may cost.
#[async_trait]
pub trait Provider: Send + Sync {
    fn kind(&self) -> ProviderKind;

    /// Asks for a machine. After `TimedOut`, `Unavailable` or `Garbage` it may exist all the same: look its label up.
    async fn create(&self, spec: &MachineSpec) -> Result<Machine, ProviderError>;

    /// Every machine that carries exactly this label. DigitalOcean allows several; both lists may be some seconds old.
    async fn find(&self, label: &str) -> Result<Vec<Machine>, ProviderError>;

    async fn get(&self, id: &str) -> Result<Lookup, ProviderError>;

    /// Asks for the deletion. A machine that is gone already is a success; a success does not mean that it is gone.
    async fn delete(&self, id: &str) -> Result<(), ProviderError>;

    /// Every machine that carries `tag`, over all pages.
    async fn list(&self, tag: &str) -> Result<Vec<Machine>, ProviderError>;
}

/// The providers this installation has tokens for.
#[derive(Clone)]
pub struct Providers(BTreeMap<ProviderKind, Arc<dyn Provider>>);

impl Providers {
    /// Reads `LINODE_TOKEN`, `LINODE_API_URL`, `DIGITALOCEAN_TOKEN` and `DIGITALOCEAN_API_URL`. A provider without a
    /// token is left out; one is the least.
    pub fn from_settings(settings: &Settings) -> Result<Self, SettingsError> {
        let mut providers: Vec<Arc<dyn Provider>> = Vec::new();
        if let Some(token) = settings.secret("LINODE_TOKEN") {
            let url = settings.url_or("LINODE_API_URL", "https://api.linode.com")?;
            providers.push(Arc::new(Linode::new(&url, token)?));
        }
        if let Some(token) = settings.secret("DIGITALOCEAN_TOKEN") {
            let url = settings.url_or("DIGITALOCEAN_API_URL", "https://api.digitalocean.com")?;
            providers.push(Arc::new(DigitalOcean::new(&url, token)?));
        }
        if providers.is_empty() {
            return Err(SettingsError::new("LINODE_TOKEN", "is missing, and DIGITALOCEAN_TOKEN too; set at least one"));
        }
        Ok(Self::new(providers))
    }

    pub fn new(providers: impl IntoIterator<Item = Arc<dyn Provider>>) -> Self {
        Self(providers.into_iter().map(|provider| (provider.kind(), provider)).collect())
    }

    pub fn get(&self, kind: ProviderKind) -> Option<&Arc<dyn Provider>> {
        self.0.get(&kind)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn Provider>> {
        self.0.values()
    }
}
