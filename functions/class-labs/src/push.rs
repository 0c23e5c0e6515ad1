use std::sync::Arc;

use brihaspati_core::admin::{Admin, event};
use brihaspati_core::auth::ClassAdmin;
use brihaspati_core::domain::audit::FieldChange;
use brihaspati_core::domain::ids::LabSlug;
use brihaspati_core::domain::lab::{Lab, LabSettings};
use brihaspati_core::domain::validation::FieldError;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, json, path_parameter};
use brihaspati_core::store::LabBundle;
use brihaspati_lab::{Examined, LabProblem};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::changed_meanwhile;
use crate::content::{PutLab, gather};

/// Bytes of a lab's files in base64: a version is one item of the table, and an item has at most 400 KB.
const MOST_STORED: usize = 380_000;

#[derive(Serialize, ToSchema)]
pub struct PushedLab {
    pub slug: String,
    pub title: String,
    /// The same files always have the same version.
    pub version: String,
    /// The class had this version already.
    pub unchanged: bool,
    /// What is no error, and worth a look.
    pub warnings: Vec<LabProblem>,
}

#[utoipa::path(put, path = "/api/admin/classes/{class}/labs/{lab}", operation_id = "putLab", tag = "admin",
    params(("class" = String, Path), ("lab" = String, Path)), request_body(content(
        (PutLab = "application/json"), (Vec<u8> = "application/zip"), (Vec<u8> = "application/gzip"),
    )), responses(
    (status = 200, body = PushedLab),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn push(admin: Arc<Admin>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    let ClassAdmin { class, actor } = admin.class(&request, now).await?;
    let slug: LabSlug = path_parameter(&request, "lab")?;
    let Examined { folder, problems } = gather(&request)?.examine();
    let Some(folder) = folder else { return Err(refused(&problems)) };
    let stored: usize = folder.files.iter().map(|file| file.path.len() + file.content.len()).sum();
    if stored > MOST_STORED {
        let message = format!(
            "the lab's files have {stored} bytes in base64, and at most {MOST_STORED} can be kept; make them smaller"
        );
        return Err(ApiError::invalid_field("files", message));
    }
    let current = admin.store.lab(&class.id, &slug).await?;
    let title = folder.manifest.title.clone();
    let unchanged = current.as_ref().is_some_and(|current| current.version == folder.version);
    let version = folder.version.clone();
    if !unchanged {
        let mut lab = Lab {
            class_id: class.id.clone(),
            slug: slug.clone(),
            version: folder.version,
            checks: folder.manifest.check_list(&folder.files),
            manifest: folder.manifest,
            pushed_at: now,
            pushed_by: actor.name.clone(),
            settings: match &current {
                Some(current) => current.settings.clone(),
                None => LabSettings { position: last_position(&admin, &class.id).await?, ..LabSettings::default() },
            },
            revision: current.as_ref().map_or(0, |current| current.revision),
        };
        let change = FieldChange {
            field: "version".to_owned(),
            from: current.map(|current| current.version),
            to: Some(lab.version.clone()),
        };
        let event = event(&request, &actor, "lab.pushed", now).on(slug.as_str()).with(vec![change]);
        let bundle = LabBundle { files: folder.files };
        admin.store.put_lab(&mut lab, &bundle, &event).await.map_err(changed_meanwhile)?;
    }
    json(&PushedLab { slug: slug.to_string(), title, version, unchanged, warnings: problems })
}

/// Behind all the others.
async fn last_position(admin: &Admin, class: &brihaspati_core::domain::ids::ClassId) -> Result<u32, ApiError> {
    let labs = admin.store.labs(class).await?;
    Ok(labs.iter().map(|lab| lab.settings.position + 1).max().unwrap_or(0))
}

fn refused(problems: &[LabProblem]) -> ApiError {
    let errors = problems.iter().filter(|problem| problem.is_error());
    let told = errors.map(|problem| FieldError { field: problem.file.clone(), message: problem.to_string() });
    ApiError::invalid(told.take(100).collect())
}

#[derive(Serialize, ToSchema)]
pub struct LabExamination {
    pub slug: String,
    /// `null` where `lab.yaml` cannot be read.
    pub title: Option<String>,
    /// Errors first; without errors it can be pushed.
    pub problems: Vec<LabProblem>,
}

#[utoipa::path(post, path = "/api/admin/classes/{class}/labs/{lab}/validate", operation_id = "validateLab",
    tag = "admin", params(("class" = String, Path), ("lab" = String, Path)), request_body(content(
        (PutLab = "application/json"), (Vec<u8> = "application/zip"), (Vec<u8> = "application/gzip"),
    )), responses(
    (status = 200, body = LabExamination, description = "nothing is stored"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn validate(admin: Arc<Admin>, request: Request) -> ApiResult {
    admin.class(&request, Timestamp::now()).await?;
    let slug: LabSlug = path_parameter(&request, "lab")?;
    let Examined { folder, problems } = gather(&request)?.examine();
    json(&LabExamination { slug: slug.to_string(), title: folder.map(|folder| folder.manifest.title), problems })
}
