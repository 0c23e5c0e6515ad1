//! Runs the lab's `setup.sh`.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use thiserror::Error;
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;
use tokio::process::Command;
use tokio::time::timeout;

use crate::account::Account;
use crate::layout::LabDir;

/// How much of the output's end is kept.
const TAIL_BYTES: usize = 16 * 1024;
/// How long the output of a script that has failed may take to arrive.
const LAST_WORDS: Duration = Duration::from_millis(250);

/// How setup failed.
#[derive(Debug, Error)]
pub(crate) enum SetupError {
    #[error("cannot run setup.sh: {0}")]
    Run(io::Error),
    #[error("setup.sh took longer than {} s", .0.as_secs())]
    TooLong(Duration),
    #[error("setup.sh {status}; it said: {tail}")]
    Failed { status: ExitStatus, tail: String },
}

/// Runs `setup.sh` as whoever runs the agent and waits for the script itself, never for its output to end: what it
/// leaves running in the background keeps the output open, and keeps running.
pub(crate) async fn run(lab: &LabDir, account: &Account, limit: Duration) -> Result<(), SetupError> {
    let (output, written) = io::pipe().map_err(SetupError::Run)?;
    let output = pipe::Receiver::from_owned_fd(output.into()).map_err(SetupError::Run)?;
    let also_written = written.try_clone().map_err(SetupError::Run)?;
    let mut child = Command::new("/bin/bash")
        .arg(lab.path().join("setup.sh"))
        .current_dir(lab.path())
        .env("LAB_DIR", lab.path())
        .env("LAB_HOME", &account.home)
        .env("LAB_USER", &account.name)
        .env("LANG", "C.UTF-8")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .stdout(written)
        .stderr(also_written)
        .process_group(0)
        .spawn()
        .map_err(SetupError::Run)?;
    let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let tail = Tail::default();
    let drained = tokio::spawn(drain(output, tail.clone()));
    let Ok(status) = timeout(limit, child.wait()).await else {
        if let Some(group) = group
            && let Err(error) = kill_process_group(group, Signal::KILL)
        {
            tracing::warn!(error = %error, "cannot end setup.sh");
        }
        return Err(SetupError::TooLong(limit));
    };
    let status = status.map_err(SetupError::Run)?;
    if status.success() {
        return Ok(());
    }
    if timeout(LAST_WORDS, drained).await.is_err() {
        tracing::debug!("something that setup.sh started keeps its output open");
    }
    Err(SetupError::Failed { status, tail: tail.text() })
}

/// Reads until nobody holds the other end any more, so that no background child of the script ever blocks on it.
async fn drain(mut output: pipe::Receiver, tail: Tail) {
    let mut buffer = [0; 8192];
    while let Ok(read @ 1..) = output.read(&mut buffer).await {
        tail.push(&buffer[..read]);
    }
}

/// The end of an output of any length.
#[derive(Clone, Default)]
struct Tail(Arc<Mutex<Vec<u8>>>);

impl Tail {
    fn push(&self, bytes: &[u8]) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(bytes);
        let excess = kept.len().saturating_sub(TAIL_BYTES);
        kept.drain(..excess);
    }

    fn text(&self) -> String {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&kept).trim().to_owned()
    }
}
