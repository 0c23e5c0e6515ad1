//! Tar files, compressed with gzip.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;
use tar::{Archive, EntryType};

use super::ARCHIVE;
use super::entries::{Entries, Kind};
use crate::problem::LabProblem;

/// A tar file can only be read from its beginning, so that what is not wanted is unpacked too. Half a second's work.
const MAX_UNPACKED_BYTES: u64 = 32 << 20;

pub(super) fn read(archive: &[u8], entries: &mut Entries) -> Result<(), LabProblem> {
    let unpacked = Bounded { inner: MultiGzDecoder::new(archive), left: MAX_UNPACKED_BYTES };
    let mut unpacked = Archive::new(unpacked);
    let mut last = String::new();
    for entry in unpacked.entries().map_err(|error| broken(&error, &last))? {
        let entry = entry.map_err(|error| broken(&error, &last))?;
        let name = entry.path_bytes().into_owned();
        last = String::from_utf8_lossy(&name).into_owned();
        let header = entry.header();
        let kind = match header.entry_type() {
            EntryType::Regular | EntryType::Continuous => Kind::File,
            EntryType::Directory => Kind::Folder,
            EntryType::Symlink => Kind::SymbolicLink,
            EntryType::Link => Kind::HardLink,
            // Notes about the archive itself.
            EntryType::XGlobalHeader | EntryType::XHeader => continue,
            _ => Kind::Device,
        };
        let executable = header.mode().unwrap_or_default() & 0o100 != 0;
        if let Some(path) = entries.admit(&name, kind, executable)? {
            entries.take(path, executable, entry)?;
        }
    }
    Ok(())
}

fn broken(error: &io::Error, last: &str) -> LabProblem {
    let after = if last.is_empty() { String::new() } else { format!(" after {last}") };
    if error.kind() == io::ErrorKind::FileTooLarge {
        let problem = format!("the archive unpacks to more than {MAX_UNPACKED_BYTES} bytes{after}");
        return LabProblem::error(ARCHIVE, problem).fix("pack the lab's folder alone");
    }
    LabProblem::error(ARCHIVE, format!("the tar.gz file cannot be read{after} ({error})")).fix("pack and send it anew")
}

/// Fails past a number of bytes, where [`Read::take`] would seem to end.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => return Err(io::ErrorKind::FileTooLarge.into()),
        }
        Ok(read)
    }
}
