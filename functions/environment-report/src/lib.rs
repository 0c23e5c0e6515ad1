//! `POST /api/environments/{environment}/report`: a machine says how far it is (`docs/protocol.md`, section 2).

use std::sync::Arc;

use brihaspati_core::auth::authenticate_machine;
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::desk::Desk;
use brihaspati_core::domain::environment::Environment;
use brihaspati_core::domain::transitions::Report as Change;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, json, json_body};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::store::Store;
use brihaspati_core::views::WantedView;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

const BODY_LIMIT: usize = 4 << 10;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let state = State { store: Store::from_settings(settings)?, desk: Desk::from_settings(settings)? };
    Ok(lambda::route(state, handle))
}

pub struct State {
    store: Store,
    desk: Desk,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReportedStage {
    AgentStarted,
    SettingUp,
    Ready,
    Failed,
}

#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Report {
    pub stage: ReportedStage,
    #[serde(default)]
    #[validate(length(max = 500))]
    pub detail: Option<String>,
    #[validate(length(min = 1, max = 40))]
    pub agent_version: String,
}

#[derive(Serialize, ToSchema)]
pub struct Answer {
    pub wanted: WantedView,
    pub expires_at: Option<Timestamp>,
}

#[utoipa::path(post, path = "/api/environments/{environment}/report", operation_id = "environmentReport",
    tag = "machine", params(("environment" = String, Path)), request_body = Report, responses(
    (status = 200, body = Answer),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(state: Arc<State>, request: Request) -> ApiResult {
    // Who is calling comes first: a stranger learns nothing about the body's form.
    let machine = authenticate_machine(&state.store, &request).await?;
    let report: Report = json_body(&request, BODY_LIMIT)?;
    let environment = state.desk.report(&machine.id, machine.attempts, change(&report)).await?;
    json(&answer(&environment.ok_or_else(ApiError::unauthenticated)?))
}

fn change(report: &Report) -> Change {
    match report.stage {
        ReportedStage::AgentStarted => Change::AgentStarted,
        ReportedStage::SettingUp => Change::SettingUp,
        ReportedStage::Ready => Change::Ready,
        ReportedStage::Failed => Change::Failed { detail: report.detail.clone().unwrap_or_default() },
    }
}

fn answer(environment: &Environment) -> Answer {
    let wanted = if environment.is_wanted() { WantedView::Running } else { WantedView::Gone };
    Answer { wanted, expires_at: environment.expires_at }
}
