//! Why there can be no sandbox, in words that say what to do about it.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, thiserror::Error)]
pub enum SandboxRefusal {
    #[error(
        "the pocket cloud runs as root and needs a service user for its sandboxes: \
         name one (--sandbox-user), or run as an ordinary user"
    )]
    NoServiceUser,
    #[error(
        "there is no unprivileged user {0} to run sandboxes as: \
         create it with `useradd --system --no-create-home --shell /usr/sbin/nologin {0}`"
    )]
    UnknownUser(String),
    #[error("the guest program is missing at {0}: build it with `cargo build -p pocket-cloud`")]
    NoGuest(PathBuf),
    #[error("a program is missing (bwrap, setpriv or prlimit): `apt-get install bubblewrap util-linux`")]
    ProgramMissing,
    #[error(
        "the kernel allows no user namespaces: `sysctl -w user.max_user_namespaces=15000` and, where the setting \
         exists, `sysctl -w kernel.unprivileged_userns_clone=1` ({0})"
    )]
    NoUserNamespaces(String),
    #[error(
        "user namespaces are restricted, probably by AppArmor: give bwrap a profile that allows `userns`, or \
         `sysctl -w kernel.apparmor_restrict_unprivileged_userns=0` ({0})"
    )]
    Restricted(String),
    #[error(
        "/proc is masked here, as in an ordinary container: start the container with an unmasked /proc (Docker: \
         `--security-opt systempaths=unconfined`), or run outside of one ({0})"
    )]
    MaskedProc(String),
    #[error("the trial sandbox did not end within {0:?}")]
    Slow(Duration),
    #[error("the trial sandbox failed: {0}")]
    Other(String),
    #[error("the host refused to prepare sandboxes")]
    Host(#[from] io::Error),
}

impl SandboxRefusal {
    /// From what the trial sandbox said before it ended.
    pub(super) fn explain(stderr: &str) -> Self {
        let said = || stderr.trim().to_owned();
        let has = |words: &[&str]| words.iter().any(|word| stderr.contains(word));
        if has(&["bwrap: not found", "prlimit: not found", "setpriv: not found"]) {
            Self::ProgramMissing
        } else if has(&["proc on /newroot/proc", "mount proc"]) {
            Self::MaskedProc(said())
        } else if has(&["uid map", "RTM_NEWADDR", "loopback"]) {
            Self::Restricted(said())
        } else if has(&["namespace", "CLONE_NEWUSER", "unshare"]) {
            Self::NoUserNamespaces(said())
        } else {
            Self::Other(said())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_bubblewrap_says_becomes_what_to_do() {
        let explain = |text: &str| SandboxRefusal::explain(text).to_string();
        assert!(explain("sh: 1: exec: bwrap: not found").contains("apt-get install bubblewrap"));
        assert!(explain("bwrap: setting up uid map: Permission denied").contains("apparmor"));
        assert!(explain("bwrap: Can't mount proc on /newroot/proc: Operation not permitted").contains("systempaths"));
        assert!(
            explain("bwrap: No permissions to create new namespace, likely because…").contains("max_user_namespaces")
        );
        assert!(explain("something else").contains("something else"));
    }
}
