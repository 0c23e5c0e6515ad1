//! `POST /api/environments/{environment}/checks`: a machine says what the lab's checks found (`docs/protocol.md`, section 2).

use std::sync::Arc;

use brihaspati_core::auth::authenticate_machine;
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::desk::Desk;
use brihaspati_core::domain::work::{CheckResult, MAX_CHECK_MESSAGE};
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, json, json_body};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::store::Store;
use brihaspati_core::views::MachineAnswer;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Forty results of a line each.
const BODY_LIMIT: usize = 128 << 10;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let state = State { store: Store::from_settings(settings)?, desk: Desk::from_settings(settings)? };
    Ok(lambda::route(state, handle))
}

pub struct State {
    store: Store,
    desk: Desk,
}

#[derive(Deserialize, ToSchema, Validate)]
pub struct CheckReport {
    #[validate(length(min = 1, max = 40), nested)]
    pub results: Vec<ReportedCheck>,
}

#[derive(Deserialize, Serialize, ToSchema, Validate)]
pub struct ReportedCheck {
    #[validate(length(min = 1, max = 200))]
    pub name: String,
    pub passed: bool,
    /// One line for the trainee.
    #[validate(length(max = 500))]
    pub message: String,
    /// Unix seconds.
    pub at: i64,
}

#[utoipa::path(post, path = "/api/environments/{environment}/checks", operation_id = "environmentChecks",
    tag = "machine", params(("environment" = String, Path)), request_body = CheckReport, responses(
    (status = 200, body = MachineAnswer),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(state: Arc<State>, request: Request) -> ApiResult {
    let machine = authenticate_machine(&state.store, &request).await?.environment;
    let report: CheckReport = json_body(&request, BODY_LIMIT)?;
    let now = Timestamp::now();
    let results: Vec<CheckResult> = report.results.into_iter().map(|result| found(result, now)).collect();
    let environment = state.desk.checked(&machine.id, machine.attempts, &results).await?;
    json(&MachineAnswer::of(&environment.ok_or_else(ApiError::unauthenticated)?))
}

fn found(result: ReportedCheck, now: Timestamp) -> CheckResult {
    let line = result.message.chars().filter(|c| !c.is_control()).take(MAX_CHECK_MESSAGE).collect();
    let at = Timestamp::from_second(result.at).unwrap_or(now);
    CheckResult { name: result.name, passed: result.passed, message: line, at }
}
