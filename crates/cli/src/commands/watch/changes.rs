//! What became different between two looks at the room.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::rows::NOT_STARTED;
use crate::api::room::{RoomPerson, RoomView, Tile};
use crate::output::{local_time, plain};

/// One environment that came, changed or went; or a person who came or went without any.
#[derive(Debug)]
pub(super) struct Change<'a> {
    at: Timestamp,
    person: &'a RoomPerson,
    from: Option<&'a Tile>,
    to: Option<&'a Tile>,
}

/// In the order of the room's people. Everything is a change to somebody who has not looked before.
pub(super) fn changes_between<'a>(before: Option<&'a RoomView>, after: &'a RoomView) -> Vec<Change<'a>> {
    let known: BTreeMap<&str, &RoomPerson> =
        before.iter().flat_map(|room| &room.people).map(|person| (person.id.as_str(), person)).collect();
    let mut changes = Vec::new();
    for person in &after.people {
        let old = known.get(person.id.as_str()).map_or(&[][..], |old| &old.environments[..]);
        let tile_of = |tiles: &'a [Tile], lab: &str| tiles.iter().find(|tile| tile.lab == lab);
        for tile in &person.environments {
            let from = tile_of(old, &tile.lab);
            if from.is_none_or(|from| differs(from, tile)) {
                changes.push(Change { at: after.now, person, from, to: Some(tile) });
            }
        }
        for gone in old.iter().filter(|tile| tile_of(&person.environments, &tile.lab).is_none()) {
            changes.push(Change { at: after.now, person, from: Some(gone), to: None });
        }
        if person.environments.is_empty() && !known.contains_key(person.id.as_str()) {
            changes.push(Change { at: after.now, person, from: None, to: None });
        }
    }
    changes
}

/// The time of the last key press is different at every look, and no news.
fn differs(from: &Tile, to: &Tile) -> bool {
    let still = |tile: &Tile| Tile { last_active_at: None, ..tile.clone() };
    still(from) != still(to)
}

impl Change<'_> {
    pub(super) fn document(&self) -> Value {
        let RoomPerson { id, name, display_name, .. } = self.person;
        let lab = self.to.or(self.from).map(|tile| &tile.lab);
        json!({ "at": self.at, "member": { "id": id, "name": name, "display_name": display_name },
            "lab": lab, "from": self.from, "to": self.to })
    }

    /// For people; nothing where only numbers moved that they would not read twice.
    pub(super) fn words(&self) -> Option<String> {
        let state = |tile: Option<&Tile>| tile.map_or(NOT_STARTED.to_owned(), words_of);
        if self.from.is_some() && state(self.from) == state(self.to) {
            return None;
        }
        let lab = self.to.or(self.from).map(|tile| format!(" {}", tile.lab)).unwrap_or_default();
        let from = self.from.map(|from| format!("{} -> ", words_of(from))).unwrap_or_default();
        let text = format!("{} {}{lab}: {from}{}", local_time(self.at), self.person.display_name, state(self.to));
        Some(plain(&text))
    }
}

fn words_of(tile: &Tile) -> String {
    let mut text = tile.state.clone();
    if tile.checks_total > 0 {
        text.push_str(&format!(" {}/{}", tile.checks_passed, tile.checks_total));
    }
    if tile.hand.is_some() {
        text.push_str(", hand raised");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(environments: &Value) -> RoomView {
        serde_json::from_value(json!({
            "class": { "id": "cls_1", "code": "DEVSECOPS", "title": "DevSecOps", "state": "open", "closes_at": null },
            "now": "2026-11-22T09:00:00Z",
            "people": [{ "id": "mem_1", "name": "ada", "display_name": "Ada", "environments": environments }],
        }))
        .unwrap()
    }

    fn tile(state: &str, last_active_at: &str) -> Value {
        json!([{ "id": "env_1", "lab": "notes-api", "state": state, "last_active_at": last_active_at }])
    }

    #[test]
    fn a_state_is_news_and_a_key_press_is_not() {
        let before = room(&tile("working", "2026-11-22T08:59:00Z"));
        assert!(changes_between(Some(&before), &room(&tile("working", "2026-11-22T08:59:58Z"))).is_empty());
        let after = room(&tile("stuck", "2026-11-22T08:59:00Z"));
        let changes = changes_between(Some(&before), &after);
        assert_eq!(changes.len(), 1);
        let document = changes[0].document();
        assert_eq!((&document["from"]["state"], &document["to"]["state"]), (&json!("working"), &json!("stuck")));
        let words = changes[0].words().unwrap();
        assert!(words.ends_with("Ada notes-api: working -> stuck"), "{words}");
    }

    #[test]
    fn the_first_look_tells_everybody_and_what_went_is_told() {
        let empty = room(&json!([]));
        assert_eq!(changes_between(None, &empty).len(), 1);
        assert!(changes_between(Some(&empty), &empty).is_empty());
        let before = room(&tile("working", "2026-11-22T08:59:00Z"));
        assert_eq!(changes_between(Some(&before), &empty)[0].document()["to"], Value::Null);
    }
}
