//! `POST /api/environments/{environment}/stop`: wants one's environment gone. Stopping twice is stopping once.

use std::sync::Arc;

use brihaspati_core::auth::Authenticator;
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::desk::Desk;
use brihaspati_core::domain::ids::EnvironmentId;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, accepted, path_parameter};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::store::Store;
use brihaspati_core::views::EnvironmentView;
use jiff::Timestamp;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let store = Store::from_settings(settings)?;
    let state = State { auth: Authenticator::new(settings, &store)?, desk: Desk::from_settings(settings)? };
    Ok(lambda::route(state, handle))
}

pub struct State {
    auth: Authenticator,
    desk: Desk,
}

#[utoipa::path(post, path = "/api/environments/{environment}/stop", operation_id = "stopLab", tag = "environments",
    params(("environment" = String, Path)), responses(
    (status = 202, body = EnvironmentView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(state: Arc<State>, request: Request) -> ApiResult {
    let caller = state.auth.caller(&request, Timestamp::now()).await?;
    let id: EnvironmentId = path_parameter(&request, "environment")?;
    let environment = state.desk.stop(&caller.member.id, &id).await?.ok_or_else(ApiError::environment_not_found)?;
    accepted(&EnvironmentView::summary(&environment))
}
