//! The folder that holds everything that survives a restart, owned by one running system at a time.

use std::fs::{self, File, TryLockError};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::secrets::hex;

pub(crate) struct StateDir {
    path: PathBuf,
    /// Held as long as the system runs; the kernel lets go of it when the process ends, however it ends.
    _lock: File,
}

impl StateDir {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let shown = path.display();
        // The table holds what opens running machines: nobody else may look into this folder.
        fs::create_dir_all(path)
            .and_then(|()| fs::set_permissions(path, fs::Permissions::from_mode(0o700)))
            .with_context(|| format!("the state directory {shown} cannot be made"))?;
        let lock = File::options().create(true).write(true).truncate(false).open(path.join("lock"));
        let lock = lock.with_context(|| format!("the state directory {shown} cannot be written"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => bail!("another Brihaspati runs on {shown}; stop it first"),
            Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("{shown} cannot be locked")),
        }
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Keeps a copy of the agent, so that a build in the meantime does not change what machines download, and gives its
    /// path and SHA-256.
    pub(crate) fn keep_agent(&self, agent: &Path) -> Result<(PathBuf, String)> {
        let copy = self.file("lab-agent");
        let keep = || -> std::io::Result<String> {
            let bytes = fs::read(agent)?;
            fs::write(&copy, &bytes)?;
            fs::set_permissions(&copy, fs::Permissions::from_mode(0o644))?;
            Ok(hex(&Sha256::digest(&bytes)))
        };
        let sha256 =
            keep().with_context(|| format!("the lab agent {} cannot be copied; build it first", agent.display()))?;
        Ok((copy, sha256))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_system_on_the_same_state_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let first = StateDir::open(directory.path()).unwrap();
        let second = StateDir::open(directory.path()).err().unwrap().to_string();
        assert!(second.contains("another Brihaspati"), "{second}");
        drop(first);
        assert!(StateDir::open(directory.path()).is_ok());
    }
}
