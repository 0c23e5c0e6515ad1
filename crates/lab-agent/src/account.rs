//! Whose shell it is.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use thiserror::Error;

const LAB_USER: &str = "lab";
const PASSWD: &str = "/etc/passwd";

/// The user a trainee works as.
#[derive(Debug, Clone)]
pub struct Account {
    /// Login name.
    pub name: String,
    /// Home directory.
    pub home: PathBuf,
    /// Numeric user id.
    pub uid: u32,
    /// Numeric primary group id.
    pub gid: u32,
}

/// Where the account comes from.
#[derive(Debug, Clone)]
pub enum AccountSource {
    /// The machine's `lab` user, made if it is missing; on a machine where the agent is not root, its own user.
    Machine,
    /// This one, which exists.
    Given(Account),
}

/// Why there is no account to work with.
#[derive(Debug, Error)]
pub(crate) enum AccountError {
    #[error("cannot read {PASSWD}: {0}")]
    Passwd(io::Error),
    #[error("cannot run useradd: {0}")]
    Run(io::Error),
    #[error("useradd did not make the user {LAB_USER}")]
    NotMade,
}

impl AccountSource {
    pub(crate) fn resolve(self) -> Result<Account, AccountError> {
        match self {
            Self::Given(account) => Ok(account),
            Self::Machine if rustix::process::geteuid().is_root() => lab_user(),
            Self::Machine => own_user(),
        }
    }
}

impl Account {
    /// Whether a process of this account must first let go of the agent's rights.
    pub(crate) fn needs_drop(&self) -> bool {
        rustix::process::geteuid().as_raw() != self.uid
    }

    /// The command line that runs bash with these arguments as this account.
    pub(crate) fn bash(&self, arguments: &[&OsStr]) -> Vec<OsString> {
        let mut line = Vec::new();
        if self.needs_drop() {
            line.extend(["setpriv".into(), format!("--reuid={}", self.uid).into()]);
            line.extend([format!("--regid={}", self.gid).into(), "--init-groups".into()]);
        }
        line.push("/bin/bash".into());
        line.extend(arguments.iter().map(OsString::from));
        line
    }

    /// What every process of this account finds in its environment.
    pub(crate) fn environment(&self) -> [(&'static str, &OsStr); 6] {
        [
            ("HOME", self.home.as_os_str()),
            ("USER", self.name.as_ref()),
            ("LOGNAME", self.name.as_ref()),
            ("SHELL", "/bin/bash".as_ref()),
            ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".as_ref()),
            ("LANG", "C.UTF-8".as_ref()),
        ]
    }
}

fn lab_user() -> Result<Account, AccountError> {
    if let Some(account) = find(|account| account.name == LAB_USER)? {
        return Ok(account);
    }
    let status = Command::new("useradd")
        .args(["--create-home", "--shell", "/bin/bash", LAB_USER])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(AccountError::Run)?;
    tracing::info!(useradd.success = status.success(), "made the lab user");
    find(|account| account.name == LAB_USER)?.ok_or(AccountError::NotMade)
}

fn own_user() -> Result<Account, AccountError> {
    let uid = rustix::process::geteuid().as_raw();
    let gid = rustix::process::getegid().as_raw();
    // A sandbox may run under a number that no passwd file knows.
    let known = find(|account| account.uid == uid).unwrap_or_default();
    let name = known.as_ref().map_or_else(|| LAB_USER.to_owned(), |account| account.name.clone());
    let home = std::env::var_os("HOME")
        .map(PathBuf::from)
        .filter(|home| home.is_absolute())
        .or_else(|| known.map(|account| account.home))
        .unwrap_or_else(|| PathBuf::from("/home").join(LAB_USER));
    Ok(Account { name, home, uid, gid })
}

fn find(wanted: impl Fn(&Account) -> bool) -> Result<Option<Account>, AccountError> {
    let passwd = std::fs::read_to_string(PASSWD).map_err(AccountError::Passwd)?;
    Ok(passwd.lines().filter_map(parse).find(wanted))
}

/// One line of `passwd(5)`.
fn parse(line: &str) -> Option<Account> {
    let mut fields = line.split(':');
    let name = fields.next()?.to_owned();
    let uid = fields.nth(1)?.parse().ok()?;
    let gid = fields.next()?.parse().ok()?;
    let home = fields.nth(1)?.into();
    Some(Account { name, home, uid, gid })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passwd_line_is_read() {
        let account = parse("lab:x:1001:1002:Lab,,,:/home/lab:/bin/bash").unwrap();
        assert_eq!((account.name.as_str(), account.uid, account.gid), ("lab", 1001, 1002));
        assert_eq!(account.home, PathBuf::from("/home/lab"));
        assert!(parse("+::::").is_none());
    }

    #[test]
    fn another_users_shell_lets_go_of_the_agents_rights() {
        let uid = rustix::process::geteuid().as_raw() + 1;
        let account = Account { name: "x".into(), home: "/".into(), uid, gid: 7 };
        let command = account.bash(&["-l".as_ref()]);
        assert_eq!(command[0], "setpriv");
        assert!(command.contains(&format!("--reuid={uid}").into()) && command.contains(&"--regid=7".into()));
        assert!(command.ends_with(&["/bin/bash".into(), "-l".into()]));
    }
}
