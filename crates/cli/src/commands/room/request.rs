//! One action for some people, in as many calls as it takes.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use ulid::Ulid;

use super::Verb;
use super::results::count;
use crate::api::class::ClassRef;
use crate::api::people::{Known, match_person};
use crate::api::room::{ActionAnswer, ActionResult, Outcome, RoomPerson};
use crate::api::{Answer, Payload};
use crate::args::Who;
use crate::commands::Context;
use crate::failure::Failure;

/// What the API takes in one call.
const MEMBERS_PER_CALL: usize = 100;
/// A provider proves within seconds that a machine is gone; a restart is asked for again until then.
const ASK_AGAIN: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(180);

/// Who an action is for.
pub(super) enum Whom {
    /// The API's own words for the whole class.
    Class,
    People(Vec<String>),
}

impl Whom {
    pub(super) fn choose(who: &Who, people: &[RoomPerson], verb: Verb, class: &ClassRef) -> Result<Self, Failure> {
        if who.all && verb == Verb::Message {
            return Ok(Self::Class);
        }
        if who.all {
            return Ok(Self::People(people.iter().map(|person| person.id.clone()).collect()));
        }
        let mut chosen = Vec::new();
        for wanted in &who.members {
            let known = people.iter().map(|RoomPerson { id, name, display_name, .. }| Known {
                id,
                name,
                email: None,
                display_name,
            });
            let index = match_person(wanted, known).map_err(|trouble| trouble.failure(wanted, &class.code))?;
            let id = &people[index].id;
            if !chosen.contains(id) {
                chosen.push(id.clone());
            }
        }
        Ok(Self::People(chosen))
    }

    fn calls(self) -> Vec<Call> {
        match self {
            Self::Class => vec![Call::new(None)],
            Self::People(ids) => ids.chunks(MEMBERS_PER_CALL).map(|ids| Call::new(Some(ids.to_vec()))).collect(),
        }
    }
}

/// Part of the people. Under its id the API does it once, however often it arrives.
struct Call {
    id: String,
    members: Option<Vec<String>>,
}

impl Call {
    fn new(members: Option<Vec<String>>) -> Self {
        Self { id: format!("cli-{}", Ulid::new().to_string().to_lowercase()), members }
    }
}

pub(super) struct Request<'a> {
    class: &'a ClassRef,
    verb: Verb,
    fields: Map<String, Value>,
    calls: Vec<Call>,
}

/// Results of all calls as one, and the document that says the same.
pub(super) struct Answered {
    pub(super) results: Vec<ActionResult>,
    pub(super) document: Value,
}

impl<'a> Request<'a> {
    pub(super) fn new(class: &'a ClassRef, verb: Verb, fields: Map<String, Value>, whom: Whom) -> Self {
        Self { class, verb, fields, calls: whom.calls() }
    }

    pub(super) async fn preview(&self, context: &Context<'_>) -> Result<Answered, Failure> {
        self.send(context, true).await
    }

    /// Does it, and does not end before a restart has started anew what it stopped.
    pub(super) async fn carry_out(&self, context: &Context<'_>) -> Result<Answered, Failure> {
        let begun = Instant::now();
        loop {
            let answered = self.send(context, false).await?;
            let stopping = count(&answered.results, Outcome::Stopping);
            if stopping == 0 || begun.elapsed() > PATIENCE {
                return Ok(answered);
            }
            context.output.note(format!("waiting until {stopping} old machines are proven gone"));
            tokio::time::sleep(ASK_AGAIN).await;
        }
    }

    async fn send(&self, context: &Context<'_>, preview: bool) -> Result<Answered, Failure> {
        let (mut results, mut documents) = (Vec::new(), Vec::new());
        for call in &self.calls {
            let body = self.body(call, preview);
            let answer: Result<Answer<ActionAnswer>, Failure> =
                context.api.post(&self.class.path("/actions"), Payload::json(&body)).await;
            match answer {
                Ok(mut answer) => {
                    results.append(&mut answer.value.results);
                    if let Some(Value::Array(part)) = answer.json.get_mut("results").map(Value::take) {
                        documents.extend(part);
                    }
                }
                Err(failure) if results.is_empty() => return Err(failure),
                // What was done is told, and for whom it was not.
                Err(failure) => {
                    for member in call.members.iter().flatten() {
                        results.push(ActionResult::refused(member, &failure.to_string()));
                        documents.push(json!({ "member": member, "environment": null, "outcome": "refused",
                            "reason": failure.to_string() }));
                    }
                }
            }
        }
        let document = json!({ "action": self.verb.name(), "preview": preview, "results": documents });
        Ok(Answered { results, document })
    }

    fn body(&self, call: &Call, preview: bool) -> Value {
        let mut body = self.fields.clone();
        body.insert("id".to_owned(), json!(call.id));
        body.insert("action".to_owned(), json!(self.verb.name()));
        body.insert("preview".to_owned(), json!(preview));
        if let Some(members) = &call.members {
            body.insert("members".to_owned(), json!(members));
        }
        Value::Object(body)
    }
}
