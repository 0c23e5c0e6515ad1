//! `GET /api/me`: who is signed in.

use std::sync::Arc;

use brihaspati_core::auth::Authenticator;
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, json};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::store::Store;
use brihaspati_core::views::SessionView;
use jiff::Timestamp;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let store = Store::from_settings(settings)?;
    let state = State { auth: Authenticator::new(settings, &store)?, store };
    Ok(lambda::route(state, handle))
}

pub struct State {
    auth: Authenticator,
    store: Store,
}

#[utoipa::path(get, path = "/api/me", operation_id = "me", tag = "session", responses(
    (status = 200, body = SessionView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(state: Arc<State>, request: Request) -> ApiResult {
    let caller = state.auth.caller(&request, Timestamp::now()).await?;
    let class = state.store.class(&caller.member.class_id).await?.ok_or_else(ApiError::unauthenticated)?;
    json(&SessionView::of_caller(&caller, &class))
}
