//! The room as its instructor sees it: for each trainee and lab one tile.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::environment::Environment;
use super::ids::{EnvironmentId, LabSlug, MemberId};
use super::lifecycle::{Failure, Phase, Slot, Status};
use super::placement::ProviderKind;
use super::timeline::Stage;
use super::work::{Hand, ViewingRequest};

/// Without a sign of work for so long, somebody counts as idle.
pub const IDLE_AFTER: SignedDuration = SignedDuration::from_mins(5);
/// Checks that keep failing for so long: somebody is stuck.
pub const STUCK_AFTER: SignedDuration = SignedDuration::from_mins(10);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TileState {
    /// In line for a machine.
    Waiting,
    Starting,
    Working,
    Idle,
    /// A raised hand, or checks that keep failing.
    Stuck,
    Done,
    Stopping,
    Ended,
    Failed,
}

/// What the room needs of one environment: written with it, and all that the room's index carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tile {
    pub id: EnvironmentId,
    pub member_id: MemberId,
    pub lab: LabSlug,
    pub lab_version: String,
    pub status: Status,
    pub slot: Option<Slot>,
    pub stage: Option<Stage>,
    pub failure: Option<Failure>,
    pub requested_at: Timestamp,
    pub ready_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub checks_passed: usize,
    pub checks_total: usize,
    pub failing_since: Option<Timestamp>,
    pub active_at: Option<Timestamp>,
    pub hand: Option<Hand>,
    pub viewing: Option<ViewingRequest>,
    pub provider: Option<ProviderKind>,
}

impl Tile {
    pub fn of(environment: &Environment) -> Self {
        let slot = match &environment.phase {
            Phase::Requested { slot, .. } => slot.clone(),
            _ => None,
        };
        let entries = environment.timeline.entries();
        let at = |stage: Stage| entries.iter().rev().find(|entry| entry.stage == stage).map(|entry| entry.at);
        Self {
            id: environment.id.clone(),
            member_id: environment.member_id.clone(),
            lab: environment.lab.clone(),
            lab_version: environment.lab_version.clone(),
            status: environment.status(),
            slot,
            stage: entries.last().map(|entry| entry.stage),
            failure: environment.failure().cloned(),
            requested_at: environment.requested_at,
            ready_at: at(Stage::Ready),
            expires_at: environment.expires_at,
            ended_at: environment.phase.receipt().map(|receipt| receipt.completed_at),
            checks_passed: environment.work.passed(),
            checks_total: environment.work.checks.len(),
            failing_since: environment.work.failing_since,
            active_at: environment.work.active_at,
            hand: environment.work.hand.clone(),
            viewing: environment.work.viewing.clone(),
            provider: environment.placement().map(|placement| placement.provider),
        }
    }

    pub fn state(&self, now: Timestamp) -> TileState {
        match self.status {
            Status::Requested => TileState::Waiting,
            Status::Creating | Status::Booting => TileState::Starting,
            Status::Deleting => TileState::Stopping,
            Status::Gone => TileState::Ended,
            Status::Failed => TileState::Failed,
            Status::Ready if self.hand.is_some() => TileState::Stuck,
            Status::Ready if self.checks_total > 0 && self.checks_passed == self.checks_total => TileState::Done,
            Status::Ready if self.last_active().is_some_and(|at| now >= at + IDLE_AFTER) => TileState::Idle,
            Status::Ready if self.failing_since.is_some_and(|at| now >= at + STUCK_AFTER) => TileState::Stuck,
            Status::Ready => TileState::Working,
        }
    }

    /// Since when it is in this state, as well as that is known.
    pub fn since(&self, now: Timestamp) -> Timestamp {
        let since = match self.state(now) {
            TileState::Waiting | TileState::Starting => Some(self.requested_at),
            TileState::Working | TileState::Done | TileState::Stopping => self.ready_at,
            TileState::Idle => self.last_active(),
            TileState::Stuck => self.hand.as_ref().map(|hand| hand.since).or(self.failing_since),
            TileState::Ended | TileState::Failed => self.ended_at,
        };
        since.unwrap_or(self.requested_at)
    }

    fn last_active(&self) -> Option<Timestamp> {
        self.active_at.into_iter().chain(self.ready_at).max()
    }
}
