//! The room, live.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::class::{Class, ClassState};
use crate::domain::ids::MemberId;
use crate::domain::lifecycle::Failure;
use crate::domain::placement::ProviderKind;
use crate::domain::room::{Tile, TileState};
use crate::domain::timeline::Stage;
use crate::domain::work::{Hand, ViewingAnswer};
use crate::store::{LabHead, Occupant};

#[derive(Serialize, ToSchema)]
pub struct RoomView {
    pub class: RoomClass,
    pub now: Timestamp,
    pub labs: Vec<RoomLab>,
    pub people: Vec<RoomPerson>,
}

#[derive(Serialize, ToSchema)]
pub struct RoomClass {
    pub id: String,
    pub code: String,
    pub title: String,
    pub state: ClassState,
    pub closes_at: Option<Timestamp>,
}

#[derive(Serialize, ToSchema)]
pub struct RoomLab {
    pub slug: String,
    pub title: String,
    pub version: String,
    pub checks: usize,
}

/// Somebody in the room; without environments they have not started.
#[derive(Serialize, ToSchema)]
pub struct RoomPerson {
    pub id: String,
    pub name: String,
    pub display_name: String,
    pub suspended: bool,
    pub extra_time_percent: u32,
    /// The newest of each lab.
    pub environments: Vec<TileView>,
}

#[derive(Serialize, ToSchema)]
pub struct TileView {
    pub id: String,
    pub lab: String,
    pub state: TileState,
    pub since: Timestamp,
    /// About how many starts come before this one, while it waits.
    pub ahead: Option<u32>,
    /// What happened last.
    pub stage: Option<Stage>,
    pub failure: Option<Failure>,
    pub requested_at: Timestamp,
    pub ready_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub checks_passed: usize,
    pub checks_total: usize,
    pub last_active_at: Option<Timestamp>,
    pub hand: Option<Hand>,
    pub viewing: Option<TileViewing>,
    /// It runs another version of the lab than the current one.
    pub old_version: bool,
    pub provider: Option<ProviderKind>,
}

/// Who asked to see the terminal, and what the trainee said.
#[derive(Serialize, ToSchema)]
pub struct TileViewing {
    pub asked_by: String,
    pub asked_at: Timestamp,
    pub answer: Option<ViewingAnswer>,
}

impl TileView {
    fn new(tile: Tile, current_version: Option<&String>, now: Timestamp) -> Self {
        Self {
            state: tile.state(now),
            since: tile.since(now),
            ahead: tile.slot.as_ref().map(|slot| slot.ahead(now)),
            id: tile.id.to_string(),
            lab: tile.lab.to_string(),
            stage: tile.stage,
            failure: tile.failure,
            requested_at: tile.requested_at,
            ready_at: tile.ready_at,
            expires_at: tile.expires_at,
            checks_passed: tile.checks_passed,
            checks_total: tile.checks_total,
            last_active_at: tile.active_at,
            hand: tile.hand,
            viewing: tile.viewing.map(|viewing| TileViewing {
                asked_by: viewing.by,
                asked_at: viewing.at,
                answer: viewing.answer,
            }),
            old_version: current_version.is_none_or(|current| *current != tile.lab_version),
            provider: tile.provider,
        }
    }
}

impl RoomView {
    pub fn new(class: &Class, labs: &[LabHead], occupants: Vec<Occupant>, tiles: Vec<Tile>, now: Timestamp) -> Self {
        let versions: HashMap<&str, &String> = labs.iter().map(|lab| (lab.slug.as_str(), &lab.version)).collect();
        let mut by_member: HashMap<MemberId, Vec<TileView>> = HashMap::new();
        let mut tiles = tiles;
        // The newest first; of several that the index still holds, only that one.
        tiles.sort_by(|one, other| other.id.cmp(&one.id));
        for tile in tiles {
            let version = versions.get(tile.lab.as_str()).copied();
            let of_member = by_member.entry(tile.member_id.clone()).or_default();
            if of_member.iter().all(|known| known.lab != tile.lab.as_str()) {
                of_member.push(TileView::new(tile, version, now));
            }
        }
        let person = |occupant: Occupant| RoomPerson {
            environments: by_member.remove(&occupant.id).unwrap_or_default(),
            id: occupant.id.to_string(),
            name: occupant.name,
            display_name: occupant.display_name,
            suspended: occupant.suspended_at.is_some(),
            extra_time_percent: occupant.extra_time_percent,
        };
        Self {
            class: RoomClass {
                id: class.id.to_string(),
                code: class.code.to_string(),
                title: class.settings.title.clone(),
                state: class.state(now),
                closes_at: class.settings.closes_at,
            },
            now,
            labs: labs.iter().map(RoomLab::from).collect(),
            people: occupants.into_iter().map(person).collect(),
        }
    }
}

impl From<&LabHead> for RoomLab {
    fn from(lab: &LabHead) -> Self {
        Self {
            slug: lab.slug.to_string(),
            title: lab.manifest.title.clone(),
            version: lab.version.clone(),
            checks: lab.checks.len(),
        }
    }
}
