use std::collections::BTreeSet;
use std::sync::Arc;

use brihaspati_core::admin::{Admin, event};
use brihaspati_core::auth::ClassAdmin;
use brihaspati_core::domain::audit::{ActorKind, AuditEvent, changes};
use brihaspati_core::domain::class::{Class, ClassSettings};
use brihaspati_core::domain::ids::InstructorId;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, json_body, matched_revision, versioned};
use brihaspati_core::store::{Store, StoreError};
use brihaspati_core::views::{ClassView, Spending};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{BODY_LIMIT, check};

#[utoipa::path(get, path = "/api/admin/classes/{class}", operation_id = "getClass", tag = "admin",
    params(("class" = String, Path)), responses(
    (status = 200, body = ClassView, headers(("ETag" = String, description = "for If-Match"))),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn read(admin: Arc<Admin>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    let class = admin.class(&request, now).await?.class;
    let (people, spending) = tokio::try_join!(admin.store.count_members(&class.id), spending(&admin.store, &class))?;
    let view = ClassView { people: Some(people), spending, ..ClassView::new(&class, now) };
    versioned(&view, class.revision)
}

/// Against the budget, where there is one.
async fn spending(store: &Store, class: &Class) -> Result<Option<Spending>, StoreError> {
    let Some(budget_micro_usd) = class.settings.budget_micro_usd else { return Ok(None) };
    let commitments = store.commitments(&class.id).await?;
    let committed_micro_usd = commitments.iter().map(|commitment| commitment.micro_usd).fold(0, i64::saturating_add);
    Ok(Some(Spending { committed_micro_usd, budget_micro_usd }))
}

#[utoipa::path(put, path = "/api/admin/classes/{class}", operation_id = "editClass", tag = "admin", params(
        ("class" = String, Path),
        ("If-Match" = String, Header, description = "the ETag that was read"),
    ), request_body = ClassSettings, responses(
    (status = 200, body = ClassView),
    (status = 412, body = Problem, content_type = "application/problem+json", description = "somebody else wrote first"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn edit(admin: Arc<Admin>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    let ClassAdmin { mut class, actor } = admin.class(&request, now).await?;
    matched_revision(&request, class.revision)?;
    let settings: ClassSettings = json_body(&request, BODY_LIMIT)?;
    let taught_by = class.settings.instructors.clone();
    check(&admin.store, &settings, &taught_by).await?;
    if settings.instructors.is_empty() && actor.kind != ActorKind::Operator {
        return Err(ApiError::invalid_field(
            "instructors",
            "must name at least one: nobody could see the class any more",
        ));
    }
    let changes = changes(&class.settings, &settings);
    if !changes.is_empty() {
        let budgeted_now = class.settings.budget_micro_usd.is_none() && settings.budget_micro_usd.is_some();
        class.settings = settings;
        let event = event(&request, &actor, "class.edited", now).on(class.code.as_str()).with(changes);
        save(&admin.store, &mut class, &taught_by, &event).await?;
        if budgeted_now {
            admin.store.doubt_budget(&class.id).await?;
        }
    }
    versioned(&ClassView::new(&class, now), class.revision)
}

#[derive(Deserialize, ToSchema, Validate)]
pub struct Archive {
    /// `false` takes it out of the archive again.
    pub archived: bool,
}

#[utoipa::path(post, path = "/api/admin/classes/{class}/archive", operation_id = "archiveClass", tag = "admin", params(
        ("class" = String, Path),
        ("If-Match" = String, Header, description = "the ETag that was read"),
    ), request_body = Archive, responses(
    (status = 200, body = ClassView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn archive(admin: Arc<Admin>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    let ClassAdmin { mut class, actor } = admin.class(&request, now).await?;
    matched_revision(&request, class.revision)?;
    let wanted: Archive = json_body(&request, BODY_LIMIT)?;
    if wanted.archived != class.archived_at.is_some() {
        class.archived_at = wanted.archived.then_some(now);
        let action = if wanted.archived { "class.archived" } else { "class.restored" };
        let event = event(&request, &actor, action, now).on(class.code.as_str());
        let taught_by = class.settings.instructors.clone();
        save(&admin.store, &mut class, &taught_by, &event).await?;
    }
    versioned(&ClassView::new(&class, now), class.revision)
}

async fn save(
    store: &Store,
    class: &mut Class,
    taught_by: &BTreeSet<InstructorId>,
    event: &AuditEvent,
) -> Result<(), ApiError> {
    match store.save_class(class, taught_by, event).await {
        Ok(()) => Ok(()),
        Err(StoreError::Conflict | StoreError::Contended) => Err(ApiError::changed_meanwhile()),
        Err(error) => Err(error.into()),
    }
}
