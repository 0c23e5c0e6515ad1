//! The certificate on disk: an agent that is restarted must not order anew, since directories count.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;

use crate::secret::Secret;

const NAME: &str = "certificate.pem";
/// A key and a chain are a few kilobytes.
const MOST_BYTES: u64 = 256 * 1024;

/// A folder that only whoever runs the agent can look into.
#[derive(Debug, Clone)]
pub(super) struct Vault(PathBuf);

impl Vault {
    pub(super) fn at(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Key and chain as they were stored; none where there are none.
    pub(super) fn load(&self) -> Option<Secret> {
        let file = self.0.join(NAME);
        let length = fs::metadata(&file).ok()?.len();
        if length > MOST_BYTES {
            return None;
        }
        fs::read_to_string(&file).ok().map(Secret::new)
    }

    /// Puts key and chain in the place of what was there: whole, or not at all.
    pub(super) fn store(&self, pem: &Secret) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.0)?;
        let new = self.0.join("new.pem");
        // Left by an agent that was ended while it wrote; what is there keeps its mode.
        if let Err(error) = fs::remove_file(&new)
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(error);
        }
        let mut written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
        written.write_all(pem.expose().as_bytes())?;
        written.sync_all()?;
        fs::rename(&new, self.0.join(NAME))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn what_is_stored_is_for_the_agent_alone() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::at(folder.path().join("certificate"));
        assert!(vault.load().is_none());
        for text in ["first", "second"] {
            vault.store(&Secret::new(text)).unwrap();
            assert_eq!(vault.load().unwrap().expose(), text);
        }
        let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(vault.0.clone()), mode(vault.0.join(NAME))), (0o700, 0o600));
        assert_eq!(fs::read_dir(&vault.0).unwrap().count(), 1);
    }
}
