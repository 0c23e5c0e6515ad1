//! `/api/admin/classes/{class}/actions` and `…/messages`: what an instructor does to one, some or all of a room.

mod message;
mod on_environments;
mod request;
mod start;

use std::sync::Arc;

use brihaspati_core::admin::{Admin, event};
use brihaspati_core::auth::ClassAdmin;
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::desk::{Admission, Desk};
use brihaspati_core::domain::audit::FieldChange;
use brihaspati_core::domain::class::Class;
use brihaspati_core::domain::ids::MemberId;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, json, json_body};
use brihaspati_core::lambda::{Invoke, Routes};
use brihaspati_core::trace::TraceId;
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;

pub use message::*;
pub use request::*;

const BODY_LIMIT: usize = 16 << 10;
/// People seen to at the same time, per request.
const CONCURRENT: usize = 16;
const NOT_IN_CLASS: &str = "is not in the class any more";

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let state = State {
        admin: Admin::from_settings(settings)?,
        desk: Desk::from_settings(settings)?,
        admission: Admission::from_settings(settings)?,
    };
    let routes = Routes::of(state)
        .on("POST /api/admin/classes/{class}/actions", act)
        .on("GET /api/admin/classes/{class}/messages", messages);
    Ok(routes.serve())
}

pub struct State {
    admin: Admin,
    desk: Desk,
    admission: Admission,
}

/// What is the same for everybody an action is for.
pub(crate) struct Task {
    class: Class,
    by: String,
    trace_id: String,
    wanted: RoomAction,
}

#[utoipa::path(post, path = "/api/admin/classes/{class}/actions", operation_id = "roomAction", tag = "admin",
    params(("class" = String, Path)), request_body = RoomAction, responses(
    (status = 200, body = ActionOutcome, description = "a result for each person; the same `id` again does nothing twice"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn act(state: Arc<State>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    let ClassAdmin { class, actor } = state.admin.class(&request, now).await?;
    let wanted: RoomAction = json_body(&request, BODY_LIMIT)?;
    wanted.check()?;
    let action = wanted.action;
    if action == Action::Message {
        return send(&state, &request, &class, &actor, &wanted, now).await;
    }
    let task = Task { class, by: actor.name.clone(), trace_id: TraceId::of(&request).to_string(), wanted };
    let members: Vec<MemberId> = task.wanted.members.iter().cloned().collect();
    let results: Vec<Vec<ActionResult>> =
        stream::iter(members).map(|member| one(&state, &task, member)).buffered(CONCURRENT).try_collect().await?;
    let outcome =
        ActionOutcome { action, preview: task.wanted.preview, results: results.into_iter().flatten().collect() };
    if !task.wanted.preview {
        let changes = outcome.results.iter().map(told).collect();
        let name = format!("room.{}", action.name());
        let event = event(&request, &actor, &name, now).on(outcome.summary()).with(changes);
        state.admin.store.record(&task.class.id, &event).await?;
    }
    json(&outcome)
}

async fn one(state: &State, task: &Task, member: MemberId) -> Result<Vec<ActionResult>, ApiError> {
    let Some(member) = state.admin.store.member(&task.class.id, &member).await? else {
        return Ok(vec![ActionResult::refused(&member, None, NOT_IN_CLASS)]);
    };
    match task.wanted.action {
        Action::Start => Ok(vec![start::start(state, task, &member).await?]),
        Action::Restart => start::restart(state, task, &member).await,
        _ => on_environments::apply(state, task, &member).await,
    }
}

fn told(result: &ActionResult) -> FieldChange {
    FieldChange {
        field: result.member.clone(),
        from: result.environment.clone(),
        to: Some(result.outcome.name().to_owned()),
    }
}
