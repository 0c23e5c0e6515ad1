//! One run of one check.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use super::board::Verdict;
use super::first_line::Head;
use crate::account::Account;
use crate::layout::LabDir;
use crate::script::Script;

/// How long the output of a check that has ended may take to arrive.
const LAST_WORDS: Duration = Duration::from_millis(250);

/// How every check is run.
pub(super) struct Scripts {
    pub(super) lab: LabDir,
    pub(super) account: Account,
    pub(super) limit: Duration,
}

/// Ends whatever a check has left running, also when nobody waits for the check any more.
struct Leash(Script);

impl Drop for Leash {
    fn drop(&mut self) {
        self.0.kill();
    }
}

impl Scripts {
    /// Runs `checks/NAME.sh` as the lab user, in their home.
    pub(super) async fn run(&self, name: &str) -> Verdict {
        match self.attempt(name).await {
            Ok(verdict) => verdict,
            Err(error) => {
                tracing::error!(check.name = name, error = %error, "cannot run a check");
                Verdict { passed: false, message: Some("This check cannot be run on this machine.".into()) }
            }
        }
    }

    async fn attempt(&self, name: &str) -> io::Result<Verdict> {
        let path = self.lab.path().join("checks").join(format!("{name}.sh"));
        let line = self.account.bash(&[path.as_os_str()]);
        let (program, arguments) = line.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.account.home);
        command.env_clear().envs(self.account.environment()).env("TERM", "dumb");
        let mut script = Leash(Script::start(command, &self.lab, &self.account)?);
        let head = Head::default();
        let kept = head.clone();
        let mut drained = script.0.drain(move |bytes| kept.push(bytes));
        let Ok(status) = timeout(self.limit, script.0.wait()).await else {
            drained.abort();
            let message = format!("This check took longer than {} s and was ended.", self.limit.as_secs());
            return Ok(Verdict { passed: false, message: Some(message) });
        };
        // What the check has left running in its group holds the output open.
        drop(script);
        if timeout(LAST_WORDS, &mut drained).await.is_err() {
            drained.abort();
        }
        Ok(verdict(status?, head.first_line()))
    }
}

/// 0 is passed and 1 is not yet, in the check's own words; everything else is a check that has failed itself.
fn verdict(status: ExitStatus, said: Option<String>) -> Verdict {
    match status.code() {
        Some(0) => Verdict { passed: true, message: said },
        Some(1) => Verdict { passed: false, message: said },
        code => {
            let how = code.map_or_else(
                || format!("was ended by signal {}", status.signal().unwrap_or_default()),
                |code| format!("failed with exit status {code}"),
            );
            let what = said.map_or_else(|| ".".to_owned(), |said| format!(": {said}"));
            let message = format!("This check {how}{what}").chars().take(500).collect();
            Verdict { passed: false, message: Some(message) }
        }
    }
}
