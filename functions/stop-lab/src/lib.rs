//! `POST /api/environments/{environment}/stop`: wants one's environment gone. Stopping twice is stopping once.

use std::sync::Arc;

use brihaspati_core::auth::Authenticator;
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::domain::ids::EnvironmentId;
use brihaspati_core::events::Events;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, accepted, path_parameter};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::store::{Store, StoreError};
use brihaspati_core::views::EnvironmentView;
use jiff::Timestamp;

/// Writers of one environment: its worker, its machine, its owner. More rounds than they can have to say at once.
const MAX_ROUNDS: u32 = 8;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let state = State {
        auth: Authenticator::from_settings(settings)?,
        store: Store::from_settings(settings)?,
        events: Events::from_settings(settings)?,
    };
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
    for _ in 0..MAX_ROUNDS {
        let environment = state.store.environment_of(&caller.member.id, &id).await?;
        let mut environment = environment.ok_or_else(ApiError::environment_not_found)?;
        if environment.phase.is_end() || !environment.is_wanted() {
            return accepted(&EnvironmentView::summary(&environment));
        }
        let now = Timestamp::now();
        environment.stop(now);
        match state.store.save(&mut environment, now).await {
            Ok(()) => {
                state.events.announce(&environment, now).await;
                return accepted(&EnvironmentView::summary(&environment));
            }
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}
