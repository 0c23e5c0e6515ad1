//! The room as a table: who needs somebody comes first.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::api::room::{RoomPerson, RoomView, Tile};
use crate::output::{Colour, Table, cell, span};

pub(super) const NOT_STARTED: &str = "not-started";

/// People without an environment have a row as well.
fn entries(room: &RoomView) -> Vec<(&RoomPerson, Option<&Tile>)> {
    let mut entries: Vec<_> = room
        .people
        .iter()
        .flat_map(|person| {
            let tiles = person.environments.iter().map(move |tile| (person, Some(tile)));
            tiles.chain(person.environments.is_empty().then_some((person, None)))
        })
        .collect();
    entries.sort_by_key(|(person, tile)| (urgency(*tile), person.display_name.to_lowercase()));
    entries
}

fn urgency(tile: Option<&Tile>) -> u8 {
    match tile {
        Some(Tile { hand: Some(_), .. }) => 0,
        Some(tile) => match tile.state.as_str() {
            "failed" => 1,
            "stuck" => 2,
            "idle" => 3,
            "waiting" | "starting" => 4,
            "working" => 5,
            "done" => 6,
            _ => 8,
        },
        None => 7,
    }
}

pub(super) fn table(room: &RoomView, now: Timestamp) -> Table {
    let mut table = Table::new(["who", "lab", "state", "left", "checks", "active", "note"]);
    for (person, tile) in entries(room) {
        let name =
            if person.suspended { format!("{} (suspended)", person.display_name) } else { person.display_name.clone() };
        let Some(tile) = tile else {
            let state = cell(NOT_STARTED, Some(Colour::Faint));
            table.row([name.into(), "".into(), state, "".into(), "".into(), "".into(), "".into()]);
            continue;
        };
        let until = |at: Timestamp| span(at.as_second() - now.as_second());
        table.row([
            name.into(),
            (&*tile.lab).into(),
            cell(&*tile.state, colour(&tile.state)),
            tile.expires_at.filter(|_| runs(&tile.state)).map(until).unwrap_or_default().into(),
            if tile.checks_total > 0 { format!("{}/{}", tile.checks_passed, tile.checks_total) } else { String::new() }
                .into(),
            tile.last_active_at
                .map(|at| format!("{} ago", span(now.as_second() - at.as_second())))
                .unwrap_or_default()
                .into(),
            note(tile).into(),
        ]);
    }
    table
}

fn runs(state: &str) -> bool {
    !matches!(state, "ended" | "failed" | "stopping")
}

fn note(tile: &Tile) -> String {
    let mut notes = Vec::new();
    if let Some(hand) = &tile.hand {
        let text = hand.note.as_deref().map(|note| format!(": {note}")).unwrap_or_default();
        notes.push(format!("hand raised{text}"));
    }
    if let Some(failure) = &tile.failure {
        notes.push(failure.message.clone());
    }
    match (tile.state.as_str(), tile.ahead, &tile.stage) {
        ("waiting", Some(ahead), _) => notes.push(format!("{ahead} ahead")),
        ("starting", _, Some(stage)) => notes.push(stage.replace('-', " ")),
        _ => {}
    }
    if tile.old_version {
        notes.push("older version of the lab".to_owned());
    }
    notes.join("; ")
}

fn colour(state: &str) -> Option<Colour> {
    match state {
        "working" | "done" => Some(Colour::Green),
        "idle" => Some(Colour::Yellow),
        "stuck" | "failed" => Some(Colour::Red),
        "waiting" | "starting" => Some(Colour::Cyan),
        _ => Some(Colour::Faint),
    }
}

/// `41 people: 2 stuck, 35 working, 4 not-started`.
pub(super) fn summary(room: &RoomView) -> String {
    let mut counts: BTreeMap<(u8, &str), usize> = BTreeMap::new();
    let mut hands = 0;
    for (_, tile) in entries(room) {
        hands += usize::from(tile.is_some_and(|tile| tile.hand.is_some()));
        let state = tile.map_or(NOT_STARTED, |tile| tile.state.as_str());
        let place = urgency(tile.map(|tile| Tile { hand: None, ..tile.clone() }).as_ref());
        *counts.entry((place, state)).or_default() += 1;
    }
    let mut parts: Vec<String> = counts.iter().map(|((_, state), count)| format!("{count} {state}")).collect();
    if hands > 0 {
        parts.insert(0, format!("{hands} hands up"));
    }
    format!("{} people: {}", room.people.len(), parts.join(", "))
}
