use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// A browser's terminal, as `docs/protocol.md` describes it.
pub struct Terminal {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    seq: u64,
    /// What the machine said in its welcome.
    pub readonly: bool,
    /// Everything the machine has drawn since the connection began.
    pub output: String,
}

/// How a machine ended a conversation.
#[derive(Debug, PartialEq, Eq)]
pub struct Closed(pub u16);

impl Terminal {
    /// Connects and says hello as the trainee; `client` is the tab's id.
    ///
    /// # Panics
    /// When the machine does not speak the protocol.
    pub async fn connect(url: &str, origin: &str, secret: &str, client: &str) -> Result<Self, Closed> {
        let hello = json!({ "type": "hello", "secret": secret, "client": client, "cols": 100, "rows": 30 });
        Self::open(url, origin, &hello).await
    }

    /// Connects to look on under this name.
    ///
    /// # Panics
    /// As [`connect`](Self::connect).
    pub async fn watch(url: &str, origin: &str, viewer_secret: &str, name: &str) -> Result<Self, Closed> {
        let hello = json!({
            "type": "hello", "viewer_secret": viewer_secret, "name": name, "client": name, "cols": 80, "rows": 24,
        });
        Self::open(url, origin, &hello).await
    }

    async fn open(url: &str, origin: &str, hello: &Value) -> Result<Self, Closed> {
        let mut request = url.into_client_request().unwrap_or_else(|error| panic!("{url}: {error}"));
        for (name, value) in [("origin", origin), ("sec-websocket-protocol", "brihaspati.terminal.v1")] {
            request.headers_mut().insert(name, value.parse().unwrap_or_else(|error| panic!("{value}: {error}")));
        }
        let (socket, _) = match connect_async(request).await {
            Ok(connected) => connected,
            Err(tokio_tungstenite::tungstenite::Error::Http(answer)) => {
                return Err(Closed(answer.status().as_u16()));
            }
            Err(error) => panic!("{url}: {error}"),
        };
        let mut terminal = Self { socket, seq: 0, readonly: false, output: String::new() };
        terminal.send(hello).await;
        let welcome = terminal.control("welcome").await?;
        terminal.seq = welcome["applied"].as_u64().unwrap_or_default();
        terminal.readonly = welcome["readonly"] == true;
        Ok(terminal)
    }

    pub async fn send(&mut self, message: &Value) {
        self.socket.send(Message::text(message.to_string())).await.unwrap_or_else(|error| panic!("{error}"));
    }

    /// Types, and waits until the machine says that the shell has it.
    pub async fn type_in(&mut self, text: &str) {
        self.seq += 1;
        self.send(&json!({ "type": "input", "seq": self.seq, "data": text })).await;
        self.control("ack").await.unwrap_or_else(|closed| panic!("{closed:?}"));
    }

    /// Types the last input once more, as a browser does that missed its acknowledgement.
    pub async fn repeat(&mut self, text: &str) {
        self.send(&json!({ "type": "input", "seq": self.seq, "data": text })).await;
    }

    async fn control(&mut self, kind: &str) -> Result<Value, Closed> {
        loop {
            match self.next().await? {
                Some(message) if message["type"] == kind => return Ok(message),
                _ => {}
            }
        }
    }

    /// Waits for a message of this kind that is as wanted.
    ///
    /// # Panics
    /// When the machine is silent for 10 s, or ends the conversation.
    pub async fn hear(&mut self, kind: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.control(kind).await.unwrap_or_else(|closed| panic!("{closed:?} instead of {kind}"));
            if wanted(&message) {
                return message;
            }
        }
    }

    /// Waits until the machine ends the conversation.
    pub async fn closed(&mut self) -> Closed {
        loop {
            if let Err(closed) = self.next().await {
                return closed;
            }
        }
    }

    /// Reads until the output holds `text`.
    ///
    /// # Panics
    /// After 10 s without it.
    pub async fn expect(&mut self, text: &str) {
        while !self.output.contains(text) {
            self.next().await.unwrap_or_else(|closed| panic!("{closed:?} while waiting for {text:?}: {}", self.output));
        }
    }

    /// One frame: a control message, or `None` for output, which is kept.
    async fn next(&mut self) -> Result<Option<Value>, Closed> {
        let deadline = Instant::now() + Duration::from_secs(10);
        let frame = timeout_at(deadline, self.socket.next()).await;
        let frame = frame.unwrap_or_else(|_| panic!("the machine is silent; so far: {}", self.output));
        match frame {
            Some(Ok(Message::Text(text))) => Ok(serde_json::from_str(&text).ok()),
            Some(Ok(Message::Binary(bytes))) => {
                self.output.push_str(&String::from_utf8_lossy(&bytes));
                Ok(None)
            }
            Some(Ok(Message::Close(frame))) => Err(Closed(frame.map_or(1005, |frame| frame.code.into()))),
            Some(Ok(_)) => Ok(None),
            Some(Err(_)) | None => Err(Closed(1006)),
        }
    }
}
