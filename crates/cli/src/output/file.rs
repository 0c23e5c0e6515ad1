//! Files with people's data or codes in them: readable for nobody but their owner.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::failure::{Failure, wrong_usage};

/// Replaces `path` as a whole, or leaves it as it was.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let write = || -> std::io::Result<()> {
        // Made with mode 0600, which it keeps.
        let mut file = NamedTempFile::new_in(folder)?;
        file.write_all(content)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(|error| wrong_usage(format!("{} cannot be written: {error}", path.display())))
}

/// A file that was opened before what goes into it exists: what is shown only once must not meet a full or forbidden
/// folder afterwards.
pub(crate) struct NewPrivateFile {
    path: PathBuf,
    file: File,
}

impl NewPrivateFile {
    /// # Errors
    /// Where there is such a file already: it may hold the codes of the last time.
    pub(crate) fn create(path: &Path) -> Result<Self, Failure> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options
            .open(path)
            .map_err(|error| wrong_usage(format!("{} cannot be written: {error}", path.display())))?;
        Ok(Self { path: path.to_owned(), file })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn fill(mut self, content: &[u8]) -> std::io::Result<()> {
        self.file.write_all(content)?;
        self.file.sync_all()
    }

    /// Nothing came that would have gone into it.
    pub(crate) fn discard(self) {
        // An empty file left behind is no loss.
        let _ = std::fs::remove_file(&self.path);
    }
}
