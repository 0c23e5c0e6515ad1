//! `GET /api/environments/{environment}/guide`: the guide of the version this environment started with.

use std::sync::Arc;

use brihaspati_core::auth::Authenticator;
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::domain::ids::EnvironmentId;
use brihaspati_core::domain::lab::guide_of;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, json, path_parameter};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::store::Store;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let store = Store::from_settings(settings)?;
    let state = State { auth: Authenticator::new(settings, &store)?, store };
    Ok(lambda::route(state, handle))
}

pub struct State {
    auth: Authenticator,
    store: Store,
}

#[derive(Serialize, ToSchema)]
pub struct Guide {
    pub title: String,
    /// As its author wrote it; whoever shows it must sanitise it.
    pub markdown: String,
}

#[utoipa::path(get, path = "/api/environments/{environment}/guide", operation_id = "environmentGuide",
    tag = "environments", params(("environment" = String, Path)), responses(
    (status = 200, body = Guide),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(state: Arc<State>, request: Request) -> ApiResult {
    let caller = state.auth.caller(&request, Timestamp::now()).await?;
    let id: EnvironmentId = path_parameter(&request, "environment")?;
    let environment = state.store.environment_of(&caller.member.id, &id).await?;
    let environment = environment.ok_or_else(ApiError::environment_not_found)?;
    let bundle = state.store.bundle(&environment.class_id, &environment.lab, &environment.lab_version).await?;
    let bundle = bundle.ok_or_else(|| ApiError::internal("the environment's lab version is missing"))?;
    let markdown = guide_of(&bundle.files).ok_or_else(|| ApiError::internal("the lab version has no guide"))?;
    json(&Guide { title: environment.lab_title, markdown })
}
