//! Lays a bundle's files out on the machine, once.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use crate::account::Account;
use crate::bundle::{LabFile, Place};

/// Written when setup is through. An agent that is restarted finds it and leaves the trainee's work alone.
const MARK: &str = ".set-up";

/// The lab's folder on this machine.
#[derive(Debug, Clone)]
pub(crate) struct LabDir(PathBuf);

impl LabDir {
    /// Opens the first of `candidates` that can be created and written to.
    pub(crate) fn open(candidates: &[PathBuf]) -> io::Result<Self> {
        let mut last = io::Error::new(io::ErrorKind::NotFound, "no folder for the lab is configured");
        for candidate in candidates {
            match writable(candidate) {
                Ok(()) => return Ok(Self(candidate.clone())),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Whether setup was through for this environment before.
    pub(crate) fn is_set_up(&self, environment_id: &str) -> bool {
        fs::read_to_string(self.0.join(MARK)).is_ok_and(|mark| mark == environment_id)
    }

    pub(crate) fn mark_set_up(&self, environment_id: &str) -> io::Result<()> {
        fs::write(self.0.join(MARK), environment_id)
    }

    /// Writes every file to its place: the lab's own as whoever runs the agent, those of the home as the lab user's.
    pub(crate) fn lay_out(&self, files: &[LabFile], account: &Account) -> io::Result<()> {
        for file in files {
            let (root, path, owner) = match &file.place {
                Place::Home(path) => (account.home.as_path(), path, account.needs_drop().then_some(account)),
                Place::Lab(path) => (self.path(), path, None),
            };
            write(root, path, file, owner)
                .map_err(|error| io::Error::new(error.kind(), format!("cannot lay out {}: {error}", path.display())))?;
        }
        Ok(())
    }
}

fn writable(directory: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o755).create(directory)?;
    let probe = directory.join(".probe");
    fs::write(&probe, b"")?;
    fs::remove_file(probe)
}

fn write(root: &Path, path: &Path, file: &LabFile, owner: Option<&Account>) -> io::Result<()> {
    let mut folder = root.to_path_buf();
    for part in path.parent().into_iter().flat_map(Path::components) {
        folder.push(part);
        match DirBuilder::new().mode(0o755).create(&folder) {
            Ok(()) => give(&folder, owner)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    let target = root.join(path);
    let mode = if file.executable { 0o755 } else { 0o644 };
    let mut written = OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&target)?;
    written.write_all(&file.content)?;
    // The mode given at creation passes through the umask and does not touch a file that was there.
    written.set_permissions(Permissions::from_mode(mode))?;
    give(&target, owner)
}

fn give(path: &Path, owner: Option<&Account>) -> io::Result<()> {
    owner.map_or(Ok(()), |account| chown(path, Some(account.uid), Some(account.gid)))
}
