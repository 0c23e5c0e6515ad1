use std::sync::Arc;

use brihaspati_core::admin::{Admin, event};
use brihaspati_core::auth::ClassAdmin;
use brihaspati_core::domain::audit::FieldChange;
use brihaspati_core::domain::ids::LabSlug;
use brihaspati_core::domain::lab::LabFolder;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, json_body, path_parameter, versioned};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{AdminLab, BODY_LIMIT, changed_meanwhile, find};

#[derive(Deserialize, ToSchema, Validate)]
pub struct MakeCurrent {
    #[validate(length(min = 1, max = 64))]
    pub version: String,
}

#[utoipa::path(put, path = "/api/admin/classes/{class}/labs/{lab}/version", operation_id = "makeLabVersionCurrent",
    tag = "admin", params(("class" = String, Path), ("lab" = String, Path)), request_body = MakeCurrent, responses(
    (status = 200, body = AdminLab),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn make_current(admin: Arc<Admin>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    let ClassAdmin { class, actor } = admin.class(&request, now).await?;
    let slug: LabSlug = path_parameter(&request, "lab")?;
    let mut lab = find(&admin.store, &class.id, &slug).await?;
    let MakeCurrent { version } = json_body(&request, BODY_LIMIT)?;
    if version != lab.version {
        let bundle = admin.store.bundle(&class.id, &slug, &version).await?;
        let bundle = bundle.ok_or_else(|| ApiError::invalid_field("version", "the lab has no such version"))?;
        let folder =
            LabFolder::read(bundle.files).map_err(|problem| ApiError::invalid_field("version", problem.to_string()))?;
        lab.checks = folder.manifest.check_list(&folder.files);
        lab.manifest = folder.manifest;
        let from = std::mem::replace(&mut lab.version, version.clone());
        let change = FieldChange { field: "version".to_owned(), from: Some(from), to: Some(version) };
        let event = event(&request, &actor, "lab.version-chosen", now).on(slug.as_str()).with(vec![change]);
        admin.store.save_lab(&mut lab, &event).await.map_err(changed_meanwhile)?;
    }
    let tiles = admin.store.tiles(&class.id).await?;
    versioned(&AdminLab::new(&lab, &tiles), lab.revision)
}
