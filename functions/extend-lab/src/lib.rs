//! `POST /api/environments/{environment}/extend`: a trainee adds the time that the class lets trainees add.

use std::sync::Arc;

use brihaspati_core::auth::Authenticator;
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::desk::{Desk, Whose};
use brihaspati_core::domain::ids::EnvironmentId;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, json, json_body, path_parameter};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::machine_url::MachineUrl;
use brihaspati_core::store::Store;
use brihaspati_core::views::EnvironmentView;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

const BODY_LIMIT: usize = 2 << 10;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let store = Store::from_settings(settings)?;
    let state = State {
        auth: Authenticator::new(settings, &store)?,
        desk: Desk::from_settings(settings)?,
        machines: MachineUrl::from_settings(settings)?,
    };
    Ok(lambda::route(state, handle))
}

pub struct State {
    auth: Authenticator,
    desk: Desk,
    machines: MachineUrl,
}

#[derive(Deserialize, ToSchema, Validate)]
pub struct Extend {
    /// Any text of the caller's making: the same one again adds nothing.
    #[validate(length(min = 1, max = 64))]
    pub id: String,
}

#[utoipa::path(post, path = "/api/environments/{environment}/extend", operation_id = "extendLab", tag = "environments",
    params(("environment" = String, Path)), request_body = Extend, responses(
    (status = 200, body = EnvironmentView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(state: Arc<State>, request: Request) -> ApiResult {
    let caller = state.auth.caller(&request, Timestamp::now()).await?;
    let id: EnvironmentId = path_parameter(&request, "environment")?;
    let wanted: Extend = json_body(&request, BODY_LIMIT)?;
    let whose = Whose::Member(&caller.member.id);
    let changed = state.desk.change(whose, &id, |environment, now| {
        let minutes = environment.terms.trainee_extension_minutes;
        environment.extend(&wanted.id, minutes, &caller.member.display_name, now);
    });
    let environment = changed.await?.ok_or_else(ApiError::environment_not_found)?;
    if environment.work.extensions.iter().any(|extension| extension.id == wanted.id) {
        return json(&EnvironmentView::full(&environment, &state.machines));
    }
    let detail = "no more time can be added here; ask your instructor";
    Err(ApiError::conflict("no_extension_left", detail))
}
