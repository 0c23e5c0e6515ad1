use std::sync::Arc;

use brihaspati_core::admin::{Admin, event};
use brihaspati_core::auth::{ClassAdmin, hash_password};
use brihaspati_core::domain::ids::MemberId;
use brihaspati_core::domain::member::{JoinedVia, LoginName, Member};
use brihaspati_core::domain::roster::login_of;
use brihaspati_core::domain::validation::printable;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, created, json_body};
use brihaspati_core::store::StoreError;
use brihaspati_core::views::PersonView;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ulid::Ulid;
use utoipa::ToSchema;
use validator::Validate;

use crate::{BODY_LIMIT, class_full, new_code};

#[derive(Deserialize, ToSchema, Validate)]
pub struct CreateMember {
    /// What the member signs in with; left out, it is made of the display name.
    #[schema(value_type = Option<String>)]
    pub name: Option<LoginName>,
    #[validate(length(min = 1, max = 80), custom(function = "printable"))]
    pub display_name: String,
    #[validate(email, length(max = 254))]
    pub email: Option<String>,
    /// Left out, the member receives a one-time code.
    #[validate(length(min = 8, max = 256))]
    pub password: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct NewMember {
    pub member: PersonView,
    /// Shown this once.
    pub code: Option<String>,
    pub code_expires_at: Option<Timestamp>,
}

#[utoipa::path(post, path = "/api/admin/classes/{class}/members", operation_id = "createMember", tag = "admin",
    params(("class" = String, Path)), request_body = CreateMember, responses(
    (status = 201, body = NewMember),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn add(admin: Arc<Admin>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    let ClassAdmin { class, actor } = admin.class(&request, now).await?;
    let wanted: CreateMember = json_body(&request, BODY_LIMIT)?;
    let name = wanted
        .name
        .or_else(|| login_of(&wanted.display_name))
        .ok_or_else(|| ApiError::invalid_field("name", "is needed: no sign-in name can be made of the display name"))?;
    let password_hash = match &wanted.password {
        Some(password) => Some(hash_password(password).map_err(|error| ApiError::internal(error.to_string()))?),
        None => None,
    };
    let (code, kept) = match password_hash {
        Some(_) => (None, None),
        None => {
            let (code, kept) = new_code(now);
            (Some(code), Some(kept))
        }
    };
    let member = Member {
        id: MemberId::new(Ulid::new()),
        class_id: class.id.clone(),
        name,
        display_name: wanted.display_name.trim().to_owned(),
        email: wanted.email,
        password_hash,
        code: kept,
        session_epoch: 0,
        suspended_at: None,
        extra_time_percent: 0,
        joined_via: JoinedVia::Added,
        created_at: now,
        revision: 0,
    };
    if !admin.store.take_seats(&class.id, 1, class.settings.seats).await? {
        return Err(class_full(class.settings.seats));
    }
    if let Err(error) = admin.store.create_member(&member).await {
        admin.store.leave_seats(&class.id, 1).await?;
        return Err(match error {
            StoreError::Exists { .. } => {
                ApiError::conflict("member_exists", "the class has a member of this name; choose another name")
            }
            error => error.into(),
        });
    }
    let event = event(&request, &actor, "member.added", now).on(member.id.as_str());
    admin.store.record(&class.id, &event).await?;
    created(&NewMember {
        member: PersonView::from(&member),
        code: code.map(|code| code.expose().to_owned()),
        code_expires_at: member.code.map(|code| code.expires_at),
    })
}
