//! What the room is drawn from: two queries, however many people it has.

use serde::Deserialize;

use super::item::{failed, text, value_of};
use super::keys::{LAB_PREFIX, MEMBER_PREFIX, ROOM_INDEX, SK};
use super::{Store, StoreError, keys};
use crate::domain::ids::{ClassId, LabSlug, MemberId};
use crate::domain::room::Tile;

/// Somebody in the room, without anything secret.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Occupant {
    pub id: MemberId,
    pub name: String,
    pub display_name: String,
    pub suspended_at: Option<jiff::Timestamp>,
    pub extra_time_percent: u32,
}

/// A lab of the room, without its content.
#[derive(Debug, Deserialize)]
pub struct LabHead {
    pub slug: LabSlug,
    pub version: String,
    pub manifest: Titled,
    pub checks: Vec<serde::de::IgnoredAny>,
}

#[derive(Debug, Deserialize)]
pub struct Titled {
    pub title: String,
}

#[derive(Deserialize)]
struct RoomRow {
    room: Tile,
}

impl Store {
    /// The class's labs and people: they lie beside each other, so one query brings both.
    pub async fn roll(&self, class: &ClassId) -> Result<(Vec<LabHead>, Vec<Occupant>), StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND sk BETWEEN :labs AND :people")
            .projection_expression(
                "sk, id, #name, display_name, suspended_at, extra_time_percent, slug, version, manifest.title, checks",
            )
            .expression_attribute_names("#name", "name")
            .expression_attribute_values(":pk", text(keys::class_partition(class)))
            .expression_attribute_values(":labs", text(LAB_PREFIX))
            // Behind every member's key.
            .expression_attribute_values(":people", text(format!("{MEMBER_PREFIX}~")))
            .into_paginator()
            .items()
            .send();
        let (mut labs, mut people) = (Vec::new(), Vec::new());
        while let Some(item) = pages.next().await {
            let item = item.map_err(failed("Query"))?;
            let begins = |prefix| item.get(SK).and_then(|sk| sk.as_s().ok()).is_some_and(|sk| sk.starts_with(prefix));
            if begins(LAB_PREFIX) {
                labs.push(value_of(item)?);
            } else if begins(MEMBER_PREFIX) {
                people.push(value_of(item)?);
            }
        }
        Ok((labs, people))
    }

    /// The newest environment of each member and lab, as it was a moment ago: one page for some two thousand of them.
    pub async fn tiles(&self, class: &ClassId) -> Result<Vec<Tile>, StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(ROOM_INDEX)
            .key_condition_expression("room_pk = :class")
            .expression_attribute_values(":class", text(keys::class_partition(class)))
            .into_paginator()
            .items()
            .send();
        let mut found = Vec::new();
        while let Some(item) = pages.next().await {
            let row: RoomRow = value_of(item.map_err(failed("Query"))?)?;
            found.push(row.room);
        }
        Ok(found)
    }
}
