//! Zip files.

use std::collections::BTreeSet;
use std::io::Cursor;

use zip::ZipArchive;
use zip::read::ZipReadOptions;
use zip::result::ZipError;

use super::ARCHIVE;
use super::entries::{Entries, Kind};
use crate::problem::LabProblem;

const FILE_TYPE: u32 = 0o170_000;

pub(super) fn read(archive: &[u8], entries: &mut Entries) -> Result<(), LabProblem> {
    let broken = |error: ZipError| {
        LabProblem::error(ARCHIVE, format!("the zip file cannot be read ({error})")).fix("pack and send it anew")
    };
    let mut zip = ZipArchive::new(Cursor::new(archive)).map_err(broken)?;
    if zip.has_duplicate_names() {
        let directory = usize::try_from(zip.central_directory_start()).ok().and_then(|start| archive.get(start..));
        let name = directory.and_then(repeated_name).unwrap_or_else(|| ARCHIVE.to_owned());
        return Err(LabProblem::error(name, "the entry is in the archive twice").fix("pack the lab's folder anew"));
    }
    for index in 0..zip.len() {
        let listed = zip.by_index_data(index).map_err(broken)?;
        let mode = listed.unix_mode().unwrap_or_default();
        let kind = match mode & FILE_TYPE {
            0o120_000 => Kind::SymbolicLink,
            0o040_000 => Kind::Folder,
            0 | 0o100_000 if listed.is_dir() => Kind::Folder,
            0 | 0o100_000 => Kind::File,
            _ => Kind::Device,
        };
        let (executable, encrypted) = (mode & 0o100 != 0, listed.encrypted());
        let Some(path) = entries.admit(listed.name_raw(), kind, executable)? else { continue };
        if encrypted {
            return Err(LabProblem::error(path, "the entry is encrypted").fix("pack the lab without a password"));
        }
        // The directory and what stands before the content must agree, or two readers of one archive see two labs.
        let options = ZipReadOptions::new().enforce_header_consistency(true);
        let content = zip.by_index_with_options(index, options).map_err(|error| match error {
            ZipError::CompressionMethodNotSupported(_) => {
                LabProblem::error(&path, "the entry is compressed in an unusual way").fix("pack it with zip -r")
            }
            error => LabProblem::error(&path, format!("the entry cannot be unpacked ({error})")).fix("pack it anew"),
        })?;
        entries.take(path, executable, content)?;
    }
    Ok(())
}

/// The first name that a central directory lists twice: the index of [`ZipArchive`] keeps only the last of the two.
/// Its records are 46 bytes and three texts, whose lengths stand from byte 28 on (APPNOTE.TXT 4.3.12).
fn repeated_name(mut directory: &[u8]) -> Option<String> {
    let mut seen = BTreeSet::new();
    while directory.starts_with(b"PK\x01\x02") {
        let length = |at: usize| Some(usize::from(u16::from_le_bytes(directory.get(at..at + 2)?.try_into().ok()?)));
        let (name, extra, comment) = (length(28)?, length(30)?, length(32)?);
        let text = directory.get(46..46 + name)?;
        if !seen.insert(text) {
            return Some(String::from_utf8_lossy(text).into_owned());
        }
        directory = directory.get(46 + name + extra + comment..)?;
    }
    None
}
