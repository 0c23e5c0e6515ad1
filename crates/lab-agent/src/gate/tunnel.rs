//! WebSockets through the gate.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use hyper::upgrade::{OnUpgrade, on};
use hyper_util::rt::TokioIo;
use tokio::io::copy_bidirectional;
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::forward::{Problem, send};
use super::{Gate, headers};

/// WebSockets of one tab that may be open at once.
pub(super) const MOST_TUNNELS: usize = 128;

/// Asks the application to upgrade, and if it does, joins both connections until one of them ends.
pub(super) async fn open(gate: &Gate, mut request: Request) -> Result<Response, Problem> {
    let Ok(place) = Arc::clone(&gate.0.tunnels).try_acquire_owned() else {
        return Err(Problem::NoAnswer);
    };
    let browser = on(&mut request);
    headers::for_application(request.headers_mut(), gate.0.scheme);
    headers::upgrade_to_websocket(request.headers_mut());
    let mut response = send(gate, request.map(|_| Body::empty())).await?;
    let upgraded = response.status() == StatusCode::SWITCHING_PROTOCOLS;
    headers::for_browser(response.headers_mut());
    if !upgraded {
        return Ok(response.map(Body::new));
    }
    let application = on(&mut response);
    headers::upgrade_to_websocket(response.headers_mut());
    tokio::spawn(join(browser, application, place, gate.0.stop.clone()).in_current_span());
    Ok(response.map(|_| Body::empty()))
}

async fn join(browser: OnUpgrade, application: OnUpgrade, _place: OwnedSemaphorePermit, stop: CancellationToken) {
    let joined = async {
        let (browser, application) = tokio::try_join!(browser, application).map_err(std::io::Error::other)?;
        copy_bidirectional(&mut TokioIo::new(browser), &mut TokioIo::new(application)).await
    };
    tokio::select! {
        () = stop.cancelled() => {}
        ended = joined => if let Err(error) = ended {
            tracing::debug!(error = %error, "a tunnel broke");
        }
    }
}
