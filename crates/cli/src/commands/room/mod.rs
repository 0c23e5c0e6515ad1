//! Acting on one, some or all in the room: first what would happen, then a result per person.

mod request;
mod results;

use serde_json::{Map, Value, json};

use self::request::{Request, Whom};
use super::{Context, watch};
use crate::api::Answer;
use crate::api::class::ClassRef;
use crate::api::room::{Outcome, RoomView};
use crate::args::{RoomAction, RoomCommand};
use crate::failure::{Failure, wrong_usage};
use crate::prompt;

pub(super) async fn run(context: &Context<'_>, command: RoomCommand) -> Result<(), Failure> {
    let lab_only = |lab: Option<String>| lab.map(|lab| ("lab", json!(lab))).into_iter().collect();
    let (action, verb, extra): (RoomAction, Verb, Vec<(&str, Value)>) = match command {
        RoomCommand::Watch(wanted) => return watch::run(context, &wanted).await,
        RoomCommand::Start { action, lab } => (action, Verb::Start, vec![("lab", json!(lab))]),
        RoomCommand::Stop { action, lab } => (action, Verb::Stop, lab_only(lab)),
        RoomCommand::Restart { action, lab } => (action, Verb::Restart, lab_only(lab)),
        RoomCommand::LowerHand { action, lab } => (action, Verb::LowerHand, lab_only(lab)),
        RoomCommand::Extend { action, minutes, lab } => {
            let mut extra: Vec<_> = lab_only(lab);
            extra.push(("minutes", json!(minutes)));
            (action, Verb::Extend, extra)
        }
        RoomCommand::Message { action, text } => {
            if !(1..=500).contains(&text.chars().count()) {
                return Err(wrong_usage("a message has 1 to 500 characters"));
            }
            (action, Verb::Message, vec![("text", json!(text))])
        }
    };
    let fields: Map<String, Value> = extra.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    act(context, &action, verb, fields).await
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Start,
    Stop,
    Extend,
    Restart,
    Message,
    LowerHand,
}

impl Verb {
    fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Extend => "extend",
            Self::Restart => "restart",
            Self::Message => "message",
            Self::LowerHand => "lower-hand",
        }
    }

    /// What costs money or somebody's work is asked about first.
    fn asks(self) -> bool {
        match self {
            Self::Start | Self::Stop | Self::Extend | Self::Restart => true,
            Self::Message | Self::LowerHand => false,
        }
    }
}

async fn act(
    context: &Context<'_>,
    action: &RoomAction,
    verb: Verb,
    fields: Map<String, Value>,
) -> Result<(), Failure> {
    let output = context.output;
    let class = context.api.find_class(&action.class.class).await?;
    let room: Answer<RoomView> = context.api.get(&class.path("/room")).await?;
    let people = &room.value.people;
    let whom = Whom::choose(&action.who, people, verb, &class)?;
    let request = Request::new(&class, verb, fields, whom);
    if action.preview {
        let answered = request.preview(context).await?;
        output.show(&answered.document, |output| output.table(&results::table(&answered.results, people)))?;
        return results::verdict(&answered.results);
    }
    if verb.asks() && !action.yes.yes {
        let would = request.preview(context).await?.results;
        output.note(results::table(&would, people).render(&output.for_file()));
        let count = results::count(&would, Outcome::WouldDo);
        if count > 0 {
            prompt::confirm(&format!("{} {count} of these {}. Go on?", verb.name(), would.len()), false)?;
        }
    }
    let answered = request.carry_out(context).await?;
    output.show(&answered.document, |output| {
        if !answered.results.is_empty() {
            output.table(&results::table(&answered.results, people))?;
        }
        output.line(results::summary(&answered.results, verb))
    })?;
    results::verdict(&answered.results)
}

/// Stops every environment of a class, and tells how many that were.
pub(super) async fn stop_everybody(context: &Context<'_>, class: &ClassRef) -> Result<usize, Failure> {
    let room: Answer<RoomView> = context.api.get(&class.path("/room")).await?;
    let everybody = Whom::People(room.value.people.into_iter().map(|person| person.id).collect());
    let answered = Request::new(class, Verb::Stop, Map::new(), everybody).carry_out(context).await?;
    results::verdict(&answered.results)?;
    Ok(results::count(&answered.results, Outcome::Done))
}
