use std::sync::Arc;

use brihaspati_core::admin::Admin;
use brihaspati_core::domain::ids::ClassId;
use brihaspati_core::http::{ApiResult, Problem, Request, json, query_parameter};
use brihaspati_core::views::{ClassList, ClassSummary};
use jiff::Timestamp;

/// On one page.
const LIMIT: i32 = 100;

#[utoipa::path(get, path = "/api/admin/classes", operation_id = "listClasses", tag = "admin", params(
    ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
), responses(
    (status = 200, body = ClassList, description = "100 of one's own classes (the operator: of all), the oldest first"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn list(admin: Arc<Admin>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    let staff = admin.staff(&request, now).await?;
    let after: Option<ClassId> = query_parameter(&request, "cursor")?;
    let taught_by = staff.instructor.as_ref().map(|instructor| &instructor.id);
    let (classes, more) = admin.store.classes(taught_by, after.as_ref(), LIMIT).await?;
    let last = classes.last().filter(|_| more);
    json(&ClassList {
        next_cursor: last.map(|class| class.id.to_string()),
        classes: classes.iter().map(|class| ClassSummary::new(class, now)).collect(),
    })
}
