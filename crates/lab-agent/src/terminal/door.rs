//! The way in: who may upgrade, who says hello in time and knows the secret, and whether there is a place.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;
use tracing::Instrument;

use super::Terminal;
use super::messages::{Close, Hello, SUBPROTOCOL};
use super::socket::{Line, attend};
use super::viewing::Role;
use crate::site::Site;

/// Room for the longest input when most of it is escaped in JSON.
const MOST_MESSAGE_BYTES: usize = 256 * 1024;

/// `GET /terminal`
pub(crate) async fn upgrade(
    State(site): State<Site>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let upgrade = match upgrade {
        // A frame's length is announced before its content, and room is made for it: both need the limit.
        Ok(upgrade) => {
            upgrade.protocols([SUBPROTOCOL]).max_frame_size(MOST_MESSAGE_BYTES).max_message_size(MOST_MESSAGE_BYTES)
        }
        Err(rejection) => return rejection.into_response(),
    };
    if upgrade.selected_protocol().is_none() {
        return (StatusCode::BAD_REQUEST, "the subprotocol is brihaspati.terminal.v1\n").into_response();
    }
    // Whose portal it is, the bundle says: until it is there, every origin hears the same.
    let terminal = site.terminal.get().cloned();
    let origin = headers.get(header::ORIGIN).map(HeaderValue::as_bytes);
    if let Some(terminal) = &terminal
        && origin != Some(terminal.portal_origin.as_bytes())
    {
        tracing::warn!("a terminal was asked for from another origin");
        return (StatusCode::FORBIDDEN, "open the terminal from the portal\n").into_response();
    }
    let guest = site.porch.enter();
    let span = tracing::Span::current();
    upgrade.on_upgrade(move |socket| {
        let attended = async move {
            let admitted = tokio::select! {
                () = guest.sent_away() => None,
                admitted = admit(socket, terminal.as_ref()) => admitted,
            };
            drop(guest);
            if let Some(viewer) = admitted {
                attend(viewer.line, &viewer.hello, viewer.role, &viewer.terminal.session).await;
            }
        };
        attended.instrument(span)
    })
}

/// Somebody with the right secret.
struct Admitted<'a> {
    line: Line,
    hello: Hello,
    role: Role,
    terminal: &'a Terminal,
    _place: OwnedSemaphorePermit,
}

async fn admit(socket: WebSocket, terminal: Option<&Terminal>) -> Option<Admitted<'_>> {
    let mut line = Line::new(socket);
    let refusal = match terminal {
        None => Close::NotYet,
        Some(terminal) => match welcome(&mut line, terminal).await {
            Ok((hello, role, place)) => {
                return Some(Admitted { line, hello, role, terminal, _place: place });
            }
            Err(None) => return None,
            Err(Some(refusal)) => refusal,
        },
    };
    line.close(refusal).await;
    None
}

/// How to close as the error; none when the browser left without a word.
async fn welcome(line: &mut Line, terminal: &Terminal) -> Result<(Hello, Role, OwnedSemaphorePermit), Option<Close>> {
    let hello = match timeout(terminal.hello_limit, line.hello()).await {
        Ok(Ok(Some(hello))) => hello,
        Ok(Ok(None)) => return Err(None),
        Ok(Err(close)) => return Err(Some(close)),
        Err(_) => return Err(Some(Close::NoHello)),
    };
    let Some(role) = terminal.role(&hello.key) else {
        tracing::warn!("a browser presented a wrong secret");
        return Err(Some(Close::WrongSecret));
    };
    let places = if role.is_owner() { &terminal.places } else { &terminal.watchers_places };
    let place = Arc::clone(places).try_acquire_owned();
    place.map_or(Err(Some(Close::Full)), |place| Ok((hello, role, place)))
}
