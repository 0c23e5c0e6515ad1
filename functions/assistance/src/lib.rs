//! `/api/environments/{environment}/hand` and `…/viewing`: a trainee asks for help, and says who may look on.

use std::sync::Arc;

use brihaspati_core::auth::Authenticator;
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::desk::{Desk, Whose};
use brihaspati_core::domain::audit::{Actor, ActorKind};
use brihaspati_core::domain::ids::EnvironmentId;
use brihaspati_core::domain::validation::printable;
use brihaspati_core::domain::work::ViewingAnswer;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, json, json_body, path_parameter};
use brihaspati_core::lambda::{Invoke, Routes};
use brihaspati_core::machine_url::MachineUrl;
use brihaspati_core::store::Store;
use brihaspati_core::views::EnvironmentView;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

const BODY_LIMIT: usize = 2 << 10;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let store = Store::from_settings(settings)?;
    let state = State {
        auth: Authenticator::new(settings, &store)?,
        desk: Desk::from_settings(settings)?,
        machines: MachineUrl::from_settings(settings)?,
        store,
    };
    let routes = Routes::of(state)
        .on("POST /api/environments/{environment}/hand", hand)
        .on("POST /api/environments/{environment}/viewing", viewing);
    Ok(routes.serve())
}

pub struct State {
    auth: Authenticator,
    store: Store,
    desk: Desk,
    machines: MachineUrl,
}

#[derive(Deserialize, ToSchema, Validate)]
pub struct RaiseHand {
    /// `false`: no help is needed any more.
    pub raised: bool,
    /// What it is about.
    #[validate(length(max = 200), custom(function = "printable"))]
    pub note: Option<String>,
}

#[utoipa::path(post, path = "/api/environments/{environment}/hand", operation_id = "raiseHand", tag = "environments",
    params(("environment" = String, Path)), request_body = RaiseHand, responses(
    (status = 200, body = EnvironmentView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn hand(state: Arc<State>, request: Request) -> ApiResult {
    let caller = state.auth.caller(&request, Timestamp::now()).await?;
    let id: EnvironmentId = path_parameter(&request, "environment")?;
    let wanted: RaiseHand = json_body(&request, BODY_LIMIT)?;
    let whose = Whose::Member(&caller.member.id);
    let changed = state.desk.change(whose, &id, |environment, now| {
        environment.raise_hand(wanted.raised, wanted.note.clone(), now);
    });
    let environment = changed.await?.ok_or_else(ApiError::environment_not_found)?;
    json(&EnvironmentView::full(&environment, &state.machines))
}

#[derive(Deserialize, ToSchema, Validate)]
pub struct AnswerViewing {
    pub answer: ViewingAnswer,
}

#[utoipa::path(post, path = "/api/environments/{environment}/viewing", operation_id = "answerViewing",
    tag = "environments", params(("environment" = String, Path)), request_body = AnswerViewing, responses(
    (status = 200, body = EnvironmentView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn viewing(state: Arc<State>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    let caller = state.auth.caller(&request, now).await?;
    let id: EnvironmentId = path_parameter(&request, "environment")?;
    let wanted: AnswerViewing = json_body(&request, BODY_LIMIT)?;
    let whose = Whose::Member(&caller.member.id);
    let changed = state.desk.change(whose, &id, |environment, now| environment.answer_viewing(wanted.answer, now));
    let environment = changed.await?.ok_or_else(ApiError::environment_not_found)?;
    if environment.work.viewing.is_none() {
        // Nobody has asked: there is nothing to tell either.
        return json(&EnvironmentView::full(&environment, &state.machines));
    }
    let member = &caller.member;
    let actor = Actor { kind: ActorKind::Trainee, id: Some(member.id.to_string()), name: member.display_name.clone() };
    let action = match wanted.answer {
        ViewingAnswer::Allowed => "viewing.allowed",
        ViewingAnswer::Refused => "viewing.refused",
    };
    let event = brihaspati_core::admin::event(&request, &actor, action, now).on(id.as_str());
    state.store.record(&member.class_id, &event).await?;
    json(&EnvironmentView::full(&environment, &state.machines))
}
