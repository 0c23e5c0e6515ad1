//! What a pocket cloud is started with.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use crate::meter::Quota;

/// The number of ports after the agent's own that lead to web tabs (`docs/protocol.md`, section 4).
pub(crate) const TAB_PORTS: u16 = 8;

/// How one pocket cloud behaves. [`Options::new`] gives the defaults; fields are public to be changed.
#[derive(Debug, Clone)]
pub struct Options {
    /// The token Linode's API accepts.
    pub linode_token: String,
    /// The token DigitalOcean's API accepts.
    pub digitalocean_token: String,
    /// Where records are kept so that machines survive a restart; `None` keeps them in memory only.
    pub state_dir: Option<PathBuf>,
    pub isolation: Isolation,
    /// From the create answer to a running machine.
    pub boot_delay: Duration,
    /// How long a machine is still seen after its deletion was accepted.
    pub delete_delay: Duration,
    /// The port the lab agent serves on; the next eight lead to its web tabs.
    pub agent_port: u16,
    /// The loopback addresses a sandbox may call: the control plane's, and nothing else.
    pub egress: Vec<SocketAddr>,
    pub limits: Limits,
    /// The /16 of loopback addresses that machines receive theirs from.
    pub address_pool: Ipv4Addr,
}

/// What a machine is made of.
#[derive(Debug, Clone)]
pub enum Isolation {
    /// A bubblewrap sandbox that runs the user data.
    Sandboxed {
        /// The service user that sandboxes run as when the pocket cloud runs as root; otherwise not looked at.
        user: Option<String>,
        /// The `pocket-guest` binary; `None` means the one beside the current executable.
        guest: Option<PathBuf>,
    },
    /// Nothing runs; the machine makes the two calls of the protocol's section 2 and is silent from then on.
    CallHome,
    /// Nothing runs and nothing calls.
    None,
}

/// The rate limits, which both providers document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Everything but creates and lists (Linode: 1,600 a minute).
    pub linode_requests: Quota,
    /// Paginated lists (Linode: 200 a minute).
    pub linode_lists: Quota,
    /// Creates of a machine (Linode: 20 per 15 s).
    pub linode_creates: Quota,
    /// All requests (DigitalOcean: 250 a minute).
    pub digitalocean_burst: Quota,
    /// All requests (DigitalOcean: 5,000 an hour).
    pub digitalocean_hourly: Quota,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            linode_requests: Quota::new(1600, Duration::from_secs(60)),
            linode_lists: Quota::new(200, Duration::from_secs(60)),
            linode_creates: Quota::new(20, Duration::from_secs(15)),
            digitalocean_burst: Quota::new(250, Duration::from_secs(60)),
            digitalocean_hourly: Quota::new(5000, Duration::from_secs(3600)),
        }
    }
}

impl Limits {
    /// The documented numbers in windows `factor` times shorter, so that a test sees a limit pass.
    #[must_use]
    pub fn faster(self, factor: u32) -> Self {
        let shorten = |quota: Quota| Quota::new(quota.requests, quota.window / factor.max(1));
        Self {
            linode_requests: shorten(self.linode_requests),
            linode_lists: shorten(self.linode_lists),
            linode_creates: shorten(self.linode_creates),
            digitalocean_burst: shorten(self.digitalocean_burst),
            digitalocean_hourly: shorten(self.digitalocean_hourly),
        }
    }
}

impl Options {
    /// Documented limits, no delays, machines that do nothing, records in memory.
    pub fn new(linode_token: impl Into<String>, digitalocean_token: impl Into<String>) -> Self {
        Self {
            linode_token: linode_token.into(),
            digitalocean_token: digitalocean_token.into(),
            state_dir: None,
            isolation: Isolation::None,
            boot_delay: Duration::ZERO,
            delete_delay: Duration::ZERO,
            agent_port: 7080,
            egress: Vec::new(),
            limits: Limits::default(),
            address_pool: Ipv4Addr::new(127, 64, 0, 0),
        }
    }

    /// Every port of a machine that the outside can reach.
    pub(crate) fn machine_ports(&self) -> impl Iterator<Item = u16> + use<> {
        self.agent_port..=self.agent_port.saturating_add(TAB_PORTS)
    }
}
