use std::collections::BTreeSet;
use std::sync::Arc;

use brihaspati_core::admin::event;
use brihaspati_core::domain::audit::Actor;
use brihaspati_core::domain::class::Class;
use brihaspati_core::domain::ids::{MemberId, MessageId};
use brihaspati_core::domain::message::Message;
use brihaspati_core::http::{ApiResult, Problem, Request, json};
use jiff::Timestamp;
use serde::Serialize;
use ulid::Ulid;
use utoipa::ToSchema;

use crate::{Action, ActionOutcome, ActionResult, NOT_IN_CLASS, Outcome, RoomAction, State};

/// The newest ones are listed, and looked through for one that is sent again.
const LIMIT: i32 = 100;

/// A message as its senders see it.
#[derive(Serialize, ToSchema)]
pub struct SentMessage {
    pub id: String,
    pub at: Timestamp,
    pub from: String,
    pub text: String,
    /// Members' ids; none: the whole class.
    pub to: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub struct SentMessages {
    pub messages: Vec<SentMessage>,
}

#[utoipa::path(get, path = "/api/admin/classes/{class}/messages", operation_id = "listMessages", tag = "admin",
    params(("class" = String, Path)), responses(
    (status = 200, body = SentMessages, description = "the newest 100, the newest first"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn messages(state: Arc<State>, request: Request) -> ApiResult {
    let class = state.admin.class(&request, Timestamp::now()).await?.class;
    let messages = state.admin.store.messages(&class.id, LIMIT).await?;
    let sent = |message: Message| SentMessage {
        id: message.id.to_string(),
        at: message.at,
        from: message.from,
        text: message.text,
        to: message.to.iter().map(ToString::to_string).collect(),
    };
    json(&SentMessages { messages: messages.into_iter().map(sent).collect() })
}

pub(crate) async fn send(
    state: &State,
    request: &Request,
    class: &Class,
    actor: &Actor,
    wanted: &RoomAction,
    now: Timestamp,
) -> ApiResult {
    let done = if wanted.preview { Outcome::WouldDo } else { Outcome::Done };
    let known = state.admin.store.members(&class.id, wanted.members.iter()).await?;
    let known: BTreeSet<MemberId> = known.into_iter().map(|member| member.id).collect();
    let result = |member: &MemberId| match known.contains(member) {
        true => ActionResult::new(member, None, done),
        false => ActionResult::refused(member, None, NOT_IN_CLASS),
    };
    let results = wanted.members.iter().map(result).collect();
    let outcome = ActionOutcome { action: Action::Message, preview: wanted.preview, results };
    // A message to nobody would be one to the whole class.
    let is_for_nobody = known.is_empty() && !wanted.members.is_empty();
    let sent = state.admin.store.messages(&class.id, LIMIT).await?;
    if wanted.preview || is_for_nobody || sent.iter().any(|message| message.action == wanted.id) {
        return json(&outcome);
    }
    let message = Message {
        id: MessageId::new(Ulid::new()),
        at: now,
        from: actor.name.clone(),
        text: wanted.text.clone().unwrap_or_default().trim().to_owned(),
        action: wanted.id.clone(),
        to: known,
    };
    let people = if message.to.is_empty() { "the class".to_owned() } else { format!("{} people", message.to.len()) };
    let event = event(request, actor, "room.message", now).on(format!("to {people}: {}", message.text));
    state.admin.store.create_message(&class.id, &message, &event).await?;
    json(&outcome)
}
