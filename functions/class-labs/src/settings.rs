use std::sync::Arc;

use brihaspati_core::admin::{Admin, event};
use brihaspati_core::auth::ClassAdmin;
use brihaspati_core::domain::audit::changes;
use brihaspati_core::domain::ids::LabSlug;
use brihaspati_core::domain::lab::LabSettings;
use brihaspati_core::http::{
    ApiError, ApiResult, Problem, Request, json_body, matched_revision, no_content, path_parameter, versioned,
};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{AdminLab, BODY_LIMIT, changed_meanwhile, find};

#[derive(Deserialize, ToSchema, Validate)]
pub struct EditLab {
    /// Labs are listed by it.
    #[validate(range(max = 10_000))]
    pub position: u32,
    /// Trainees see nothing of it. What runs goes on running.
    pub hidden: bool,
    /// How often one trainee may start it; `null`: as often as the lab itself says.
    #[validate(range(min = 1, max = 100))]
    pub starts_per_trainee: Option<u32>,
}

#[utoipa::path(put, path = "/api/admin/classes/{class}/labs/{lab}/settings", operation_id = "editClassLab",
    tag = "admin", params(
        ("class" = String, Path),
        ("lab" = String, Path),
        ("If-Match" = String, Header, description = "the ETag that was read"),
    ), request_body = EditLab, responses(
    (status = 200, body = AdminLab),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn edit(admin: Arc<Admin>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    let ClassAdmin { class, actor } = admin.class(&request, now).await?;
    let slug: LabSlug = path_parameter(&request, "lab")?;
    let mut lab = find(&admin.store, &class.id, &slug).await?;
    matched_revision(&request, lab.revision)?;
    let EditLab { position, hidden, starts_per_trainee } = json_body(&request, BODY_LIMIT)?;
    let settings = LabSettings { position, hidden, starts_per_trainee };
    let changes = changes(&lab.settings, &settings);
    if !changes.is_empty() {
        lab.settings = settings;
        let event = event(&request, &actor, "lab.edited", now).on(slug.as_str()).with(changes);
        admin.store.save_lab(&mut lab, &event).await.map_err(changed_meanwhile)?;
    }
    let tiles = admin.store.tiles(&class.id).await?;
    versioned(&AdminLab::new(&lab, &tiles), lab.revision)
}

#[utoipa::path(delete, path = "/api/admin/classes/{class}/labs/{lab}", operation_id = "removeLab", tag = "admin",
    params(("class" = String, Path), ("lab" = String, Path)), responses(
    (status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn remove(admin: Arc<Admin>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    let ClassAdmin { class, actor } = admin.class(&request, now).await?;
    let slug: LabSlug = path_parameter(&request, "lab")?;
    let lab = find(&admin.store, &class.id, &slug).await?;
    let tiles = admin.store.tiles(&class.id).await?;
    if tiles.iter().any(|tile| tile.lab == slug && tile.ended_at.is_none()) {
        let detail = "somebody works in this lab; hide it, or stop what runs first";
        return Err(ApiError::conflict("lab_still_running", detail));
    }
    let event = event(&request, &actor, "lab.removed", now).on(slug.as_str());
    admin.store.delete_lab(&lab, &event).await?;
    no_content()
}
