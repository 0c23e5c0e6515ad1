//! The machine's own end. A thread of its own, so that nothing the agent does or fails to do can keep a machine alive.

use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant, SystemTime};

use tokio_util::sync::CancellationToken;

/// The clock is looked at this often: a machine that slept, or whose clock was set, still ends in time.
const LOOK_EVERY: Duration = Duration::from_secs(20);
const ATTEMPTS: u32 = 20;
const ATTEMPT_LIMIT: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_secs(15);

/// Ends the machine when asked, and at its deadline in any case.
#[derive(Debug, Clone)]
pub(crate) struct Ending {
    ask: SyncSender<&'static str>,
    begun: CancellationToken,
    given_up: CancellationToken,
}

impl Ending {
    /// Starts watching. `poweroff` is the command that switches the machine off.
    pub(crate) fn watch(deadline: SystemTime, poweroff: Vec<String>) -> std::io::Result<Self> {
        let (ask, asked) = sync_channel(1);
        let ending = Self { ask, begun: CancellationToken::new(), given_up: CancellationToken::new() };
        let (begun, given_up) = (ending.begun.clone(), ending.given_up.clone());
        let span = tracing::Span::current();
        std::thread::Builder::new().name("ending".into()).spawn(move || {
            let _entered = span.enter();
            let reason = wait(deadline, &asked);
            tracing::info!(reason, "the machine ends");
            begun.cancel();
            power_off(&poweroff);
            given_up.cancel();
        })?;
        Ok(ending)
    }

    /// Ends the machine now.
    pub(crate) fn now(&self, reason: &'static str) {
        // A full channel means that somebody asked before.
        if self.ask.try_send(reason).is_err() {
            tracing::debug!(reason, "the machine is ending already");
        }
    }

    /// Resolves when the end has begun: nothing is served from then on.
    pub(crate) async fn begun(&self) {
        self.begun.cancelled().await;
    }

    /// Resolves when every attempt to switch the machine off was made and it still runs.
    pub(crate) async fn given_up(&self) {
        self.given_up.cancelled().await;
    }
}

fn wait(deadline: SystemTime, asked: &Receiver<&'static str>) -> &'static str {
    loop {
        let Ok(left) = deadline.duration_since(SystemTime::now()) else {
            return "deadline";
        };
        match asked.recv_timeout(left.min(LOOK_EVERY)) {
            Ok(reason) => return reason,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => std::thread::sleep(left.min(LOOK_EVERY)),
        }
    }
}

/// Repeats even after a success: the order may be lost, and a machine that runs costs.
fn power_off(command: &[String]) {
    let Some((program, arguments)) = command.split_first() else {
        return;
    };
    for attempt in 1..=ATTEMPTS {
        let success = run_once(program, arguments);
        tracing::info!(attempt, success, "asked the machine to power off");
        std::thread::sleep(PAUSE);
    }
}

fn run_once(program: &str, arguments: &[String]) -> bool {
    let spawned = Command::new(program).args(arguments).stdin(Stdio::null()).spawn();
    let mut child = match spawned {
        Ok(child) => child,
        Err(error) => {
            tracing::warn!(error = %error, "cannot run the power-off command");
            return false;
        }
    };
    let started = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) if started.elapsed() < ATTEMPT_LIMIT => std::thread::sleep(Duration::from_millis(50)),
            Ok(None) | Err(_) => {
                if let Err(error) = child.kill() {
                    tracing::warn!(error = %error, "cannot end the power-off command");
                }
                return false;
            }
        }
    }
}
