//! `POST /api/environments/{environment}/stop`: wants one's environment gone. Stopping twice is stopping once.

use std::sync::Arc;

use brihaspati_core::auth::Authenticator;
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::domain::environment::Environment;
use brihaspati_core::domain::ids::EnvironmentId;
use brihaspati_core::events::Events;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, accepted, path_parameter};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::store::{Changed, Store};
use brihaspati_core::views::EnvironmentView;
use jiff::Timestamp;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let store = Store::from_settings(settings)?;
    let state = State { auth: Authenticator::new(settings, &store)?, store, events: Events::from_settings(settings)? };
    Ok(lambda::route(state, handle))
}

pub struct State {
    auth: Authenticator,
    store: Store,
    events: Events,
}

#[utoipa::path(post, path = "/api/environments/{environment}/stop", operation_id = "stopLab", tag = "environments",
    params(("environment" = String, Path)), responses(
    (status = 202, body = EnvironmentView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(state: Arc<State>, request: Request) -> ApiResult {
    let caller = state.auth.caller(&request, Timestamp::now()).await?;
    let id: EnvironmentId = path_parameter(&request, "environment")?;
    let me = &caller.member.id;
    let stop = |environment: &mut Environment, now| {
        if environment.member_id == *me {
            environment.stop(now);
        }
    };
    match state.store.change(&id, Timestamp::now, stop).await? {
        Changed::Saved(environment) => {
            state.events.announce(&environment, Timestamp::now()).await;
            accepted(&EnvironmentView::summary(&environment))
        }
        Changed::Unchanged(environment) if environment.member_id == *me => {
            accepted(&EnvironmentView::summary(&environment))
        }
        Changed::Unchanged(_) | Changed::Absent => Err(ApiError::environment_not_found()),
    }
}
