//! `GET /api/environments`: one's environments, past ones with their receipts.

use std::sync::Arc;

use brihaspati_core::auth::Authenticator;
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::http::{ApiResult, Problem, Request, json};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::store::Store;
use brihaspati_core::views::{EnvironmentList, EnvironmentView};
use jiff::Timestamp;

/// The newest are shown; a class day has fewer.
const LIMIT: i32 = 50;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let store = Store::from_settings(settings)?;
    let state = State { auth: Authenticator::new(settings, &store)?, store };
    Ok(lambda::route(state, handle))
}

pub struct State {
    auth: Authenticator,
    store: Store,
}

#[utoipa::path(get, path = "/api/environments", operation_id = "listEnvironments", tag = "environments", responses(
    (status = 200, body = EnvironmentList, description = "the newest 50, the newest first"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(state: Arc<State>, request: Request) -> ApiResult {
    let caller = state.auth.caller(&request, Timestamp::now()).await?;
    let environments = state.store.environments_of(&caller.member.class_id, &caller.member.id, LIMIT).await?;
    json(&EnvironmentList { environments: environments.iter().map(EnvironmentView::summary).collect() })
}
