//! Starting and stopping a pocket cloud: the part that its owner holds.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tracing::error;

use crate::cloud::Cloud;
use crate::disks::Disks;
use crate::faults::Faults;
use crate::isolation::sandbox::{SandboxHost, SandboxRefusal};
use crate::ledger::{Call, Count, Lifetime};
use crate::machine::{MachineSnapshot, Provider};
use crate::options::{Isolation, Options};
use crate::records::Records;
use crate::{digitalocean, linode};

/// How long open requests may take when the pocket cloud stops.
const DRAIN: Duration = Duration::from_secs(2);

/// Why a pocket cloud did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the pocket cloud's records can't be used")]
    Records(#[source] io::Error),
    #[error("no sandbox can be made here")]
    Sandbox(#[from] SandboxRefusal),
    #[error("the HTTP client for machines that call home can't be made")]
    Client(#[from] reqwest::Error),
    #[error("the address pool must be loopback (127.x.0.0), not {0}")]
    AddressPool(Ipv4Addr),
    #[error("the listener has no address")]
    Listener(#[source] io::Error),
}

/// A running pocket cloud. Dropping it without [`PocketCloud::shutdown`] stops it too, without waiting.
#[derive(Debug)]
pub struct PocketCloud {
    cloud: Arc<Cloud>,
    server: Option<JoinHandle<()>>,
    address: SocketAddr,
}

impl PocketCloud {
    /// Serves both APIs on `listener` and boots the machines that the records hold.
    ///
    /// # Errors
    /// See [`StartError`]; with sandboxes, one is tried for real before anything is served.
    pub async fn start(listener: TcpListener, options: Options) -> Result<Self, StartError> {
        if !options.address_pool.is_loopback() {
            return Err(StartError::AddressPool(options.address_pool));
        }
        let address = listener.local_addr().map_err(StartError::Listener)?;
        let (records, inventory) = Records::open(options.state_dir.as_deref()).map_err(StartError::Records)?;
        let disks = Disks::open(options.state_dir.as_deref()).map_err(StartError::Records)?;
        let sandboxes = match &options.isolation {
            Isolation::Sandboxed { user, guest } => {
                Some(SandboxHost::prepare(user.as_deref(), guest.as_deref(), &options).await?)
            }
            Isolation::CallHome | Isolation::None => None,
        };
        let cloud = Arc::new(Cloud::new(options, records, disks, inventory, sandboxes)?);
        cloud.restore();
        let server = tokio::spawn(serve(listener, cloud.clone()));
        Ok(Self { cloud, server: Some(server), address })
    }

    /// Where both APIs are served.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Every machine of both providers, by id, those being deleted included.
    #[must_use]
    pub fn machines(&self) -> Vec<MachineSnapshot> {
        self.cloud.inventory().machines.values().map(MachineSnapshot::from).collect()
    }

    /// How many requests of which kind were answered since the start, and how many of them with 429.
    #[must_use]
    pub fn calls(&self) -> BTreeMap<(Provider, Call), Count> {
        self.cloud.ledger.calls()
    }

    /// Every machine since the start with its time, the newest ten thousand of those that ended included.
    #[must_use]
    pub fn lifetimes(&self) -> Vec<Lifetime> {
        self.cloud.ledger.lifetimes()
    }

    /// The last output of a sandbox's user data and services; empty where there is none.
    #[must_use]
    pub fn console(&self, id: u64) -> String {
        self.cloud.consoles.read(id)
    }

    /// The handle for staging failures.
    #[must_use]
    pub fn faults(&self) -> Faults {
        self.cloud.faults.clone()
    }

    /// Stops serving, ends every sandbox and returns when none is left. Records stay: the next start boots them again.
    pub async fn shutdown(mut self) {
        self.cloud.stop.cancel();
        if let Some(mut server) = self.server.take()
            && tokio::time::timeout(DRAIN, &mut server).await.is_err()
        {
            server.abort();
        }
        self.cloud.tasks.close();
        self.cloud.tasks.wait().await;
    }
}

impl Drop for PocketCloud {
    fn drop(&mut self) {
        self.cloud.stop.cancel();
    }
}

async fn serve(listener: TcpListener, cloud: Arc<Cloud>) {
    let stop = cloud.stop.clone();
    let linode = noted(Provider::Linode, &cloud, linode::router(cloud.clone()));
    let digitalocean = noted(Provider::DigitalOcean, &cloud, digitalocean::router(cloud.clone()));
    let app = Router::new().nest("/v4", linode).nest("/v2", digitalocean);
    let served = axum::serve(listener, app).with_graceful_shutdown(stop.cancelled_owned()).await;
    if let Err(error) = served {
        error!(%error, "the pocket cloud stopped serving");
    }
}

/// Enters every answer in the ledger.
fn noted(provider: Provider, cloud: &Arc<Cloud>, router: Router) -> Router {
    let cloud = cloud.clone();
    router.layer(middleware::from_fn(move |request: Request, next: Next| {
        let cloud = cloud.clone();
        async move {
            let call = Call::of(request.method(), request.uri().path());
            let response = next.run(request).await;
            cloud.ledger.answered(provider, call, response.status());
            response
        }
    }))
}
