//! Runs the lab's `setup.sh`.

use std::io;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use thiserror::Error;
use tokio::process::Command;
use tokio::time::timeout;

use crate::account::Account;
use crate::layout::LabDir;
use crate::script::Script;

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
    let mut command = Command::new("/bin/bash");
    command.arg(lab.path().join("setup.sh")).current_dir(lab.path());
    command.env("LANG", "C.UTF-8").env("DEBIAN_FRONTEND", "noninteractive");
    let mut script = Script::start(command, lab, account).map_err(SetupError::Run)?;
    let tail = Tail::default();
    let kept = tail.clone();
    let drained = script.drain(move |bytes| kept.push(bytes));
    let Ok(status) = timeout(limit, script.wait()).await else {
        script.kill();
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
