//! One WebSocket: hello, then input one way and output the other.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use bytes::{Bytes, BytesMut};
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt, StreamExt};
use tokio::sync::mpsc;
use tokio::time::{interval, sleep, timeout};

use super::messages::{Close, FromBrowser, Hello, Size};
use super::session::{Seat, Session, Typed};
use super::viewer::{Dismissal, Outgoing};
use super::viewing::Role;

const LARGEST_FRAME: usize = 64 * 1024;
const PING_EVERY: Duration = Duration::from_secs(20);
/// Three pings without an answer.
const SILENCE: Duration = Duration::from_secs(60);
const SEND_LIMIT: Duration = Duration::from_secs(20);
const CLOSE_LIMIT: Duration = Duration::from_secs(5);
/// How long a browser may take to answer a close.
const LINGER: Duration = Duration::from_secs(1);
/// How long the shell may leave an input lying.
const INPUT_LIMIT: Duration = Duration::from_secs(10);

/// Seats a viewer and stays until one side ends it.
pub(super) async fn attend(line: Line, hello: &Hello, role: Role, session: &Arc<Session>) {
    let seat = match session.attach(hello, role) {
        Ok(seat) => seat,
        Err(close) => return line.close(close).await,
    };
    let viewer = seat.viewer;
    tracing::info!(viewer.id = viewer, "a viewer has come");
    // Leaves also when the connection's task is dropped.
    let _chair = Chair { session, viewer };
    let Line { sink, mut stream } = line;
    let dismissal = seat.dismissal.clone();
    let heard = async {
        if let Some(close) = listen(&mut stream, session, viewer).await {
            dismissal.dismiss(close);
            // Connections closed with something unread are reset, and the browser would not learn why.
            while let Some(Ok(_)) = stream.next().await {}
        }
    };
    let spoken = async {
        speak(sink, seat).await;
        sleep(LINGER).await;
    };
    tokio::select! {
        () = heard => {}
        () = spoken => {}
    }
}

struct Chair<'a> {
    session: &'a Session,
    viewer: u64,
}

impl Drop for Chair<'_> {
    fn drop(&mut self) {
        self.session.detach(self.viewer);
        tracing::info!(viewer.id = self.viewer, "a viewer has left");
    }
}

/// An open socket.
pub(super) struct Line {
    sink: SplitSink<WebSocket, Message>,
    stream: SplitStream<WebSocket>,
}

impl Line {
    pub(super) fn new(socket: WebSocket) -> Self {
        let (sink, stream) = socket.split();
        Self { sink, stream }
    }

    /// The first message; none when the browser left without a word.
    pub(super) async fn hello(&mut self) -> Result<Option<Hello>, Close> {
        while let Some(Ok(message)) = self.stream.next().await {
            match message {
                Message::Text(text) => {
                    return match FromBrowser::parse(&text) {
                        Ok(FromBrowser::Hello(hello)) => Ok(Some(hello)),
                        Ok(_) | Err(_) => Err(Close::Malformed),
                    };
                }
                Message::Binary(_) => return Err(Close::Malformed),
                Message::Ping(_) | Message::Pong(_) => {}
                Message::Close(_) => return Ok(None),
            }
        }
        Ok(None)
    }

    pub(super) async fn close(mut self, close: Close) {
        say_goodbye(&mut self.sink, close).await;
        // The browser answers with its own close frame; leaving earlier could lose ours.
        let answered = async { while let Some(Ok(_)) = self.stream.next().await {} };
        let _: Result<(), _> = timeout(LINGER, answered).await;
    }
}

async fn say_goodbye(sink: &mut SplitSink<WebSocket, Message>, close: Close) {
    let frame = CloseFrame { code: close.code(), reason: close.reason().into() };
    if !matches!(timeout(CLOSE_LIMIT, sink.send(Message::Close(Some(frame)))).await, Ok(Ok(()))) {
        tracing::debug!("a browser left before it was told why");
    }
}

