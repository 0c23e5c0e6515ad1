//! `POST /api/admin/classes/{class}/members`: adds a trainee or an instructor to a class.

use std::sync::Arc;

use brihaspati_core::auth::{Authenticator, OperatorKey, hash_password};
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::domain::class::{LoginName, Member, Role};
use brihaspati_core::domain::ids::MemberId;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, created, json_body};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::store::{Store, StoreError};
use brihaspati_core::views::MemberView;
use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use ulid::Ulid;
use utoipa::ToSchema;
use validator::Validate;

const BODY_LIMIT: usize = 4 << 10;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let store = Store::from_settings(settings)?;
    let state =
        State { auth: Authenticator::new(settings, &store)?, operator: OperatorKey::from_settings(settings)?, store };
    Ok(lambda::route(state, handle))
}

pub struct State {
    auth: Authenticator,
    operator: OperatorKey,
    store: Store,
}

#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateMember {
    /// What the member signs in with: 1 to 40 letters, digits or `. _ - @`.
    #[schema(value_type = String)]
    pub name: LoginName,
    #[validate(length(min = 1, max = 80))]
    pub display_name: String,
    pub role: Role,
    #[validate(length(min = 8, max = 256))]
    pub password: String,
}

#[utoipa::path(post, path = "/api/admin/classes/{class}/members", operation_id = "createMember", tag = "admin",
    params(("class" = String, Path)), request_body = CreateMember, responses(
    (status = 201, body = MemberView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(state: Arc<State>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    let admin = state.auth.class_admin(&request, &state.operator, now).await?;
    let wanted: CreateMember = json_body(&request, BODY_LIMIT)?;
    let member = Member {
        id: MemberId::new(Ulid::new()),
        class_id: admin.class_id,
        name: wanted.name,
        display_name: wanted.display_name,
        role: wanted.role,
        password_hash: hash_password(&wanted.password).map_err(|error| ApiError::internal(error.to_string()))?,
        session_epoch: 0,
        created_at: now,
    };
    match state.store.create_member(&member).await {
        Ok(()) => created(&MemberView::from(&member)),
        Err(StoreError::Exists { .. }) => Err(ApiError::new(
            StatusCode::CONFLICT,
            "member_exists",
            "the class has a member of this name; choose another name",
        )),
        Err(error) => Err(error.into()),
    }
}
