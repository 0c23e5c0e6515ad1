//! A script of the lab that runs: in a process group of its own, with its output read as it comes.

use std::io;
use std::process::{ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

use crate::account::Account;
use crate::layout::LabDir;

pub(crate) struct Script {
    child: Child,
    group: Option<Pid>,
    output: Option<pipe::Receiver>,
}

impl Script {
    /// Starts it with what every script of a lab is told of its surroundings.
    pub(crate) fn start(mut command: Command, lab: &LabDir, account: &Account) -> io::Result<Self> {
        let (output, written) = io::pipe()?;
        let output = pipe::Receiver::from_owned_fd(output.into())?;
        let also_written = written.try_clone()?;
        let child = command
            .env("LAB_DIR", lab.path())
            .env("LAB_HOME", &account.home)
            .env("LAB_USER", &account.name)
            .stdin(Stdio::null())
            .stdout(written)
            .stderr(also_written)
            .process_group(0)
            .spawn()?;
        let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        Ok(Self { child, group, output: Some(output) })
    }

    /// Hands the output on until nobody holds its other end any more, so that nothing that the script leaves in the
    /// background ever blocks on it.
    pub(crate) fn drain(&mut self, keep: impl Fn(&[u8]) + Send + 'static) -> JoinHandle<()> {
        let output = self.output.take();
        tokio::spawn(async move {
            let Some(mut output) = output else { return };
            let mut buffer = [0; 8192];
            while let Ok(read @ 1..) = output.read(&mut buffer).await {
                keep(&buffer[..read]);
            }
        })
    }

    /// Waits for the script itself, not for what it has started.
    pub(crate) async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Ends the script and whatever it has started in its group.
    pub(crate) fn kill(&self) {
        if let Some(group) = self.group
            && let Err(error) = kill_process_group(group, Signal::KILL)
        {
            tracing::debug!(error = %error, "nothing of a script was left to end");
        }
    }
}
