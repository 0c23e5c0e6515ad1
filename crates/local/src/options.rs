//! What a local system is started with.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pocket_cloud::{Isolation, Limits};

/// How one local system behaves. [`LocalOptions::new`] gives what tests want; fields are public to be changed.
#[derive(Clone, Debug)]
pub struct LocalOptions {
    /// The project's folder: `template.yaml`, `netlify.toml` and `labs/` are read from it.
    pub root: PathBuf,
    /// Where the table, the secrets and the pocket cloud's records are kept. One system at a time.
    pub state_dir: PathBuf,
    /// The front's port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The pocket cloud's port on 127.0.0.1; 0 takes a free one.
    pub pocket_port: u16,
    /// What the pocket cloud's machines are.
    pub isolation: Isolation,
    /// From the create answer to a running machine.
    pub boot_delay: Duration,
    /// How long a machine is still seen after its deletion was accepted.
    pub delete_delay: Duration,
    /// The providers' rate limits.
    pub limits: Limits,
    /// Parameters of the template in place of the local system's own values or the template's defaults. One that the
    /// template does not declare is refused.
    pub parameters: BTreeMap<String, String>,
    /// Create the demo class with its labs and members, if it is not there yet.
    pub seed: bool,
    /// The built portal (`frontend/dist`); without it only the API is served.
    pub portal: Option<PathBuf>,
    /// The lab agent's binary, which machines download.
    pub agent: Option<PathBuf>,
    /// Which events of the functions are logged (`LOG_LEVEL` of the template).
    pub log_level: String,
}

impl LocalOptions {
    /// Free ports, machines that only call home, no delays, the documented rate limits, no demo, no portal.
    pub fn new(root: &Path, state_dir: &Path) -> Self {
        Self {
            root: root.to_owned(),
            state_dir: state_dir.to_owned(),
            port: 0,
            pocket_port: 0,
            isolation: Isolation::CallHome,
            boot_delay: Duration::ZERO,
            delete_delay: Duration::ZERO,
            limits: Limits::default(),
            parameters: BTreeMap::new(),
            seed: false,
            portal: None,
            agent: None,
            log_level: "info".to_owned(),
        }
    }
}
