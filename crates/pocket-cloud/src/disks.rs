//! What of a machine survives a power cycle. All that a sandbox writes lies in memory; one small file is on disk, the one
//! that the lab agent counts on when it is started again (`docs/protocol.md`, section 2).

use std::fs::{self, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A folder with one file per machine. Outside of the state folder, since the service user may not be able to enter that
/// one; a note there says where.
#[derive(Debug)]
pub(crate) struct Disks {
    dir: PathBuf,
    /// Without a state folder they end with the pocket cloud.
    _temporary: Option<TempDir>,
}

impl Disks {
    /// Opens those that the predecessor left, or none.
    pub(crate) fn open(state_dir: Option<&Path>) -> io::Result<Self> {
        let Some(note) = state_dir.map(|dir| dir.join("disks-dir")) else {
            let temporary = new_dir()?;
            return Ok(Self { dir: temporary.path().to_owned(), _temporary: Some(temporary) });
        };
        if let Ok(left) = fs::read_to_string(&note).map(PathBuf::from)
            && left.is_dir()
        {
            return Ok(Self { dir: left, _temporary: None });
        }
        let dir = new_dir()?;
        fs::write(note, dir.path().as_os_str().as_encoded_bytes())?;
        Ok(Self { dir: dir.keep(), _temporary: None })
    }

    /// The machine's file, which is empty at first.
    pub(crate) fn of(&self, id: u64) -> io::Result<PathBuf> {
        let file = self.dir.join(id.to_string());
        OpenOptions::new().append(true).create(true).mode(0o600).open(&file)?;
        Ok(file)
    }

    pub(crate) fn remove(&self, id: u64) -> io::Result<()> {
        match fs::remove_file(self.dir.join(id.to_string())) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }
}

fn new_dir() -> io::Result<TempDir> {
    let dir = tempfile::Builder::new().prefix("pocket-cloud-disks-").tempdir()?;
    fs::set_permissions(dir.path(), Permissions::from_mode(0o711))?;
    Ok(dir)
}

impl Drop for Disks {
    /// Nothing stays of a cloud without machines.
    fn drop(&mut self) {
        let _not_empty = fs::remove_dir(&self.dir);
    }
}
