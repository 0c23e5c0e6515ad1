//! What differs between a machine and a test.

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustls::pki_types::CertificateDer;

use crate::account::AccountSource;

/// The control plane gives a machine 6 minutes from its creation to *ready*. Setup ends earlier, so that the trainee
/// reads what `setup.sh` said and not that the machine never came up.
const SETUP_LIMIT: Duration = Duration::from_mins(4);
/// Runs beside the setup, and ends before it: who can't have a certificate needs another machine.
const CERTIFICATE_LIMIT: Duration = Duration::from_mins(3);

/// How an agent works.
#[derive(Debug, Clone)]
pub struct Options {
    /// The address to listen on.
    pub listen: IpAddr,
    /// Whose shell it is.
    pub account: AccountSource,
    /// Where the lab's own files go: the first folder that can be written.
    pub lab_dirs: Vec<PathBuf>,
    /// The command that switches the machine off.
    pub poweroff: Vec<String>,
    /// The command that has the system switch itself off later; `+MINUTES` is added.
    pub shutdown: Vec<String>,
    /// How long `setup.sh` may take.
    pub setup_limit: Duration,
    /// After so many answers that this machine is unknown there will be no bundle, and the machine ends, unless its
    /// lab was set up before.
    pub unknown_limit: u32,
    /// How often the last stage is repeated.
    pub sign_of_life: Duration,
    /// How often at most it is told that the trainee is at work.
    pub activity_every: Duration,
    /// How long a browser may take to say hello.
    pub hello_limit: Duration,
    /// The file that keeps the machine's own token.
    pub token: PathBuf,
    /// Where the machine's certificate comes from and lies.
    pub certificate: CertificateOptions,
}

/// How a certificate is got and kept.
#[derive(Debug, Clone)]
pub struct CertificateOptions {
    /// The folder for key and certificate.
    pub folder: PathBuf,
    /// How long all directories together may take.
    pub limit: Duration,
    /// Who vouches for the directories; without any the public roots that the agent carries.
    pub roots: Vec<CertificateDer<'static>>,
}

impl Options {
    /// The options of a machine whose file lies at `file`.
    #[must_use]
    pub fn for_machine_file(file: &Path) -> Self {
        let folder = file.parent().unwrap_or_else(|| Path::new("/opt/lab-agent"));
        let at_home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".lab-agent"));
        Self {
            listen: Ipv4Addr::UNSPECIFIED.into(),
            account: AccountSource::Machine,
            lab_dirs: std::iter::once(folder.join("lab")).chain(at_home).collect(),
            poweroff: vec!["systemctl".into(), "poweroff".into()],
            shutdown: vec!["shutdown".into(), "-h".into()],
            setup_limit: SETUP_LIMIT,
            // A minute and a half with the pauses between them: long enough for a control plane to find its keys.
            unknown_limit: 12,
            sign_of_life: Duration::from_secs(300),
            activity_every: Duration::from_secs(60),
            hello_limit: Duration::from_secs(10),
            token: folder.join("token"),
            certificate: CertificateOptions {
                folder: folder.join("certificate"),
                limit: CERTIFICATE_LIMIT,
                roots: Vec::new(),
            },
        }
    }
}
