//! Who a sandbox is on the host: never root.

use std::io;
use std::os::unix::fs::chown;
use std::path::Path;

use nix::unistd::{User, geteuid};

use super::SandboxRefusal;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Identity {
    /// The pocket cloud is an ordinary user and its sandboxes are too.
    Own,
    /// The pocket cloud is root and drops to this service user.
    Service { user: String, uid: u32, gid: u32 },
}

impl Identity {
    pub(super) fn choose(service_user: Option<&str>) -> Result<Self, SandboxRefusal> {
        if !geteuid().is_root() {
            return Ok(Self::Own);
        }
        let name = service_user.ok_or(SandboxRefusal::NoServiceUser)?;
        let user = User::from_name(name)
            .map_err(|error| SandboxRefusal::Host(error.into()))?
            .ok_or_else(|| SandboxRefusal::UnknownUser(name.to_owned()))?;
        if user.uid.is_root() {
            return Err(SandboxRefusal::UnknownUser(name.to_owned()));
        }
        Ok(Self::Service { user: user.name, uid: user.uid.as_raw(), gid: user.gid.as_raw() })
    }

    /// Hands a file to whom the sandbox runs as.
    pub(super) fn give(&self, path: &Path) -> io::Result<()> {
        match self {
            Self::Own => Ok(()),
            Self::Service { uid, gid, .. } => chown(path, Some(*uid), Some(*gid)),
        }
    }

    /// The words before a command that make it run without any privilege.
    pub(super) fn prefix(&self) -> Vec<String> {
        match self {
            Self::Own => vec!["setpriv".into(), "--no-new-privs".into(), "--".into()],
            Self::Service { user, gid, .. } => [
                "setpriv",
                "--reuid",
                user,
                "--regid",
                &gid.to_string(),
                "--init-groups",
                "--no-new-privs",
                "--inh-caps=-all",
                "--bounding-set=-all",
                "--",
            ]
            .map(str::to_owned)
            .to_vec(),
        }
    }
}
