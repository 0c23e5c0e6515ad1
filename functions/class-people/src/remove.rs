use std::sync::Arc;

use brihaspati_core::admin::{Admin, event};
use brihaspati_core::auth::ClassAdmin;
use brihaspati_core::domain::ids::MemberId;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, no_content, path_parameter};
use jiff::Timestamp;

use crate::find;

#[utoipa::path(delete, path = "/api/admin/classes/{class}/members/{member}", operation_id = "removeMember",
    tag = "admin", params(("class" = String, Path), ("member" = String, Path)), responses(
    (status = 204, description = "removed; past environments stay, with nobody's name on them"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn remove(admin: Arc<Admin>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    let ClassAdmin { class, actor } = admin.class(&request, now).await?;
    let id: MemberId = path_parameter(&request, "member")?;
    let member = find(&admin.store, &class.id, &id).await?;
    let desk = admin.store.desk(&member.id).await?;
    let running = admin.store.on_desk(&desk).await?;
    if running.iter().any(|environment| !environment.phase.is_end()) {
        let detail = "a machine of this member is still there; stop it first, and wait until it is gone";
        return Err(ApiError::conflict("member_still_running", detail));
    }
    let event = event(&request, &actor, "member.removed", now).on(member.id.as_str());
    admin.store.delete_member(&member, &event).await?;
    admin.store.leave_seats(&class.id, 1).await?;
    no_content()
}
