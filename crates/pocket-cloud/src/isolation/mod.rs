//! What a running machine *is*: a sandbox, a caller, or nothing at all.

mod call_home;
pub(crate) mod sandbox;

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::cloud::Cloud;
use crate::machine::Machine;
use crate::options::Isolation;

/// Runs a machine until it powers itself off or is stopped, and returns when nothing of it is left.
pub(crate) async fn run(
    cloud: &Cloud,
    machine: &Machine,
    ports: Option<Vec<TcpListener>>,
    stop: CancellationToken,
) -> Result<()> {
    let disk = cloud.disks.of(machine.id).context("opening the machine's disk")?;
    let silent = cloud.faults.boots_silently();
    match &cloud.options.isolation {
        Isolation::Sandboxed { .. } => {
            let host = cloud.sandboxes.as_ref().context("sandboxes were not prepared")?;
            host.run(machine, &disk, ports, silent, &cloud.consoles, &stop).await
        }
        Isolation::CallHome => {
            if !silent && let Some(script) = &machine.user_data {
                let calls = call_home::call_home(&cloud.client, script, &disk);
                if let Some(Err(error)) = stop.run_until_cancelled(calls).await {
                    cloud.consoles.append(machine.id, format!("{error:#}\n").as_bytes());
                }
            }
            stop.cancelled().await;
            Ok(())
        }
        Isolation::None => {
            stop.cancelled().await;
            Ok(())
        }
    }
}
