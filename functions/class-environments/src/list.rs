use std::sync::Arc;

use brihaspati_core::domain::ids::MemberId;
use brihaspati_core::http::{ApiResult, Problem, Request, json, query_parameter};
use brihaspati_core::store::EnvironmentCursor;
use brihaspati_core::views::ClassEnvironmentList;
use jiff::Timestamp;

use crate::State;

/// On one page.
const LIMIT: i32 = 100;

#[utoipa::path(get, path = "/api/admin/classes/{class}/environments", operation_id = "listClassEnvironments",
    tag = "admin", params(
        ("class" = String, Path),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("member" = Option<String>, Query, description = "only this member's: the newest 100"),
    ), responses(
    (status = 200, body = ClassEnvironmentList, description = "100 of them, by member, each member's oldest first"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn list(state: Arc<State>, request: Request) -> ApiResult {
    let class = state.admin.class(&request, Timestamp::now()).await?.class;
    let from: Option<EnvironmentCursor> = query_parameter(&request, "cursor")?;
    let member: Option<MemberId> = query_parameter(&request, "member")?;
    let store = &state.admin.store;
    let (environments, next) = match &member {
        Some(member) => (store.environments_of(&class.id, member, LIMIT).await?, None),
        None => store.environments_of_class(&class.id, from.as_ref(), LIMIT).await?,
    };
    let members = store.members(&class.id, environments.iter().map(|environment| &environment.member_id)).await?;
    json(&ClassEnvironmentList::new(&environments, &members, next.as_ref()))
}
