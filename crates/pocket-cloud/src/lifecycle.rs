//! One task per machine. It boots the machine, obeys orders, and removes the record only when nothing is left of it.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::cloud::Cloud;
use crate::isolation;
use crate::machine::Phase;

/// What an owner can ask of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Boot,
    ShutDown,
    Reboot,
    Delete,
}

/// Lives as long as the machine exists or the pocket cloud runs. `ports` are the machine's listeners where they were
/// bound when its address was chosen.
pub(crate) async fn drive(
    cloud: Arc<Cloud>,
    id: u64,
    first: Option<Order>,
    mut ports: Option<Vec<TcpListener>>,
    mut orders: mpsc::Receiver<Order>,
) {
    let mut next = first;
    loop {
        let order = match next.take() {
            Some(order) => order,
            None => tokio::select! {
                order = orders.recv() => match order {
                    Some(order) => order,
                    None => return,
                },
                () = cloud.stop.cancelled() => return,
            },
        };
        match order {
            Order::Boot | Order::Reboot => {
                let stop = cloud.stop.child_token();
                let mut run = std::pin::pin!(run(&cloud, id, ports.take(), stop.clone()));
                tokio::select! {
                    () = &mut run => {}
                    order = orders.recv() => {
                        if order == Some(Order::ShutDown) {
                            cloud.advance(id, Phase::ShuttingDown).await;
                        }
                        stop.cancel();
                        run.await;
                        next = order;
                    }
                }
                if cloud.stop.is_cancelled() {
                    return; // the record keeps saying that it ran, so the next start boots it again
                }
                cloud.advance(id, Phase::Offline).await;
            }
            Order::ShutDown => cloud.advance(id, Phase::Offline).await,
            Order::Delete => {
                pause(cloud.options.delete_delay, &cloud.stop).await;
                cloud.remove(id).await;
                info!(machine.id = id, "machine deleted");
                return;
            }
        }
    }
}

/// From power-on to power-off; returns once nothing of the machine runs any more.
async fn run(cloud: &Arc<Cloud>, id: u64, ports: Option<Vec<TcpListener>>, stop: CancellationToken) {
    let half = cloud.options.boot_delay / 2;
    if pause(half, &stop).await {
        return;
    }
    cloud.advance(id, Phase::Booting).await;
    if pause(half, &stop).await {
        return;
    }
    let Some(machine) = cloud.machine(id) else { return };
    cloud.advance(id, Phase::Running).await;
    if let Err(error) = isolation::run(cloud, &machine, ports, stop).await {
        warn!(machine.id = id, error = format!("{error:#}"), "machine failed");
        cloud.consoles.append(id, format!("machine failed: {error:#}\n").as_bytes());
    }
}

/// Waits; true when told to stop meanwhile.
async fn pause(duration: Duration, stop: &CancellationToken) -> bool {
    if duration.is_zero() {
        return stop.is_cancelled();
    }
    stop.run_until_cancelled(tokio::time::sleep(duration)).await.is_none()
}
