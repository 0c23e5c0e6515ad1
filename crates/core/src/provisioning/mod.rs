//! Doing what [`decide`](crate::domain::decision::decide) says: one step at a time, each written down before and after.

mod attempt;
mod deletion;
mod executor;
mod line;
mod prices;
mod reap;
mod sweep;
mod tags;
mod user_data;

use std::sync::Arc;

use crate::clock::{Clock, SystemClock};
use crate::config::{Settings, SettingsError};
use crate::domain::traffic::Limits;
use crate::events::Events;
use crate::providers::Providers;
use crate::store::Store;
use crate::wakeups::Wakeups;

pub use executor::{Advanced, Patience, Progress};
pub use reap::ReapStatus;
pub use sweep::SweepReport;
pub use user_data::AgentSource;

/// What it takes to bring environments forward. The only holder of provider tokens.
pub struct Provisioner {
    pub store: Store,
    pub providers: Providers,
    pub events: Events,
    pub wakeups: Wakeups,
    pub agent: AgentSource,
    pub installation: Installation,
    pub limits: Limits,
    pub clock: Arc<dyn Clock>,
}

impl Provisioner {
    pub fn from_settings(settings: &Settings) -> Result<Self, SettingsError> {
        Ok(Self {
            store: Store::from_settings(settings)?,
            providers: Providers::from_settings(settings)?,
            events: Events::from_settings(settings)?,
            wakeups: Wakeups::from_settings(settings)?,
            agent: AgentSource::from_settings(settings)?,
            installation: Installation::from_settings(settings)?,
            limits: settings.limits()?,
            clock: Arc::new(SystemClock),
        })
    }
}

/// The installation's name: what tells our machines from everybody else's in the same cloud account.
#[derive(Clone, Debug)]
pub struct Installation(String);

impl Installation {
    /// Reads `INSTALLATION`.
    pub fn from_settings(settings: &Settings) -> Result<Self, SettingsError> {
        let name = settings.require("INSTALLATION")?;
        let valid = (3..=20).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if valid {
            Ok(Self(name.to_owned()))
        } else {
            Err(SettingsError::new("INSTALLATION", "is not 3 to 20 lower-case letters, digits and hyphens"))
        }
    }

    /// The tag of every machine of this installation. Both providers take letters, digits, `:` and `-`.
    pub fn tag(&self) -> String {
        format!("brihaspati:{}", self.0)
    }
}
