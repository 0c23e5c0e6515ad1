//! Switches the machine off.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ATTEMPTS: u32 = 20;
const ATTEMPT_LIMIT: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_secs(15);

/// Repeats even after a success: the order may be lost, and a machine that runs costs.
pub(crate) fn power_off(command: &[String]) {
    let Some((program, arguments)) = command.split_first() else {
        return;
    };
    for attempt in 1..=ATTEMPTS {
        let success = run_once(program, arguments);
        tracing::info!(attempt, success, "asked the machine to power off");
        std::thread::sleep(PAUSE);
    }
}

/// Replaces what was scheduled before (shutdown(8)).
pub(crate) fn schedule(command: &[String], minutes: u64) {
    let Some((program, arguments)) = command.split_first() else {
        return;
    };
    let arguments: Vec<String> = arguments.iter().cloned().chain([format!("+{minutes}")]).collect();
    let success = run_once(program, &arguments);
    tracing::info!(minutes, success, "moved the system's own shutdown");
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
