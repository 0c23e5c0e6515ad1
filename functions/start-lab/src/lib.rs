//! `POST /api/labs/{lab}/start`: Play. However often it is pressed, and in however many tabs, there is one environment.

use std::sync::Arc;

use brihaspati_core::auth::{Authenticator, Caller, random_secret};
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::desk::{Desk, Played};
use brihaspati_core::domain::environment::{NewEnvironment, Secrets};
use brihaspati_core::domain::ids::{EnvironmentId, LabSlug};
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, accepted, path_parameter};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::machine_url::MachineUrl;
use brihaspati_core::store::Store;
use brihaspati_core::trace::TraceId;
use brihaspati_core::views::EnvironmentView;
use http::StatusCode;
use jiff::Timestamp;
use ulid::Ulid;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let store = Store::from_settings(settings)?;
    let state = State {
        auth: Authenticator::new(settings, &store)?,
        store,
        desk: Desk::from_settings(settings)?,
        machines: MachineUrl::from_settings(settings)?,
    };
    Ok(lambda::route(state, handle))
}

pub struct State {
    auth: Authenticator,
    store: Store,
    desk: Desk,
    machines: MachineUrl,
}

#[utoipa::path(post, path = "/api/labs/{lab}/start", operation_id = "startLab", tag = "labs",
    params(("lab" = String, Path)), responses(
    (status = 202, body = EnvironmentView, description = "the environment, new or already there"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(state: Arc<State>, request: Request) -> ApiResult {
    let Caller { member, class, .. } = state.auth.caller(&request, Timestamp::now()).await?;
    let slug: LabSlug = path_parameter(&request, "lab")?;
    let lab = state.store.lab(&member.class_id, &slug).await?;
    let lab = lab.filter(|lab| !lab.settings.hidden).ok_or_else(lab_not_found)?;
    let new = || NewEnvironment {
        id: EnvironmentId::new(Ulid::new()),
        secrets: Secrets {
            access: random_secret(),
            machine_token: random_secret(),
            boot_token: None,
            viewer: random_secret(),
        },
        trace_id: TraceId::of(&request).to_string(),
        by_action: None,
    };
    match state.desk.play(&class, &member, &lab, new).await? {
        Played::Running(environment) => accepted(&EnvironmentView::full(&environment, &state.machines)),
        Played::StillDeleting => Err(still_deleting()),
        Played::Refused(refusal) => Err(ApiError::conflict(refusal.code(), refusal.reason())),
        Played::Contended => Err(contended()),
    }
}

fn lab_not_found() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "lab_not_found", "this class has no such lab")
}

fn still_deleting() -> ApiError {
    let detail = "the previous machine of this lab is still being deleted; press Play again in a moment";
    ApiError::new(StatusCode::CONFLICT, "environment_deleting", detail).retry_after(2)
}

fn contended() -> ApiError {
    ApiError::new(StatusCode::CONFLICT, "conflict", "Play was pressed in several places at once; try again")
}
