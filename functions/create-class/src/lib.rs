//! `POST /api/admin/classes`: the operator creates a class.

use std::sync::Arc;

use brihaspati_core::auth::OperatorKey;
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::domain::class::{Class, ClassCode};
use brihaspati_core::domain::ids::ClassId;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, created, json_body};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::store::{Store, StoreError};
use brihaspati_core::views::ClassView;
use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use ulid::Ulid;
use utoipa::ToSchema;
use validator::Validate;

const BODY_LIMIT: usize = 4 << 10;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let state = State { store: Store::from_settings(settings)?, operator: OperatorKey::from_settings(settings)? };
    Ok(lambda::route(state, handle))
}

pub struct State {
    store: Store,
    operator: OperatorKey,
}

#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateClass {
    /// What people type to sign in: 4 to 20 letters, digits and hyphens.
    #[schema(value_type = String)]
    pub code: ClassCode,
    #[validate(length(min = 1, max = 80))]
    pub title: String,
}

#[utoipa::path(post, path = "/api/admin/classes", operation_id = "createClass", tag = "admin",
    request_body = CreateClass, responses(
    (status = 201, body = ClassView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(state: Arc<State>, request: Request) -> ApiResult {
    let _operator = state.operator.authenticate(&request)?;
    let wanted: CreateClass = json_body(&request, BODY_LIMIT)?;
    let class =
        Class { id: ClassId::new(Ulid::new()), code: wanted.code, title: wanted.title, created_at: Timestamp::now() };
    match state.store.create_class(&class).await {
        Ok(()) => created(&ClassView::from(&class)),
        Err(StoreError::Exists { .. }) => Err(ApiError::new(
            StatusCode::CONFLICT,
            "class_code_taken",
            "another class has this code; choose another one",
        )),
        Err(error) => Err(error.into()),
    }
}
