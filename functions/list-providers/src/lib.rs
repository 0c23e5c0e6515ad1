//! `GET /api/admin/providers`: how the providers do: whether one rests and why, how many wait for it, how long starts take.

use std::sync::Arc;

use brihaspati_core::auth::{Authenticator, OperatorKey};
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::domain::placement::ProviderKind;
use brihaspati_core::domain::traffic::Limits;
use brihaspati_core::http::{ApiResult, Problem, Request, json};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::store::Store;
use brihaspati_core::views::{ProviderList, ProviderView};
use futures::future::try_join_all;
use jiff::Timestamp;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let store = Store::from_settings(settings)?;
    let state = State {
        auth: Authenticator::new(settings, &store)?,
        operator: OperatorKey::from_settings(settings)?,
        store,
        limits: settings.limits()?,
    };
    Ok(lambda::route(state, handle))
}

pub struct State {
    auth: Authenticator,
    operator: OperatorKey,
    store: Store,
    limits: Limits,
}

#[utoipa::path(get, path = "/api/admin/providers", operation_id = "listProviders", tag = "admin", responses(
    (status = 200, body = ProviderList),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(state: Arc<State>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    state.auth.staff(&request, &state.operator, now).await?;
    let traffic = try_join_all(ProviderKind::ALL.map(|provider| state.store.traffic(provider))).await?;
    json(&ProviderList {
        providers: traffic.iter().map(|traffic| ProviderView::new(traffic, &state.limits, now)).collect(),
    })
}
