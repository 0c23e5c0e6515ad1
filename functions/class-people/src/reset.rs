use std::sync::Arc;

use brihaspati_core::admin::{Admin, event};
use brihaspati_core::auth::ClassAdmin;
use brihaspati_core::domain::ids::MemberId;
use brihaspati_core::http::{ApiResult, Problem, Request, created, path_parameter};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{find, new_code};

#[derive(Serialize, ToSchema)]
pub struct NewCode {
    /// Shown this once.
    pub code: String,
    pub expires_at: Timestamp,
}

#[utoipa::path(post, path = "/api/admin/classes/{class}/members/{member}/code", operation_id = "resetMember",
    tag = "admin", params(("class" = String, Path), ("member" = String, Path)), responses(
    (status = 201, body = NewCode, description = "the password before it counts no more, and every session ended"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn reset(admin: Arc<Admin>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    let ClassAdmin { class, actor } = admin.class(&request, now).await?;
    let id: MemberId = path_parameter(&request, "member")?;
    let mut member = find(&admin.store, &class.id, &id).await?;
    let (code, kept) = new_code(now);
    let expires_at = kept.expires_at;
    member.reset(kept);
    let event = event(&request, &actor, "member.reset", now).on(member.id.as_str());
    admin.store.save_member(&mut member, Some(&event)).await?;
    // Whoever guessed wrongly before may try the new code at once.
    admin.store.forget_guesses(&format!("{}#{}", class.code, member.name)).await?;
    created(&NewCode { code: code.expose().to_owned(), expires_at })
}
