//! `GET /api/health`: whether the control plane can do its work, which is whether its table answers.

use std::sync::Arc;

use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::http::{ApiResult, Problem, Request, json};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::store::Store;
use serde::Serialize;
use utoipa::ToSchema;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    Ok(lambda::route(State { store: Store::from_settings(settings)? }, handle))
}

pub struct State {
    store: Store,
}

#[derive(Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`: anything else is an error answer.
    pub status: String,
}

#[utoipa::path(get, path = "/api/health", operation_id = "health", tag = "operation", responses(
    (status = 200, body = Health),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(state: Arc<State>, _request: Request) -> ApiResult {
    state.store.check().await?;
    json(&Health { status: "ok".to_owned() })
}
