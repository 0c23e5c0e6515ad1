//! `POST /api/labs/{lab}/start`: Play. However often it is pressed, and in however many tabs, there is one environment.

use std::sync::Arc;

use brihaspati_core::auth::{Authenticator, random_secret};
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::domain::environment::{Environment, NewEnvironment, Secrets};
use brihaspati_core::domain::ids::{EnvironmentId, LabSlug};
use brihaspati_core::events::Events;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, accepted, path_parameter};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::machine_url::MachineUrl;
use brihaspati_core::store::{Started, Store};
use brihaspati_core::trace::TraceId;
use brihaspati_core::views::EnvironmentView;
use http::StatusCode;
use jiff::Timestamp;
use ulid::Ulid;

/// Each round means that another press of Play came in between; the second one finds its environment.
const MAX_ROUNDS: u32 = 4;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let store = Store::from_settings(settings)?;
    let state = State {
        auth: Authenticator::new(settings, &store)?,
        store,
        events: Events::from_settings(settings)?,
        machines: MachineUrl::from_settings(settings)?,
    };
    Ok(lambda::route(state, handle))
}

pub struct State {
    auth: Authenticator,
    store: Store,
    events: Events,
    machines: MachineUrl,
}

#[utoipa::path(post, path = "/api/labs/{lab}/start", operation_id = "startLab", tag = "labs",
    params(("lab" = String, Path)), responses(
    (status = 202, body = EnvironmentView, description = "the environment, new or already there"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(state: Arc<State>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    let caller = state.auth.caller(&request, now).await?;
    let slug: LabSlug = path_parameter(&request, "lab")?;
    let lab = state.store.lab(&caller.member.class_id, &slug).await?.ok_or_else(lab_not_found)?;
    for _ in 0..MAX_ROUNDS {
        let current = state.store.current_environment(&caller.member.id, &slug).await?;
        if let Some(live) = current.as_ref().filter(|environment| !environment.phase.is_end()) {
            return if live.is_wanted() {
                accepted(&EnvironmentView::full(live, &state.machines))
            } else {
                Err(still_deleting())
            };
        }
        let new = NewEnvironment {
            id: EnvironmentId::new(Ulid::new()),
            secrets: Secrets { access: random_secret(), machine_token: random_secret() },
            trace_id: TraceId::of(&request).to_string(),
        };
        let environment = Environment::request(new, caller.member.id.clone(), &lab, now);
        match state.store.start(&environment, current.as_ref().map(|ended| &ended.id), now).await? {
            Started::New => {
                state.events.announce(&environment, now).await;
                return accepted(&EnvironmentView::full(&environment, &state.machines));
            }
            Started::LostRace => {}
        }
    }
    Err(ApiError::new(StatusCode::CONFLICT, "conflict", "Play was pressed in several places at once; try again"))
}

fn lab_not_found() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "lab_not_found", "this class has no such lab")
}

fn still_deleting() -> ApiError {
    let detail = "the previous machine of this lab is still being deleted; press Play again in a moment";
    ApiError::new(StatusCode::CONFLICT, "environment_deleting", detail).retry_after(2)
}
