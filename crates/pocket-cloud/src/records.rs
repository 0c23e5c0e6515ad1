//! Records on disk: one file per machine and one for the accounts, each replaced atomically.
//!
//! A file is written beside its target, synced, renamed over it, and the directory is synced, so that a power cut
//! leaves either the old or the new record.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tokio::sync::Mutex;

use crate::inventory::{Account, Inventory};
use crate::machine::Machine;

#[derive(Debug)]
pub(crate) struct Records {
    dir: Option<PathBuf>,
    /// Held while the process lives: a second pocket cloud on the same records is refused.
    _lock: Option<File>,
    /// One write at a time, so that an older state never overwrites a newer one.
    writing: Mutex<()>,
}

impl Records {
    /// Opens the records and reads what they hold.
    ///
    /// # Errors
    /// When the directory can't be made or read, a record is not readable, or another process holds the records.
    pub(crate) fn open(dir: Option<&Path>) -> io::Result<(Self, Inventory)> {
        let Some(dir) = dir else {
            return Ok((Self { dir: None, _lock: None, writing: Mutex::new(()) }, Inventory::default()));
        };
        fs::create_dir_all(dir.join("machines"))?;
        let lock = File::create(dir.join("lock"))?;
        lock.try_lock()
            .map_err(|error| io::Error::other(format!("another pocket cloud uses {} ({error})", dir.display())))?;
        let inventory = read_inventory(dir)?;
        Ok((Self { dir: Some(dir.to_owned()), _lock: Some(lock), writing: Mutex::new(()) }, inventory))
    }

    /// Brings the record of one machine in line with `current`, which is asked once no other write is under way.
    pub(crate) async fn save_machine(&self, id: u64, current: impl FnOnce() -> Option<Machine>) -> io::Result<()> {
        let Some(dir) = &self.dir else { return Ok(()) };
        let _writing = self.writing.lock().await;
        let path = dir.join("machines").join(format!("{id}.json"));
        match current() {
            Some(machine) => replace(path, serde_json::to_vec(&machine)?).await,
            None => remove(path).await,
        }
    }

    /// As [`Records::save_machine`], for the accounts.
    pub(crate) async fn save_account(&self, current: impl FnOnce() -> Account) -> io::Result<()> {
        let Some(dir) = &self.dir else { return Ok(()) };
        let _writing = self.writing.lock().await;
        replace(dir.join("account.json"), serde_json::to_vec(&current())?).await
    }
}

fn read_inventory(dir: &Path) -> io::Result<Inventory> {
    let mut inventory = Inventory::default();
    match fs::read(dir.join("account.json")) {
        Ok(bytes) => inventory.account = serde_json::from_slice(&bytes)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    for entry in fs::read_dir(dir.join("machines"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let machine: Machine = serde_json::from_slice(&fs::read(&path)?)?;
            inventory.account.last_id = inventory.account.last_id.max(machine.id);
            inventory.machines.insert(machine.id, machine);
        } else {
            fs::remove_file(&path)?; // a write that a crash cut short
        }
    }
    Ok(inventory)
}

async fn replace(path: PathBuf, bytes: Vec<u8>) -> io::Result<()> {
    blocking(move || {
        let draft = path.with_extension("draft");
        let mut file = private_file(&draft)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(&draft, &path)?;
        sync_parent(&path)
    })
    .await
}

async fn remove(path: PathBuf) -> io::Result<()> {
    blocking(move || match fs::remove_file(&path) {
        Ok(()) => sync_parent(&path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    })
    .await
}

async fn blocking(work: impl FnOnce() -> io::Result<()> + Send + 'static) -> io::Result<()> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

/// User data holds machine tokens: records are for their owner's eyes only.
fn private_file(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

fn sync_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |parent| File::open(parent)?.sync_all())
}
