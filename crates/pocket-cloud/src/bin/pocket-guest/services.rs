//! Services, kept running as their units say.

use std::collections::{HashMap, VecDeque};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::unit::{Restart, Unit};

/// systemd's own default: five starts within ten seconds, then the unit has failed.
const STARTS: usize = 5;
const START_WINDOW: Duration = Duration::from_secs(10);
/// From the polite signal to the one that can't be refused.
const STOP_PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug, Default, Clone)]
pub(crate) struct Services(Arc<Mutex<HashMap<String, Service>>>);

#[derive(Debug)]
struct Service {
    stop: watch::Sender<bool>,
    keeper: JoinHandle<()>,
}

impl Services {
    /// Starts a service that does not run yet.
    pub(crate) fn start(&self, name: &str) -> Result<()> {
        let path = format!("/etc/systemd/system/{name}");
        let text = std::fs::read_to_string(&path).with_context(|| format!("Unit {name} not found"))?;
        let unit = Unit::parse(&text).with_context(|| format!("Unit {name} has a bad setting"))?;
        let mut services = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if services.get(name).is_some_and(|service| !service.keeper.is_finished()) {
            return Ok(());
        }
        let (stop, stopped) = watch::channel(false);
        let keeper = tokio::spawn(keep(name.to_owned(), unit, stopped));
        services.insert(name.to_owned(), Service { stop, keeper });
        Ok(())
    }

    /// Stops a service and returns when it has ended.
    pub(crate) async fn stop(&self, name: &str) {
        let service = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        if let Some(service) = service {
            service.stop.send_replace(true);
            drop(service.keeper.await);
        }
    }

    pub(crate) fn is_active(&self, name: &str) -> bool {
        let services = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        services.get(name).is_some_and(|service| !service.keeper.is_finished())
    }
}

/// Runs the service again and again until it is stopped, may not restart, or restarts too often.
async fn keep(name: String, unit: Unit, mut stop: watch::Receiver<bool>) {
    let mut starts = VecDeque::new();
    loop {
        let now = Instant::now();
        starts.retain(|&start| now.duration_since(start) < START_WINDOW);
        if unit.start_limit && starts.len() >= STARTS {
            println!("{name}: start request repeated too quickly");
            return;
        }
        starts.push_back(now);
        let failed = match spawn(&unit) {
            Ok(mut child) => tokio::select! {
                status = child.wait() => !status.as_ref().is_ok_and(ExitStatus::success),
                _ = stop.changed() => return end(child).await,
            },
            Err(error) => {
                println!("{name}: {error}");
                true
            }
        };
        match unit.restart {
            Restart::Always => {}
            Restart::OnFailure if failed => {}
            Restart::OnFailure | Restart::No => return,
        }
        println!("{name}: restarting");
        if tokio::time::timeout(unit.restart_delay, stop.changed()).await.is_ok() {
            return;
        }
    }
}

fn spawn(unit: &Unit) -> std::io::Result<Child> {
    let mut command = Command::new(&unit.command[0]);
    command.args(&unit.command[1..]).envs(unit.environment.iter().map(|(name, value)| (name, value)));
    command.current_dir(unit.working_directory.as_deref().unwrap_or("/"));
    command.stdin(Stdio::null()).process_group(0).spawn()
}

async fn end(mut child: Child) {
    let group = child.id().and_then(|pid| i32::try_from(pid).ok()).map(Pid::from_raw);
    for signal in [Signal::SIGTERM, Signal::SIGKILL] {
        if let Some(group) = group {
            let _already_gone = killpg(group, signal);
        }
        if tokio::time::timeout(STOP_PATIENCE, child.wait()).await.is_ok() {
            return;
        }
    }
}
