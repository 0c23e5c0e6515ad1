//! `GET /api/health`: whether the control plane can do its work, which is whether its table answers; what is deployed, and
//! whether the reaper runs. A reaper that is late changes no status: who watches from outside reads `late`.

use std::sync::Arc;

use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::http::{ApiResult, Problem, Request, json};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::store::{Heartbeat, Store};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let state = State { store: Store::from_settings(settings)?, version: settings.version().to_owned() };
    Ok(lambda::route(state, handle))
}

pub struct State {
    store: Store,
    version: String,
}

#[derive(Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`: anything else is an error answer.
    pub status: String,
    /// What is deployed; `dev` where nobody said.
    pub version: String,
    /// `null` before the reaper's first run.
    pub reaper: Option<ReaperHealth>,
}

#[derive(Serialize, ToSchema)]
pub struct ReaperHealth {
    pub last_run_at: Timestamp,
    /// More than three minutes ago, although it runs every minute: nothing expires and no leak is found.
    pub late: bool,
}

impl ReaperHealth {
    fn of(heartbeat: Heartbeat, now: Timestamp) -> Self {
        Self { last_run_at: heartbeat.last_run_at, late: heartbeat.is_late(now) }
    }
}

#[utoipa::path(get, path = "/api/health", operation_id = "health", tag = "operation", responses(
    (status = 200, body = Health),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(state: Arc<State>, _request: Request) -> ApiResult {
    let heartbeat = state.store.heartbeat().await?;
    let reaper = heartbeat.map(|heartbeat| ReaperHealth::of(heartbeat, Timestamp::now()));
    json(&Health { status: "ok".to_owned(), version: state.version.clone(), reaper })
}
