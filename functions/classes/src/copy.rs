use std::sync::Arc;

use brihaspati_core::admin::{Admin, event};
use brihaspati_core::auth::ClassAdmin;
use brihaspati_core::domain::class::{Class, ClassCode};
use brihaspati_core::domain::ids::ClassId;
use brihaspati_core::domain::validation::printable;
use brihaspati_core::http::{ApiResult, Problem, Request, created, json_body};
use brihaspati_core::store::StoreError;
use brihaspati_core::views::ClassView;
use jiff::Timestamp;
use serde::Deserialize;
use ulid::Ulid;
use utoipa::ToSchema;
use validator::Validate;

use crate::{BODY_LIMIT, code_taken};

#[derive(Deserialize, ToSchema, Validate)]
pub struct CopyClass {
    #[schema(value_type = String)]
    pub code: ClassCode,
    #[validate(length(min = 1, max = 80), custom(function = "printable"))]
    pub title: String,
}

#[utoipa::path(post, path = "/api/admin/classes/{class}/copy", operation_id = "copyClass", tag = "admin",
    params(("class" = String, Path)), request_body = CopyClass, responses(
    (status = 201, body = ClassView, description = "the same settings and labs, without dates and people"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn copy(admin: Arc<Admin>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    let ClassAdmin { class: original, actor } = admin.class(&request, now).await?;
    let wanted: CopyClass = json_body(&request, BODY_LIMIT)?;
    let mut settings = original.settings.clone();
    settings.title = wanted.title;
    settings.opens_at = None;
    settings.closes_at = None;
    let class = Class::new(ClassId::new(Ulid::new()), wanted.code, settings, now);
    let event = event(&request, &actor, "class.copied", now).on(format!("from {}", original.code));
    match admin.store.create_class(&class, &event).await {
        Ok(()) => {}
        Err(StoreError::Exists { .. }) => return Err(code_taken()),
        Err(error) => return Err(error.into()),
    }
    for lab in admin.store.labs(&original.id).await? {
        admin.store.copy_lab(&lab, &class.id).await?;
    }
    created(&ClassView::new(&class, now))
}
