//! What happened to an environment, in order, in words a trainee can read.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    Requested,
    /// In line for a create.
    Waiting,
    Creating,
    MachineCreated,
    AgentStarted,
    /// The machine asks for a certificate for its address.
    Certificate,
    SettingUp,
    Ready,
    PlacementFailed,
    CheckPassed,
    Extended,
    HandRaised,
    HandLowered,
    /// An instructor asks to see the terminal.
    ViewingAsked,
    ViewingAllowed,
    ViewingRefused,
    Idle,
    StopRequested,
    Expired,
    Deleting,
    Deleted,
    Failed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TimelineEntry {
    pub stage: Stage,
    pub at: Timestamp,
    #[serde(default)]
    pub detail: Option<String>,
}

/// A bounded list: an environment that is retried for hours must not outgrow its record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timeline(Vec<TimelineEntry>);

impl Timeline {
    const MAX_ENTRIES: usize = 100;

    pub(super) fn add(&mut self, stage: Stage, at: Timestamp, detail: Option<String>) {
        if self.0.len() >= Self::MAX_ENTRIES {
            // Keeps the beginning and the newest; what is dropped is one of many repetitions in between.
            self.0.remove(Self::MAX_ENTRIES / 2);
        }
        self.0.push(TimelineEntry { stage, at, detail });
    }

    /// Adds the stage unless it is already the newest one: a repeated report says nothing new.
    pub(super) fn add_once(&mut self, stage: Stage, at: Timestamp) {
        if self.0.last().is_none_or(|last| last.stage != stage) {
            self.add(stage, at, None);
        }
    }

    pub fn entries(&self) -> &[TimelineEntry] {
        &self.0
    }
}
