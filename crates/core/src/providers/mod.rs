//! The clouds behind one interface. A client speaks its provider's documented HTTP API, bounds what it reads, and
//! turns every answer into a value or one of few error kinds; callers decide by kind, never by text.

mod allowance;
mod answer;
mod digitalocean;
mod linode;
mod listing;
mod machine;
mod price;
mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;

use crate::config::{Settings, SettingsError};
use crate::domain::placement::ProviderKind;
use crate::domain::price::SizePrices;

pub use crate::domain::provider_error::ProviderError;
pub use allowance::{Allowance, Call};
pub use digitalocean::DigitalOcean;
pub use linode::Linode;
pub use machine::{Lookup, Machine, MachineSpec, MachineStatus};

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

    /// Tags that begin with `prefix`, that nothing carries, and that nothing carried when this was asked before. A provider
    /// that forgets such tags by itself has none: Linode cleans them up
    /// (<https://techdocs.akamai.com/linode-api/reference/delete-tag>).
    async fn unused_tags(&self, _prefix: &str) -> Result<Vec<String>, ProviderError> {
        Ok(Vec::new())
    }

    /// Takes a tag away from the account. One that is gone already is a success.
    async fn delete_tag(&self, _tag: &str) -> Result<(), ProviderError> {
        Ok(())
    }

    /// What an hour of every size costs, over all pages. A size that has no usable price is left out.
    async fn prices(&self) -> Result<SizePrices, ProviderError>;

    /// What the newest answer left of the limit that such a call counts against: a second opinion on one's own counting,
    /// since others may use the same account. Nothing while nobody asked, or once the limit has been reset.
    fn allowance(&self, _call: Call) -> Option<Allowance> {
        None
    }
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
