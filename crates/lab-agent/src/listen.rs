//! Accepts browsers' connections: bounded in number, with a time limit for those that say nothing.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::tls::Tls;

const MOST_CONNECTIONS: usize = 256;
const BIND_ATTEMPTS: u32 = 30;
const BIND_PAUSE: Duration = Duration::from_millis(100);
const HEADER_LIMIT: Duration = Duration::from_secs(20);
const MOST_HEADER_BYTES: usize = 64 * 1024;

/// Takes a port; a message that names it when somebody else has it. An agent that follows another waits a moment
/// for the port to become free.
pub(crate) async fn bind(address: IpAddr, port: u16) -> io::Result<TcpListener> {
    let address = SocketAddr::new(address, port);
    let mut bound = TcpListener::bind(address).await;
    for _ in 0..BIND_ATTEMPTS {
        if !matches!(&bound, Err(error) if error.kind() == io::ErrorKind::AddrInUse) {
            break;
        }
        sleep(BIND_PAUSE).await;
        bound = TcpListener::bind(address).await;
    }
    bound.map_err(|error| io::Error::new(error.kind(), format!("cannot listen on port {port}: {error}")))
}

/// Serves until `stop`, through TLS where there is any.
pub(crate) fn serve(listener: TcpListener, router: Router, tls: Option<Tls>, stop: CancellationToken) {
    tokio::spawn(
        async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = accept(listener, router, tls, stop.clone()) => {}
            }
        }
        .in_current_span(),
    );
}

async fn accept(listener: TcpListener, router: Router, tls: Option<Tls>, stop: CancellationToken) {
    let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(connection(stream, router.clone(), tls.clone(), permit, stop.clone()).in_current_span());
            }
            Err(error) => {
                // Out of descriptors, or a connection that was gone before it was taken.
                tracing::warn!(error = %error, "cannot accept a connection");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn connection(
    stream: TcpStream,
    router: Router,
    tls: Option<Tls>,
    _room: OwnedSemaphorePermit,
    stop: CancellationToken,
) {
    let keepalive = TcpKeepalive::new().with_time(Duration::from_secs(60)).with_interval(Duration::from_secs(20));
    let tuned = stream.set_nodelay(true).and_then(|()| SockRef::from(&stream).set_tcp_keepalive(&keepalive));
    if let Err(error) = tuned {
        tracing::debug!(error = %error, "a connection keeps its defaults");
    }
    let served = async {
        let Some(tls) = tls else {
            return speak(stream, router).await;
        };
        if let Some(stream) = tls.accept(stream).await {
            speak(stream, router).await;
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = served => {}
    }
}

async fn speak(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, router: Router) {
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_LIMIT)
        .max_buf_size(MOST_HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        .with_upgrades();
    if let Err(error) = served.await {
        tracing::debug!(error = %error, "a connection broke");
    }
}
