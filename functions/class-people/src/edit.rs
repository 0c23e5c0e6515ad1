use std::sync::Arc;

use brihaspati_core::admin::{Admin, event};
use brihaspati_core::auth::ClassAdmin;
use brihaspati_core::domain::audit::changes;
use brihaspati_core::domain::ids::MemberId;
use brihaspati_core::domain::member::Member;
use brihaspati_core::domain::validation::printable;
use brihaspati_core::http::{
    ApiError, ApiResult, Problem, Request, json_body, matched_revision, path_parameter, versioned,
};
use brihaspati_core::store::StoreError;
use brihaspati_core::views::PersonView;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{BODY_LIMIT, find};

#[derive(Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema, Validate)]
pub struct EditMember {
    #[validate(length(min = 1, max = 80), custom(function = "printable"))]
    pub display_name: String,
    #[validate(email, length(max = 254))]
    pub email: Option<String>,
    /// Added to the minutes of each new environment, in percent.
    #[validate(range(max = 300))]
    pub extra_time_percent: u32,
    /// Signed out everywhere, and not let in until this is taken back. What runs goes on running.
    pub suspended: bool,
}

impl EditMember {
    fn of(member: &Member) -> Self {
        Self {
            display_name: member.display_name.clone(),
            email: member.email.clone(),
            extra_time_percent: member.extra_time_percent,
            suspended: member.suspended_at.is_some(),
        }
    }
}

#[utoipa::path(put, path = "/api/admin/classes/{class}/members/{member}", operation_id = "editMember", tag = "admin",
    params(
        ("class" = String, Path),
        ("member" = String, Path),
        ("If-Match" = String, Header, description = "the `revision` that was read, in quotes"),
    ), request_body = EditMember, responses(
    (status = 200, body = PersonView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn edit(admin: Arc<Admin>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    let ClassAdmin { class, actor } = admin.class(&request, now).await?;
    let id: MemberId = path_parameter(&request, "member")?;
    let mut member = find(&admin.store, &class.id, &id).await?;
    matched_revision(&request, member.revision)?;
    let wanted: EditMember = json_body(&request, BODY_LIMIT)?;
    let changes = changes(&EditMember::of(&member), &wanted);
    if !changes.is_empty() {
        member.suspend(wanted.suspended, now);
        member.display_name = wanted.display_name;
        member.email = wanted.email;
        member.extra_time_percent = wanted.extra_time_percent;
        let event = event(&request, &actor, "member.edited", now).on(member.id.as_str()).with(changes);
        match admin.store.save_member(&mut member, Some(&event)).await {
            Ok(()) => {}
            Err(StoreError::Conflict | StoreError::Contended) => return Err(ApiError::changed_meanwhile()),
            Err(error) => return Err(error.into()),
        }
    }
    versioned(&PersonView::from(&member), member.revision)
}
