//! A browser's terminal: a WebSocket and an emulator that draws what comes.

use std::time::Duration;

use avt::Vt;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::lab::{Lab, PORT, PORTAL, SECRET, VIEWER_SECRET};
use crate::trust::Trust;

const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Browser {
    pub(crate) socket: WebSocketStream<Box<dyn Wire>>,
    pub(crate) screen: Vt,
    pub(crate) messages: Vec<Value>,
    pub(crate) drawn: Vec<u8>,
    pub(crate) closed: Option<u16>,
}

/// A connection, plain or through TLS.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

pub(crate) async fn connect(lab: &Lab, origin: &str) -> Result<Browser, tungstenite::Error> {
    let wire = TcpStream::connect((lab.address, PORT)).await?;
    connect_over("ws", Box::new(wire), lab, origin).await
}

/// Connects over a wire that is there already.
pub(crate) async fn connect_over(
    scheme: &str,
    wire: Box<dyn Wire>,
    lab: &Lab,
    origin: &str,
) -> Result<Browser, tungstenite::Error> {
    let url = format!("{scheme}://{}:{PORT}/terminal", lab.address);
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("origin", origin.parse().unwrap());
    request.headers_mut().insert("sec-websocket-protocol", "brihaspati.terminal.v1".parse().unwrap());
    let (socket, answer) = client_async(request, wire).await?;
    assert_eq!(answer.headers()["sec-websocket-protocol"], "brihaspati.terminal.v1");
    Ok(Browser { socket, screen: Vt::new(80, 24), messages: Vec::new(), drawn: Vec::new(), closed: None })
}

impl Browser {
    /// Connects and says hello with the right secret on an 80 x 24 terminal.
    pub(crate) async fn open(lab: &Lab, client: &str) -> Self {
        Self::open_sized(lab, client, 80, 24).await
    }

    pub(crate) async fn open_sized(lab: &Lab, client: &str, cols: usize, rows: usize) -> Self {
        let mut browser = connect(lab, PORTAL).await.unwrap();
        browser.screen = Vt::new(cols, rows);
        browser.comes_in(client, cols, rows).await;
        browser
    }

    /// Connects through TLS, if the machine shows a certificate that `trust` vouches for.
    pub(crate) async fn open_secured(lab: &Lab, trust: &Trust, client: &str) -> Self {
        let wire = trust.connect(lab.address, PORT).await.unwrap();
        let mut browser = connect_over("wss", Box::new(wire), lab, PORTAL).await.unwrap();
        browser.comes_in(client, 80, 24).await;
        browser
    }

    async fn comes_in(&mut self, client: &str, cols: usize, rows: usize) {
        self.hello(SECRET, client, cols, rows).await;
        self.hears("welcome").await;
        self.until("the snapshot", |browser| !browser.drawn.is_empty()).await;
    }

    /// Connects as somebody of this name who looks on.
    pub(crate) async fn watch(lab: &Lab, name: &str, client: &str) -> Self {
        let mut browser = Self::ask_to_watch(lab, name, client).await;
        browser.hears("welcome").await;
        browser.until("the snapshot", |browser| !browser.drawn.is_empty()).await;
        browser
    }

    /// Connects and says a watcher's hello, without waiting for what follows.
    pub(crate) async fn ask_to_watch(lab: &Lab, name: &str, client: &str) -> Self {
        let mut browser = connect(lab, PORTAL).await.unwrap();
        let hello = json!({
            "type": "hello", "viewer_secret": VIEWER_SECRET, "name": name, "client": client, "cols": 90, "rows": 30
        });
        browser.send(&hello).await;
        browser
    }

    pub(crate) async fn hello(&mut self, secret: &str, client: &str, cols: usize, rows: usize) {
        self.send(&json!({"type": "hello", "secret": secret, "client": client, "cols": cols, "rows": rows})).await;
    }

    pub(crate) async fn send(&mut self, message: &Value) {
        self.socket.send(Message::text(message.to_string())).await.unwrap();
    }

    pub(crate) async fn types(&mut self, seq: u64, data: &str) {
        self.send(&json!({"type": "input", "seq": seq, "data": data})).await;
    }

    /// Reads one frame.
    pub(crate) async fn read(&mut self) {
        match timeout(PATIENCE, self.socket.next()).await.expect("the machine said nothing") {
            Some(Ok(Message::Text(text))) => self.messages.push(serde_json::from_str(&text).unwrap()),
            Some(Ok(Message::Binary(bytes))) => {
                self.drawn.extend_from_slice(&bytes);
                self.screen.feed_str(std::str::from_utf8(&bytes).unwrap());
            }
            Some(Ok(Message::Close(frame))) => {
                self.closed = Some(frame.map_or(1005, |frame| frame.code.into()));
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => self.closed = self.closed.or(Some(1006)),
        }
    }

    /// Reads one frame without drawing it, for output in masses.
    pub(crate) async fn read_raw(&mut self) {
        match timeout(PATIENCE, self.socket.next()).await.expect("the machine said nothing") {
            Some(Ok(Message::Binary(bytes))) => self.drawn = bytes.to_vec(),
            Some(Ok(Message::Close(frame))) => {
                self.closed = Some(frame.map_or(1005, |frame| frame.code.into()));
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => self.closed = self.closed.or(Some(1006)),
        }
    }

    pub(crate) async fn until(&mut self, what: &str, condition: impl Fn(&Self) -> bool) {
        let deadline = std::time::Instant::now() + PATIENCE;
        while !condition(self) {
            let late = self.closed.is_some() || std::time::Instant::now() > deadline;
            assert!(!late, "never seen: {what}; closed: {:?}; screen:\n{}", self.closed, self.text());
            self.read().await;
        }
    }

    pub(crate) async fn sees(&mut self, text: &str) {
        self.until(text, |browser| browser.text().contains(text)).await;
    }

    /// Waits for a message of this kind, and takes it and what came before.
    pub(crate) async fn hears(&mut self, kind: &str) -> Value {
        let of_kind = |message: &Value| message["type"] == kind;
        self.until(kind, |browser| browser.messages.iter().any(of_kind)).await;
        let place = self.messages.iter().position(of_kind).unwrap();
        self.messages.drain(..=place).next_back().unwrap()
    }

    /// Waits for a message of this kind that is as wanted, and takes it and what came before.
    pub(crate) async fn hears_of(&mut self, kind: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.hears(kind).await;
            if wanted(&message) {
                return message;
            }
        }
    }

    pub(crate) async fn is_closed_with(&mut self) -> u16 {
        while self.closed.is_none() {
            self.read().await;
        }
        self.closed.unwrap()
    }

    pub(crate) fn text(&self) -> String {
        self.screen.lines().map(|line| line.text().trim_end().to_owned()).collect::<Vec<_>>().join("\n")
    }
}
