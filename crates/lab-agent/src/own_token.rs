//! The machine's own token. What stands in the machine file is in the provider's metadata, too, which everybody on the
//! machine can read: it only serves until the bundle has brought this one.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::machine::Machine;
use crate::secret::Secret;

/// The file in which an agent that is restarted finds the token again: one line, the environment and the token.
pub(crate) struct OwnToken {
    file: PathBuf,
    /// The disk may be a copy of another machine's.
    environment_id: String,
}

impl OwnToken {
    pub(crate) fn of(machine: &Machine, file: &Path) -> Self {
        Self { file: file.to_path_buf(), environment_id: machine.environment_id.clone() }
    }

    /// The token, if the bundle has brought it.
    pub(crate) fn load(&self) -> Option<Secret> {
        let text = fs::read_to_string(&self.file).ok()?;
        let (environment_id, token) = text.strip_suffix('\n')?.split_once(' ')?;
        let token = Secret::new(token);
        (environment_id == self.environment_id && token.is_presentable()).then_some(token)
    }

    /// To be done before the token is used: the first call with it is the last one at which the other is known. Who is
    /// ended in the midst of it has not called yet, and asks for the bundle again.
    pub(crate) fn store(&self, token: &Secret) -> io::Result<()> {
        if self.load().is_some_and(|stored| stored.matches(token.expose())) {
            return Ok(());
        }
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&self.file)?;
        writeln!(file, "{} {}", self.environment_id, token.expose())?;
        file.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn own(file: &Path, environment_id: &str) -> OwnToken {
        OwnToken { file: file.to_path_buf(), environment_id: environment_id.to_owned() }
    }

    #[test]
    fn what_is_stored_is_found_again_by_the_same_environment_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        let token = own(&file, "env_1");
        assert!(token.load().is_none());
        for _ in 0..2 {
            token.store(&Secret::new("a-machine-token")).unwrap();
            assert_eq!(token.load().unwrap().expose(), "a-machine-token");
        }
        assert!(own(&file, "env_2").load().is_none());
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_was_written_in_part_is_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        for text in ["", "env_1", "env_1 a-machine-tok", "env_1 short\n"] {
            fs::write(&file, text).unwrap();
            assert!(own(&file, "env_1").load().is_none(), "{text:?}");
        }
    }
}
