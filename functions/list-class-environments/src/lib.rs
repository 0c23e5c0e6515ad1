//! `GET /api/admin/classes/{class}/environments`: everybody's environments of a class, past ones with their receipts.

use std::sync::Arc;

use brihaspati_core::auth::{Authenticator, OperatorKey};
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::http::{ApiResult, Problem, Request, json, query_parameter};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::store::{EnvironmentCursor, Store};
use brihaspati_core::views::ClassEnvironmentList;
use jiff::Timestamp;

/// On one page.
const LIMIT: i32 = 100;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let store = Store::from_settings(settings)?;
    let state =
        State { auth: Authenticator::new(settings, &store)?, operator: OperatorKey::from_settings(settings)?, store };
    Ok(lambda::route(state, handle))
}

pub struct State {
    auth: Authenticator,
    operator: OperatorKey,
    store: Store,
}

#[utoipa::path(get, path = "/api/admin/classes/{class}/environments", operation_id = "listClassEnvironments",
    tag = "admin", params(
        ("class" = String, Path),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
    ), responses(
    (status = 200, body = ClassEnvironmentList, description = "100 of them, by member, each member's oldest first"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(state: Arc<State>, request: Request) -> ApiResult {
    let admin = state.auth.class_admin(&request, &state.operator, Timestamp::now()).await?;
    let from: Option<EnvironmentCursor> = query_parameter(&request, "cursor")?;
    let (environments, next) = state.store.environments_of_class(&admin.class_id, from.as_ref(), LIMIT).await?;
    let members = environments.iter().map(|environment| &environment.member_id);
    let members = state.store.members(&admin.class_id, members).await?;
    json(&ClassEnvironmentList::new(&environments, &members, next.as_ref()))
}
