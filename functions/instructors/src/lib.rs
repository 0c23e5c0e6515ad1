//! `/api/admin/instructors`: the operator says who may run classes.

use std::sync::Arc;

use brihaspati_core::admin::Admin;
use brihaspati_core::auth::hash_password;
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::domain::ids::InstructorId;
use brihaspati_core::domain::instructor::Instructor;
use brihaspati_core::domain::member::LoginName;
use brihaspati_core::domain::validation::printable;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, created, json, json_body, path_parameter};
use brihaspati_core::lambda::{Invoke, Routes};
use brihaspati_core::store::StoreError;
use brihaspati_core::views::InstructorView;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ulid::Ulid;
use utoipa::ToSchema;
use validator::Validate;

const BODY_LIMIT: usize = 4 << 10;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let routes = Routes::of(Admin::from_settings(settings)?)
        .on("GET /api/admin/instructors", list)
        .on("POST /api/admin/instructors", create)
        .on("PUT /api/admin/instructors/{instructor}", edit);
    Ok(routes.serve())
}

#[derive(Serialize, ToSchema)]
pub struct InstructorList {
    pub instructors: Vec<InstructorView>,
}

#[derive(Deserialize, ToSchema, Validate)]
pub struct CreateInstructor {
    /// What the instructor signs in with: 1 to 40 letters, digits or `. _ - @`.
    #[schema(value_type = String)]
    pub name: LoginName,
    #[validate(length(min = 1, max = 80), custom(function = "printable"))]
    pub display_name: String,
    #[validate(length(min = 8, max = 256))]
    pub password: String,
}

#[derive(Deserialize, ToSchema, Validate)]
pub struct EditInstructor {
    #[validate(length(min = 1, max = 80), custom(function = "printable"))]
    pub display_name: String,
    /// Signed out everywhere, and not let in again.
    pub disabled: bool,
    /// Another password; every session ends.
    #[validate(length(min = 8, max = 256))]
    pub password: Option<String>,
}

#[utoipa::path(get, path = "/api/admin/instructors", operation_id = "listInstructors", tag = "admin", responses(
    (status = 200, body = InstructorList),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn list(admin: Arc<Admin>, request: Request) -> ApiResult {
    // Instructors choose with whom they share a class.
    admin.staff(&request, Timestamp::now()).await?;
    let instructors = admin.store.instructors().await?;
    json(&InstructorList { instructors: instructors.iter().map(InstructorView::from).collect() })
}

#[utoipa::path(post, path = "/api/admin/instructors", operation_id = "createInstructor", tag = "admin",
    request_body = CreateInstructor, responses(
    (status = 201, body = InstructorView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn create(admin: Arc<Admin>, request: Request) -> ApiResult {
    admin.operator(&request)?;
    let wanted: CreateInstructor = json_body(&request, BODY_LIMIT)?;
    let instructor = Instructor {
        id: InstructorId::new(Ulid::new()),
        name: wanted.name,
        display_name: wanted.display_name,
        password_hash: hash(&wanted.password)?,
        session_epoch: 0,
        disabled_at: None,
        created_at: Timestamp::now(),
        revision: 0,
    };
    match admin.store.create_instructor(&instructor).await {
        Ok(()) => created(&InstructorView::from(&instructor)),
        Err(StoreError::Exists { .. }) => {
            Err(ApiError::conflict("instructor_exists", "there is an instructor of this name; choose another name"))
        }
        Err(error) => Err(error.into()),
    }
}

#[utoipa::path(put, path = "/api/admin/instructors/{instructor}", operation_id = "editInstructor", tag = "admin",
    params(("instructor" = String, Path)), request_body = EditInstructor, responses(
    (status = 200, body = InstructorView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn edit(admin: Arc<Admin>, request: Request) -> ApiResult {
    admin.operator(&request)?;
    let id: InstructorId = path_parameter(&request, "instructor")?;
    let wanted: EditInstructor = json_body(&request, BODY_LIMIT)?;
    let found = admin.store.instructor(&id).await?;
    let mut instructor =
        found.ok_or_else(|| ApiError::not_found("instructor_not_found", "there is no such instructor"))?;
    instructor.display_name = wanted.display_name;
    instructor.disable(wanted.disabled, Timestamp::now());
    if let Some(password) = &wanted.password {
        instructor.set_password(hash(password)?);
    }
    admin.store.save_instructor(&mut instructor).await?;
    json(&InstructorView::from(&instructor))
}

fn hash(password: &str) -> Result<brihaspati_core::domain::secret::Secret, ApiError> {
    hash_password(password).map_err(|error| ApiError::internal(error.to_string()))
}
