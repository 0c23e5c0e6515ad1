use std::sync::Arc;

use brihaspati_core::domain::ids::EnvironmentId;
use brihaspati_core::domain::work::Extension;
use brihaspati_core::http::{ApiResult, Problem, Request, json, path_parameter};
use brihaspati_core::views::{EnvironmentView, MemberView};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{State, find};

/// One environment as its class's instructors see it: never with the trainee's way in.
#[derive(Serialize, ToSchema)]
pub struct EnvironmentDetail {
    /// `null` where the member is in the class no more.
    pub member: Option<MemberView>,
    pub environment: EnvironmentView,
    pub lab_version: String,
    pub machine_label: Option<String>,
    pub extensions: Vec<Extension>,
    /// What it cost, or has cost so far, at most; `null` where no price was known. In millionths of a US dollar.
    pub cost_micro_usd: Option<i64>,
}

#[utoipa::path(get, path = "/api/admin/classes/{class}/environments/{environment}", operation_id = "classEnvironment",
    tag = "admin", params(("class" = String, Path), ("environment" = String, Path)), responses(
    (status = 200, body = EnvironmentDetail),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn detail(state: Arc<State>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    let class = state.admin.class(&request, now).await?.class;
    let id: EnvironmentId = path_parameter(&request, "environment")?;
    let store = &state.admin.store;
    let environment = find(store, &class.id, &id).await?;
    let traffic = match environment.placement() {
        Some(placement) if !environment.phase.is_end() => Some(store.traffic(placement.provider).await?),
        _ => None,
    };
    let member = store.member(&class.id, &environment.member_id).await?;
    json(&EnvironmentDetail {
        member: member.as_ref().map(MemberView::from),
        environment: EnvironmentView::summary(&environment).with_start(&environment, traffic.as_ref(), now),
        lab_version: environment.lab_version.clone(),
        machine_label: environment.phase.machine().map(|machine| machine.label.clone()),
        extensions: environment.work.extensions.clone(),
        cost_micro_usd: environment.cost_so_far(now),
    })
}
