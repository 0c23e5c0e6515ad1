//! The two ways through a sandbox's wall, both by Unix sockets that only the outside listens on.
//!
//! *Inwards*: the guest keeps a few idle connections to `inbound.sock`. When somebody connects to a port of the machine,
//! the outside takes one, writes the port (two bytes, big endian), reads one byte (1: connected inside), and splices.
//! *Outwards*: the guest listens inside on the control plane's loopback address and forwards to `egress-ADDRESS.sock`;
//! the outside connects that to exactly this address and splices.
//!
//! No socket of the host's network is ever inside, no descriptor crosses, and the folder is mounted read-only.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpSocket, TcpStream, UnixListener, UnixStream};
use tokio::sync::{Mutex, Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::identity::Identity;

/// Connections spliced at once per machine and direction.
const CONNECTIONS: usize = 256;
/// Idle connections of the guest that are kept waiting.
const WAITING: usize = 16;
/// For a hand-over to the guest and for a connect to the control plane.
const PATIENCE: Duration = Duration::from_secs(5);

/// Everything that passes through one machine's wall. Ends when dropped.
#[derive(Debug)]
pub(super) struct Tunnel {
    _tasks: JoinSet<()>,
}

impl Tunnel {
    pub(super) fn dig(
        dir: &Path,
        identity: &Identity,
        ports: Vec<TcpListener>,
        egress: &[SocketAddr],
        machine: Ipv4Addr,
    ) -> io::Result<Self> {
        let mut tasks = JoinSet::new();
        let (waiting, idle) = mpsc::channel(WAITING);
        tasks.spawn(collect_idle(listen(dir, identity, "inbound.sock")?, waiting));
        let idle = Arc::new(Mutex::new(idle));
        let slots = Arc::new(Semaphore::new(CONNECTIONS));
        for listener in ports {
            tasks.spawn(serve_port(listener, idle.clone(), slots.clone()));
        }
        let slots = Arc::new(Semaphore::new(CONNECTIONS));
        for &target in egress {
            let listener = listen(dir, identity, &egress_socket(target))?;
            tasks.spawn(serve_egress(listener, target, machine, slots.clone()));
        }
        Ok(Self { _tasks: tasks })
    }
}

pub(super) fn egress_socket(target: SocketAddr) -> String {
    format!("egress-{target}.sock")
}

fn listen(dir: &Path, identity: &Identity, name: &str) -> io::Result<UnixListener> {
    let path = dir.join(name);
    let listener = UnixListener::bind(&path)?;
    identity.give(&path)?;
    Ok(listener)
}

async fn collect_idle(listener: UnixListener, waiting: mpsc::Sender<UnixStream>) {
    while let Some(stream) = accept(listener.accept().await).await {
        if let Some(stream) = stream {
            // A guest that opens more than it was asked to loses the surplus.
            drop(waiting.try_send(stream));
        }
    }
}

async fn serve_port(listener: TcpListener, idle: Arc<Mutex<mpsc::Receiver<UnixStream>>>, slots: Arc<Semaphore>) {
    let Ok(port) = listener.local_addr().map(|address| address.port()) else {
        return;
    };
    let mut connections = JoinSet::new();
    while let Some(visitor) = accept(listener.accept().await).await {
        while connections.try_join_next().is_some() {}
        let (Some(mut visitor), Ok(slot)) = (visitor, slots.clone().try_acquire_owned()) else {
            continue;
        };
        let idle = idle.clone();
        connections.spawn(async move {
            let _slot = slot;
            let _nodelay = visitor.set_nodelay(true);
            if let Ok(Some(mut inside)) = timeout(PATIENCE, hand_over(&idle, port)).await {
                drop(copy_bidirectional(&mut visitor, &mut inside).await);
            }
        });
    }
}

/// Takes an idle connection of the guest and has it connected to `port` inside. Connections that died are passed over.
async fn hand_over(idle: &Mutex<mpsc::Receiver<UnixStream>>, port: u16) -> Option<UnixStream> {
    loop {
        let mut stream = idle.lock().await.recv().await?;
        if stream.write_all(&port.to_be_bytes()).await.is_err() {
            continue;
        }
        match stream.read_u8().await {
            Ok(1) => return Some(stream),
            Ok(_) => return None,
            Err(_) => {}
        }
    }
}

async fn serve_egress(listener: UnixListener, target: SocketAddr, machine: Ipv4Addr, slots: Arc<Semaphore>) {
    let mut connections = JoinSet::new();
    while let Some(caller) = accept(listener.accept().await).await {
        while connections.try_join_next().is_some() {}
        let (Some(mut caller), Ok(slot)) = (caller, slots.clone().try_acquire_owned()) else {
            continue;
        };
        connections.spawn(async move {
            let _slot = slot;
            if let Ok(Ok(mut control_plane)) = timeout(PATIENCE, connect_from(machine, target)).await {
                drop(copy_bidirectional(&mut caller, &mut control_plane).await);
            }
        });
    }
}

/// Connects from the machine's own address, so that the control plane sees who calls.
async fn connect_from(machine: Ipv4Addr, target: SocketAddr) -> io::Result<TcpStream> {
    if !target.is_ipv4() {
        return TcpStream::connect(target).await;
    }
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(IpAddr::V4(machine), 0))?;
    let stream = socket.connect(target).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// `Some(None)` for an accept that failed for now (too many open files), after a breath.
async fn accept<S, A>(accepted: io::Result<(S, A)>) -> Option<Option<S>> {
    match accepted {
        Ok((stream, _)) => Some(Some(stream)),
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => None,
        Err(_) => {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Some(None)
        }
    }
}
