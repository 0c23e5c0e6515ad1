//! `POST /api/environments/{environment}/report`: a machine says how far it is (`docs/protocol.md`, section 2).

use std::sync::Arc;

use brihaspati_core::auth::authenticate_machine;
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::desk::Desk;
use brihaspati_core::domain::transitions::Report as Change;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, json, json_body};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::store::Store;
use brihaspati_core::views::MachineAnswer;
use jiff::Timestamp;
use serde::Deserialize;
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
    Certificate,
    SettingUp,
    Ready,
    Failed,
}

#[derive(Deserialize, ToSchema, Validate)]
pub struct Report {
    pub stage: ReportedStage,
    #[serde(default)]
    #[validate(length(max = 500))]
    pub detail: Option<String>,
    /// What made it fail, where that is not the lab: `certificate`. Others are the lab's, as if there were none.
    #[serde(default)]
    #[validate(length(max = 40))]
    pub cause: Option<String>,
    #[validate(length(min = 1, max = 40))]
    pub agent_version: String,
    /// When the trainee did something last, in Unix seconds.
    #[serde(default)]
    #[validate(range(min = 0))]
    pub active_at: Option<i64>,
}

#[utoipa::path(post, path = "/api/environments/{environment}/report", operation_id = "environmentReport",
    tag = "machine", params(("environment" = String, Path)), request_body = Report, responses(
    (status = 200, body = MachineAnswer),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(state: Arc<State>, request: Request) -> ApiResult {
    // Who is calling comes first: a stranger learns nothing about the body's form.
    let machine = authenticate_machine(&state.store, &request).await?;
    let report: Report = json_body(&request, BODY_LIMIT)?;
    let active_at = report.active_at.and_then(|seconds| Timestamp::from_second(seconds).ok());
    let environment = state.desk.report(&machine.environment.id, machine.speaker(), change(&report), active_at).await?;
    json(&MachineAnswer::of(&environment.ok_or_else(ApiError::unauthenticated)?))
}

fn change(report: &Report) -> Change {
    match report.stage {
        ReportedStage::AgentStarted => Change::AgentStarted,
        ReportedStage::Certificate => Change::Certificate,
        ReportedStage::SettingUp => Change::SettingUp,
        ReportedStage::Ready => Change::Ready,
        ReportedStage::Failed => failed(report),
    }
}

fn failed(report: &Report) -> Change {
    let detail = report.detail.clone().unwrap_or_default();
    match report.cause.as_deref() {
        Some("certificate") => {
            // Its trainee is told in other words, and gets another machine: only an operator can act on this.
            tracing::warn!(detail, "the machine could not have a certificate");
            Change::NoCertificate { detail }
        }
        _ => Change::Failed { detail },
    }
}
