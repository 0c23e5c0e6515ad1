use std::collections::BTreeSet;
use std::sync::Arc;

use brihaspati_core::admin::{Admin, event};
use brihaspati_core::domain::class::{Class, ClassCode, ClassSettings};
use brihaspati_core::domain::ids::ClassId;
use brihaspati_core::http::{ApiResult, JsonFields, Problem, Request, created};
use brihaspati_core::store::StoreError;
use brihaspati_core::views::ClassView;
use jiff::Timestamp;
use serde::Serialize;
use ulid::Ulid;
use utoipa::ToSchema;

use crate::{BODY_LIMIT, check, code_taken};

/// The settings, and the code.
#[derive(Serialize, ToSchema)]
pub struct CreateClass {
    /// What people type to sign in: 4 to 20 letters, digits and hyphens.
    #[schema(value_type = String)]
    pub code: ClassCode,
    #[serde(flatten)]
    pub settings: ClassSettings,
}

#[utoipa::path(post, path = "/api/admin/classes", operation_id = "createClass", tag = "admin",
    request_body = CreateClass, responses(
    (status = 201, body = ClassView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn create(admin: Arc<Admin>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    let staff = admin.staff(&request, now).await?;
    let mut fields = JsonFields::of(&request, BODY_LIMIT)?;
    let code: ClassCode = fields.take("code")?;
    let mut settings: ClassSettings = fields.rest()?;
    // Who makes a class teaches it.
    let maker: BTreeSet<_> = staff.instructor.iter().map(|instructor| instructor.id.clone()).collect();
    settings.instructors.extend(maker.iter().cloned());
    check(&admin.store, &settings, &maker).await?;
    let class = Class::new(ClassId::new(Ulid::new()), code, settings, now);
    let event = event(&request, &staff.actor, "class.created", now).on(class.code.as_str());
    match admin.store.create_class(&class, &event).await {
        Ok(()) => created(&ClassView::new(&class, now)),
        Err(StoreError::Exists { .. }) => Err(code_taken()),
        Err(error) => Err(error.into()),
    }
}
