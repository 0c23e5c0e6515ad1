//! The inner ends of the sandbox's two ways through the wall.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::MACHINE_DIR;

/// Idle connections offered to the outside.
const IDLE: usize = 4;
const PAUSE: Duration = Duration::from_millis(100);

/// Listens on the control plane's address inside and forwards each connection to the socket that leads there.
pub(crate) async fn forward_outwards(target: SocketAddr) -> io::Result<()> {
    let listener = TcpListener::bind(target).await?;
    tokio::spawn(async move {
        loop {
            let Ok((mut caller, _)) = listener.accept().await else {
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            tokio::spawn(async move {
                if let Ok(mut outside) = UnixStream::connect(format!("{MACHINE_DIR}/egress-{target}.sock")).await {
                    drop(copy_bidirectional(&mut caller, &mut outside).await);
                }
            });
        }
    });
    Ok(())
}

/// Keeps idle connections to the outside and connects each to the port that is asked for.
pub(crate) async fn carry_inwards() {
    let idle = Arc::new(Semaphore::new(IDLE));
    while let Ok(permit) = idle.clone().acquire_owned().await {
        match UnixStream::connect(format!("{MACHINE_DIR}/inbound.sock")).await {
            Ok(outside) => drop(tokio::spawn(carry(outside, permit))),
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

async fn carry(mut outside: UnixStream, permit: OwnedSemaphorePermit) {
    let Ok(port) = outside.read_u16().await else {
        tokio::time::sleep(PAUSE).await; // not wanted now; offer again a little later
        return;
    };
    drop(permit);
    match TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await {
        Ok(mut inside) => {
            let _nodelay = inside.set_nodelay(true);
            if outside.write_u8(1).await.is_ok() {
                drop(copy_bidirectional(&mut outside, &mut inside).await);
            }
        }
        Err(_) => drop(outside.write_u8(0).await),
    }
}
