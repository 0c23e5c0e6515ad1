//! The machine's own token. What stands in the machine file is in the provider's metadata, too, which everybody on the
//! machine can read: it only serves until the bundle has brought this one.

use std::io;
use std::path::Path;

use crate::machine::Machine;
use crate::secret::Secret;
use crate::vault::Vault;

/// Where the token is kept, for an agent that is restarted.
pub(crate) struct OwnToken {
    vault: Vault,
    /// Names the environment: the disk may be a copy of another machine's.
    name: String,
}

impl OwnToken {
    pub(crate) fn of(machine: &Machine, vault: &Path) -> Self {
        Self { vault: Vault::at(vault.to_path_buf()), name: format!("{}.token", machine.environment_id) }
    }

    /// The token, if the bundle has brought it.
    pub(crate) fn load(&self) -> Option<Secret> {
        self.vault.load(&self.name).filter(Secret::is_presentable)
    }

    /// To be done before the token is used: the first call with it is the last one at which the other is known.
    pub(crate) fn store(&self, token: &Secret) -> io::Result<()> {
        self.vault.store(&self.name, token)
    }
}
