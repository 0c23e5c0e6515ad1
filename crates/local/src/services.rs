//! Tasks that are started one by one and ended together.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::Result;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

/// How long answers and batches under way may take when the system stops.
const DRAIN: Duration = Duration::from_secs(3);

/// Dropping it asks its tasks to end, without waiting.
pub(crate) struct Services {
    pub(crate) stop: CancellationToken,
    pub(crate) tasks: TaskTracker,
    _stop_on_drop: DropGuard,
}

impl Services {
    pub(crate) fn new() -> Self {
        let stop = CancellationToken::new();
        Self { _stop_on_drop: stop.clone().drop_guard(), tasks: TaskTracker::new(), stop }
    }

    /// Serves something on a free loopback port.
    pub(crate) async fn serve<F>(&self, serve: impl FnOnce(TcpListener, CancellationToken) -> F) -> Result<SocketAddr>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        self.tasks.spawn(serve(listener, self.stop.clone()));
        Ok(address)
    }

    /// Asks all to end and waits for them, but not longer than [`DRAIN`].
    pub(crate) async fn end(&self) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(DRAIN, self.tasks.wait()).await.is_err() {
            tracing::info!("not waiting for the work that is still under way");
        }
    }
}
