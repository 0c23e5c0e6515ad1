//! The room: who is where in which lab, and what can be done to them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct RoomView {
    pub(crate) class: RoomClass,
    pub(crate) now: Timestamp,
    pub(crate) people: Vec<RoomPerson>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct RoomClass {
    pub(crate) code: String,
    pub(crate) title: String,
    pub(crate) state: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct RoomPerson {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) display_name: String,
    #[serde(default)]
    pub(crate) suspended: bool,
    #[serde(default)]
    pub(crate) environments: Vec<Tile>,
}

/// One person's newest environment of one lab.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tile {
    pub(crate) id: String,
    pub(crate) lab: String,
    pub(crate) state: String,
    #[serde(default)]
    pub(crate) since: Option<Timestamp>,
    #[serde(default)]
    pub(crate) ahead: Option<u32>,
    #[serde(default)]
    pub(crate) stage: Option<String>,
    #[serde(default)]
    pub(crate) failure: Option<TileFailure>,
    #[serde(default)]
    pub(crate) expires_at: Option<Timestamp>,
    #[serde(default)]
    pub(crate) checks_passed: u32,
    #[serde(default)]
    pub(crate) checks_total: u32,
    #[serde(default)]
    pub(crate) last_active_at: Option<Timestamp>,
    #[serde(default)]
    pub(crate) hand: Option<Hand>,
    #[serde(default)]
    pub(crate) old_version: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct TileFailure {
    pub(crate) code: String,
    pub(crate) message: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Hand {
    pub(crate) since: Timestamp,
    #[serde(default)]
    pub(crate) note: Option<String>,
}

/// What came of an action for one person.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ActionResult {
    #[serde(default)]
    pub(crate) member: Value,
    pub(crate) outcome: Outcome,
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

impl ActionResult {
    /// For somebody about whom the API said nothing.
    pub(crate) fn refused(member: &str, reason: &str) -> Self {
        Self { member: Value::from(member), outcome: Outcome::Refused, reason: Some(reason.to_owned()) }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Outcome {
    WouldDo,
    Done,
    NothingToDo,
    Refused,
    /// A restart whose old machine is not proven gone yet.
    Stopping,
}

impl Outcome {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::WouldDo => "would do",
            Self::Done => "done",
            Self::NothingToDo => "nothing to do",
            Self::Refused => "refused",
            Self::Stopping => "stopping",
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ActionAnswer {
    pub(crate) results: Vec<ActionResult>,
}
