//! A lab in a zip or tar.gz file. Nothing is ever written where an archive says: entries only become files of a lab in
//! memory, in bounded number and size.

mod entries;
mod name;
mod tar_gz;
mod zip_file;

use crate::gathered::Gathered;
use crate::problem::LabProblem;
use entries::Entries;

/// How problems that are not about one entry call the archive.
const ARCHIVE: &str = "archive";

/// What one request to a Lambda function can carry.
const MAX_ARCHIVE_BYTES: usize = 6 << 20;

pub(crate) fn gather(archive: &[u8]) -> Gathered {
    if archive.len() > MAX_ARCHIVE_BYTES {
        let problem = format!("the archive has {} bytes, more than {MAX_ARCHIVE_BYTES}", archive.len());
        return Gathered::refused(LabProblem::error(ARCHIVE, problem).fix("pack the lab's folder alone"));
    }
    let mut entries = Entries::default();
    let read = match archive {
        [b'P', b'K', ..] => zip_file::read(archive, &mut entries),
        [0x1f, 0x8b, ..] => tar_gz::read(archive, &mut entries),
        _ => Err(LabProblem::error(ARCHIVE, "this is neither a zip nor a tar.gz file")
            .fix("pack the lab's folder with zip -r or tar -czf")),
    };
    match read {
        Ok(()) => entries.gathered(),
        Err(problem) => Gathered::refused(problem),
    }
}
