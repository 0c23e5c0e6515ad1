//! `GET /api/labs`: the labs of one's class, each with one's own environment of it.

use std::sync::Arc;

use brihaspati_core::auth::Authenticator;
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::domain::ids::MemberId;
use brihaspati_core::domain::lab::Lab;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, json};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::store::Store;
use brihaspati_core::views::EnvironmentView;
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// Reads at the same time, per request.
const CONCURRENT_READS: usize = 8;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let store = Store::from_settings(settings)?;
    let state = State { auth: Authenticator::new(settings, &store)?, store };
    Ok(lambda::route(state, handle))
}

pub struct State {
    auth: Authenticator,
    store: Store,
}

#[derive(Serialize, ToSchema)]
pub struct LabView {
    pub slug: String,
    pub title: String,
    pub summary: String,
    pub minutes: u32,
    /// The environment this lab is in now, or was in last.
    pub environment: Option<EnvironmentView>,
}

#[derive(Serialize, ToSchema)]
pub struct LabList {
    pub labs: Vec<LabView>,
}

#[utoipa::path(get, path = "/api/labs", operation_id = "listLabs", tag = "labs", responses(
    (status = 200, body = LabList),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(state: Arc<State>, request: Request) -> ApiResult {
    let caller = state.auth.caller(&request, Timestamp::now()).await?;
    let labs = state.store.labs(&caller.member.class_id).await?;
    let views: Vec<LabView> = stream::iter(labs)
        .map(|lab| view(&state.store, &caller.member.id, lab))
        .buffered(CONCURRENT_READS)
        .try_collect()
        .await?;
    json(&LabList { labs: views })
}

async fn view(store: &Store, member: &MemberId, lab: Lab) -> Result<LabView, ApiError> {
    let environment = store.current_environment(member, &lab.slug).await?;
    Ok(LabView {
        slug: lab.slug.to_string(),
        title: lab.manifest.title,
        summary: lab.manifest.summary,
        minutes: lab.manifest.minutes,
        environment: environment.as_ref().map(EnvironmentView::summary),
    })
}
