//! `GET /api/environments/{environment}`: one's own environment, and the way to its machine while it is ready.

use std::sync::Arc;

use brihaspati_core::auth::Authenticator;
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::domain::ids::EnvironmentId;
use brihaspati_core::domain::lifecycle::Status;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, json, path_parameter};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::machine_url::MachineUrl;
use brihaspati_core::store::Store;
use brihaspati_core::views::EnvironmentView;
use jiff::Timestamp;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let store = Store::from_settings(settings)?;
    let state =
        State { auth: Authenticator::new(settings, &store)?, store, machines: MachineUrl::from_settings(settings)? };
    Ok(lambda::route(state, handle))
}

/// The newest ones are shown.
const MESSAGES: i32 = 20;

pub struct State {
    auth: Authenticator,
    store: Store,
    machines: MachineUrl,
}

#[utoipa::path(get, path = "/api/environments/{environment}", operation_id = "environment", tag = "environments",
    params(("environment" = String, Path)), responses(
    (status = 200, body = EnvironmentView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(state: Arc<State>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    let caller = state.auth.caller(&request, now).await?;
    let id: EnvironmentId = path_parameter(&request, "environment")?;
    let environment = state.store.environment_of(&caller.member.id, &id).await?;
    let environment = environment.ok_or_else(ApiError::environment_not_found)?;
    let view = EnvironmentView::full(&environment, &state.machines);
    // Only a start under way has an estimate.
    let starting = matches!(view.status, Status::Requested | Status::Creating | Status::Booting);
    let traffic = match environment.placement().filter(|_| starting) {
        Some(placement) => Some(state.store.traffic(placement.provider).await?),
        None => None,
    };
    let messages = state.store.messages(&caller.member.class_id, MESSAGES).await?;
    json(&view.with_messages(&messages, &caller.member.id).with_start(&environment, traffic.as_ref(), now))
}