/// Reads until the browser leaves, or breaks the protocol: then how to close.
async fn listen(stream: &mut SplitStream<WebSocket>, session: &Arc<Session>, viewer: u64) -> Option<Close> {
    while let Ok(Some(Ok(message))) = timeout(SILENCE, stream.next()).await {
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(_) => return Some(Close::Malformed),
            Message::Ping(_) | Message::Pong(_) => continue,
            Message::Close(_) => return None,
        };
        match FromBrowser::parse(&text) {
            Ok(FromBrowser::Input { seq, data }) => {
                if let Err(close) = type_in(session, viewer, seq, data).await {
                    return Some(close);
                }
            }
            Ok(FromBrowser::Resize { cols, rows }) => session.resize(viewer, Size::clamped(cols, rows)),
            Ok(FromBrowser::Viewing { mode }) => session.allow(viewer, mode),
            Ok(FromBrowser::Check { name }) => session.check(viewer, name.as_deref()),
            Ok(FromBrowser::Ping) => session.pong(viewer),
            Ok(FromBrowser::Hello(_)) | Err(_) => return Some(Close::Malformed),
        }
    }
    None
}

/// Waits for room in front of the shell, then types. A shell that ended in between has a successor.
async fn type_in(session: &Arc<Session>, viewer: u64, seq: u64, data: String) -> Result<(), Close> {
    for _ in 0..3 {
        let Some(keyboard) = session.keyboard(viewer)? else {
            return Ok(());
        };
        let generation = keyboard.generation();
        let Ok(reserved) = timeout(INPUT_LIMIT, keyboard.queue.reserve_owned()).await else {
            return Err(Close::Stuck);
        };
        let Ok(place) = reserved else { continue };
        if session.type_in(viewer, generation, place, seq, data.clone()) == Typed::Taken {
            return Ok(());
        }
    }
    Err(Close::Stuck)
}

/// Writes until the viewer is dismissed or the browser is gone.
async fn speak(mut sink: SplitSink<WebSocket, Message>, seat: Seat) {
    let Seat { mut queue, dismissal, .. } = seat;
    let close = tokio::select! {
        close = dismissal.dismissed() => close,
        () = write(&mut sink, &mut queue, &dismissal) => return,
    };
    say_goodbye(&mut sink, close).await;
}

async fn write(sink: &mut SplitSink<WebSocket, Message>, queue: &mut mpsc::Receiver<Outgoing>, dismissal: &Dismissal) {
    let mut pings = interval(PING_EVERY);
    pings.reset();
    let mut next: Option<Outgoing> = None;
    loop {
        let outgoing = match next.take() {
            Some(outgoing) => Some(outgoing),
            None => tokio::select! {
                received = queue.recv() => match received {
                    Some(outgoing) => Some(outgoing),
                    // The session let go of this viewer.
                    None => return dismissal.dismiss(Close::Over),
                },
                _ = pings.tick() => None,
            },
        };
        let message = match outgoing {
            None => Message::Ping(Bytes::new()),
            Some(Outgoing::Control(message)) => match serde_json::to_string(&message) {
                Ok(text) => Message::Text(text.into()),
                Err(_) => return,
            },
            Some(Outgoing::Snapshot(bytes)) => Message::Binary(bytes),
            Some(Outgoing::Output(bytes)) => Message::Binary(gather(bytes, queue, &mut next)),
        };
        if !matches!(timeout(SEND_LIMIT, sink.send(message)).await, Ok(Ok(()))) {
            return;
        }
    }
}

/// Joins output that waits into one frame; what is not output is left in `next`.
fn gather(first: Bytes, queue: &mut mpsc::Receiver<Outgoing>, next: &mut Option<Outgoing>) -> Bytes {
    let mut frame: Option<BytesMut> = None;
    while frame.as_ref().map_or(first.len(), BytesMut::len) < LARGEST_FRAME {
        match queue.try_recv() {
            Ok(Outgoing::Output(more)) => {
                frame.get_or_insert_with(|| BytesMut::from(&first[..])).extend_from_slice(&more);
            }
            Ok(other) => {
                *next = Some(other);
                break;
            }
            Err(_) => break,
        }
    }
    frame.map_or(first, BytesMut::freeze)
}
