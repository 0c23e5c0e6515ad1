use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use brihaspati_core::admin::Admin;
use brihaspati_core::domain::ids::LabSlug;
use brihaspati_core::domain::lab::{Lab, guide_of};
use brihaspati_core::domain::lifecycle::Status;
use brihaspati_core::domain::placement::Placement;
use brihaspati_core::domain::room::Tile;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, json, path_parameter, versioned};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::find;

/// A lab as its class's instructors see it.
#[derive(Serialize, ToSchema)]
pub struct AdminLab {
    pub slug: String,
    pub title: String,
    pub summary: String,
    pub minutes: u32,
    pub version: String,
    pub pushed_at: Timestamp,
    pub pushed_by: String,
    pub position: u32,
    pub hidden: bool,
    pub starts_per_trainee: Option<u32>,
    pub check_count: usize,
    pub placements: Vec<Placement>,
    /// Environments that run an older version.
    pub old_running: usize,
    /// For `If-Match`: `"{revision}"`.
    pub revision: u64,
}

#[derive(Serialize, ToSchema)]
pub struct AdminLabList {
    pub labs: Vec<AdminLab>,
}

#[derive(Serialize, ToSchema)]
pub struct AdminLabDetail {
    #[serde(flatten)]
    pub lab: AdminLab,
    /// The newest push first.
    pub versions: Vec<VersionView>,
    pub files: Vec<FileView>,
    pub guide: String,
}

#[derive(Serialize, ToSchema)]
pub struct VersionView {
    pub version: String,
    pub pushed_at: Timestamp,
    pub pushed_by: String,
    pub current: bool,
}

#[derive(Serialize, ToSchema)]
pub struct FileView {
    pub path: String,
    pub bytes: usize,
    pub executable: bool,
}

impl AdminLab {
    pub(crate) fn new(lab: &Lab, tiles: &[Tile]) -> Self {
        let old = tiles.iter().filter(|tile| {
            tile.lab == lab.slug
                && tile.lab_version != lab.version
                && !matches!(tile.status, Status::Gone | Status::Failed)
        });
        Self {
            slug: lab.slug.to_string(),
            title: lab.manifest.title.clone(),
            summary: lab.manifest.summary.clone(),
            minutes: lab.manifest.minutes,
            version: lab.version.clone(),
            pushed_at: lab.pushed_at,
            pushed_by: lab.pushed_by.clone(),
            position: lab.settings.position,
            hidden: lab.settings.hidden,
            starts_per_trainee: lab.settings.starts_per_trainee,
            check_count: lab.checks.len(),
            placements: lab.manifest.placements.clone(),
            old_running: old.count(),
            revision: lab.revision,
        }
    }
}

#[utoipa::path(get, path = "/api/admin/classes/{class}/labs", operation_id = "listClassLabs", tag = "admin",
    params(("class" = String, Path)), responses(
    (status = 200, body = AdminLabList, description = "in the order in which trainees see them"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn list(admin: Arc<Admin>, request: Request) -> ApiResult {
    let class = admin.class(&request, Timestamp::now()).await?.class;
    let (labs, tiles) = tokio::try_join!(admin.store.labs(&class.id), admin.store.tiles(&class.id))?;
    json(&AdminLabList { labs: labs.iter().map(|lab| AdminLab::new(lab, &tiles)).collect() })
}

#[utoipa::path(get, path = "/api/admin/classes/{class}/labs/{lab}", operation_id = "getClassLab", tag = "admin",
    params(("class" = String, Path), ("lab" = String, Path)), responses(
    (status = 200, body = AdminLabDetail, headers(("ETag" = String, description = "for If-Match"))),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn read(admin: Arc<Admin>, request: Request) -> ApiResult {
    let class = admin.class(&request, Timestamp::now()).await?.class;
    let slug: LabSlug = path_parameter(&request, "lab")?;
    let lab = find(&admin.store, &class.id, &slug).await?;
    let (tiles, versions, bundle) = tokio::try_join!(
        admin.store.tiles(&class.id),
        admin.store.lab_versions(&class.id, &slug),
        admin.store.bundle(&class.id, &slug, &lab.version)
    )?;
    let bundle = bundle.ok_or_else(|| ApiError::internal("the lab's current version is missing"))?;
    let view = AdminLabDetail {
        lab: AdminLab::new(&lab, &tiles),
        versions: versions
            .into_iter()
            .map(|version| VersionView {
                current: version.version == lab.version,
                version: version.version,
                pushed_at: version.pushed_at,
                pushed_by: version.pushed_by,
            })
            .collect(),
        guide: guide_of(&bundle.files).unwrap_or_default(),
        files: bundle
            .files
            .into_iter()
            .map(|file| FileView {
                bytes: STANDARD.decode(&file.content).map_or(0, |content| content.len()),
                path: file.path,
                executable: file.executable,
            })
            .collect(),
    };
    versioned(&view, lab.revision)
}
