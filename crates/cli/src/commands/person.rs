//! How people are shown.

use crate::api::people::Person;
use crate::output::{Colour, Table, cell, plain};

pub(super) fn people_table(people: &[Person]) -> Table {
    let mut table = Table::new(["name", "display name", "state", "extra time", "joined via", "e-mail"]);
    for person in people {
        let colour = match person.state.as_str() {
            "active" => Some(Colour::Green),
            "suspended" => Some(Colour::Red),
            _ => Some(Colour::Faint),
        };
        let extra = match person.extra_time_percent {
            0 => String::new(),
            percent => format!("+{percent} %"),
        };
        table.row([
            (&*person.name).into(),
            (&*person.display_name).into(),
            cell(&*person.state, colour),
            extra.into(),
            (&*person.joined_via).into(),
            person.email.clone().unwrap_or_default().into(),
        ]);
    }
    table
}

pub(super) fn words(person: &Person) -> String {
    plain(&format!("{} ({})", person.display_name, person.name))
}
