//! What came of an action, a line for each person.

use std::collections::BTreeMap;

use super::Verb;
use crate::api::room::{ActionResult, Outcome, RoomPerson};
use crate::failure::Failure;
use crate::output::{Colour, Table, cell, plain};

pub(super) fn table(results: &[ActionResult], people: &[RoomPerson]) -> Table {
    let names: BTreeMap<&str, &str> =
        people.iter().map(|person| (person.id.as_str(), person.display_name.as_str())).collect();
    let mut table = Table::new(["who", "outcome", "reason"]);
    for result in results {
        let id = result.member.as_str().or_else(|| result.member["id"].as_str()).unwrap_or_default();
        let colour = match result.outcome {
            Outcome::Done | Outcome::WouldDo => Colour::Green,
            Outcome::NothingToDo => Colour::Faint,
            Outcome::Stopping => Colour::Yellow,
            Outcome::Refused => Colour::Red,
        };
        table.row([
            names.get(id).copied().unwrap_or(id).into(),
            cell(result.outcome.words(), Some(colour)),
            result.reason.clone().unwrap_or_default().into(),
        ]);
    }
    table
}

pub(super) fn count(results: &[ActionResult], outcome: Outcome) -> usize {
    results.iter().filter(|result| result.outcome == outcome).count()
}

pub(super) fn summary(results: &[ActionResult], verb: Verb) -> String {
    if results.is_empty() && verb == Verb::Message {
        return "sent to the class".to_owned();
    }
    let [done, nothing, refused] =
        [Outcome::Done, Outcome::NothingToDo, Outcome::Refused].map(|outcome| count(results, outcome));
    plain(&format!("{}: {done} done, {nothing} with nothing to do, {refused} refused", verb.name()))
}

pub(super) fn verdict(results: &[ActionResult]) -> Result<(), Failure> {
    let stopping = count(results, Outcome::Stopping);
    if stopping > 0 {
        let text = format!(
            "{stopping} are stopped but not started anew: their old machines are not proven gone yet; start them when they are"
        );
        return Err(Failure::SomeFailed(text));
    }
    let refused = count(results, Outcome::Refused);
    match refused {
        0 => Ok(()),
        _ if refused == results.len() => Err(Failure::Refused("refused for everybody it was asked for".to_owned())),
        _ => Err(Failure::SomeFailed(format!("refused for {refused} of {}", results.len()))),
    }
}
