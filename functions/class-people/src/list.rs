use std::sync::Arc;

use brihaspati_core::admin::Admin;
use brihaspati_core::domain::ids::MemberId;
use brihaspati_core::http::{ApiResult, Problem, Request, json, query_parameter};
use brihaspati_core::views::{PersonList, PersonView};
use jiff::Timestamp;

/// On one page.
const LIMIT: i32 = 500;

#[utoipa::path(get, path = "/api/admin/classes/{class}/members", operation_id = "listMembers", tag = "admin", params(
        ("class" = String, Path),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
    ), responses(
    (status = 200, body = PersonList, description = "500 of them, in the order they came"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn list(admin: Arc<Admin>, request: Request) -> ApiResult {
    let class = admin.class(&request, Timestamp::now()).await?.class;
    let after: Option<MemberId> = query_parameter(&request, "cursor")?;
    let (members, more) = admin.store.members_page(&class.id, after.as_ref(), LIMIT).await?;
    let last = members.last().filter(|_| more);
    json(&PersonList {
        next_cursor: last.map(|member| member.id.to_string()),
        members: members.iter().map(PersonView::from).collect(),
    })
}
