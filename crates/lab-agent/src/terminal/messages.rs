//! The terminal's messages, `docs/protocol.md` section 3.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::viewing::Mode;
use crate::checks::Item;
use crate::secret::Secret;

/// The WebSocket subprotocol.
pub(super) const SUBPROTOCOL: &str = "brihaspati.terminal.v1";
/// Input of one message, in bytes. A portal cuts longer pastes into several.
const MOST_INPUT_BYTES: usize = 64 * 1024;
const LONGEST_CLIENT: usize = 128;
/// In bytes; a watcher's name.
const LONGEST_NAME: usize = 320;

/// Why a socket is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Close {
    Malformed,
    WrongSecret,
    NotAllowed,
    NoHello,
    TooSlow,
    Replaced,
    NotYet,
    Stuck,
    Full,
    NoShell,
    Over,
}

impl Close {
    pub(super) fn code(self) -> u16 {
        match self {
            Self::Malformed => 4400,
            Self::WrongSecret => 4401,
            Self::NotAllowed => 4403,
            Self::NoHello | Self::TooSlow => 4408,
            Self::Replaced => 4409,
            Self::NotYet => 4503,
            Self::Stuck | Self::Full => 1013,
            Self::NoShell => 1011,
            Self::Over => 1001,
        }
    }

    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Malformed => "malformed message",
            Self::WrongSecret => "wrong secret",
            Self::NotAllowed => "the trainee does not allow it now",
            Self::NoHello => "no hello in time",
            Self::TooSlow => "reading too slowly",
            Self::Replaced => "this client has connected again",
            Self::NotYet => "the lab is not set up yet",
            Self::Stuck => "the shell does not take input",
            Self::Full => "too many terminals are open",
            Self::NoShell => "no shell could be started",
            Self::Over => "the machine ends",
        }
    }
}

/// What a browser may say.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum FromBrowser {
    Hello(Hello),
    Input { seq: u64, data: String },
    Resize { cols: u16, rows: u16 },
    Viewing { mode: Mode },
    Check { name: Option<String> },
    Ping,
}

/// The first message.
#[derive(Debug, Deserialize)]
pub(super) struct Hello {
    #[serde(flatten)]
    pub(super) key: Key,
    pub(super) client: String,
    pub(super) cols: u16,
    pub(super) rows: u16,
}

/// What lets somebody in.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Key {
    Owner { secret: Secret },
    Watcher { viewer_secret: Secret, name: String },
}

/// What the machine says, besides output.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum ToBrowser {
    Welcome { applied: u64, cols: u16, rows: u16, readonly: bool, viewing: Mode },
    Ack { seq: u64 },
    Size { cols: u16, rows: u16 },
    Viewing { mode: Mode, watching: Vec<String> },
    Checks { running: bool, items: Vec<Item> },
    Exit,
    Pong,
}

/// A message that breaks the protocol.
#[derive(Debug, Error)]
#[error("malformed message")]
pub(super) struct MalformedMessage;

impl FromBrowser {
    pub(super) fn parse(text: &str) -> Result<Self, MalformedMessage> {
        let message = serde_json::from_str(text).map_err(|_| MalformedMessage)?;
        let sound = match &message {
            Self::Hello(hello) => {
                (1..=LONGEST_CLIENT).contains(&hello.client.len())
                    && hello.client.bytes().all(|byte| byte.is_ascii_graphic())
                    && hello.key.is_sound()
            }
            Self::Input { seq, data } => *seq > 0 && data.len() <= MOST_INPUT_BYTES,
            Self::Resize { .. } | Self::Viewing { .. } | Self::Check { .. } | Self::Ping => true,
        };
        if sound { Ok(message) } else { Err(MalformedMessage) }
    }
}

impl Key {
    /// A watcher's name is shown to the trainee.
    fn is_sound(&self) -> bool {
        match self {
            Self::Owner { .. } => true,
            Self::Watcher { name, .. } => {
                !name.trim().is_empty() && name.len() <= LONGEST_NAME && !name.contains(char::is_control)
            }
        }
    }
}

/// The terminal's size in cells, always within what programs and emulators bear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) cols: u16,
    pub(super) rows: u16,
}

impl Size {
    /// The nearest acceptable size: a tab in the background may measure itself as nothing.
    pub(super) fn clamped(cols: u16, rows: u16) -> Self {
        Self { cols: cols.clamp(2, 500), rows: rows.clamp(2, 200) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_breaks_the_protocol_is_malformed() {
        for text in [
            "",
            "[]",
            r#"{"type":"shell"}"#,
            r#"{"type":"input","seq":0,"data":"x"}"#,
            r#"{"type":"input","seq":-1,"data":"x"}"#,
            r#"{"type":"resize","cols":70000,"rows":1}"#,
            r#"{"type":"hello","secret":"s","client":"","cols":80,"rows":24}"#,
            r#"{"type":"hello","client":"a","cols":80,"rows":24}"#,
            r#"{"type":"hello","viewer_secret":"s","client":"a","cols":80,"rows":24}"#,
            r#"{"type":"hello","viewer_secret":"s","name":" ","client":"a","cols":80,"rows":24}"#,
            r#"{"type":"hello","viewer_secret":"s","name":"a","client":"a","cols":80,"rows":24}"#,
            r#"{"type":"viewing","mode":"all"}"#,
        ] {
            assert!(FromBrowser::parse(text).is_err(), "{text}");
        }
        let long = serde_json::json!({"type": "input", "seq": 1, "data": "x".repeat(MOST_INPUT_BYTES + 1)});
        assert!(FromBrowser::parse(&long.to_string()).is_err());
    }

    #[test]
    fn messages_are_written_as_documented() {
        assert_eq!(serde_json::to_string(&ToBrowser::Ack { seq: 18 }).unwrap(), r#"{"type":"ack","seq":18}"#);
        assert_eq!(serde_json::to_string(&ToBrowser::Exit).unwrap(), r#"{"type":"exit"}"#);
    }
}
