//! `PUT /api/admin/classes/{class}/labs/{lab}`: stores a lab's folder as the class's current version of it. Environments
//! that run keep the version they started with.

use std::sync::Arc;

use brihaspati_core::auth::{Authenticator, OperatorKey};
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::domain::ids::LabSlug;
use brihaspati_core::domain::lab::{Lab, LabFile, LabFolder};
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, json, json_body, path_parameter};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::store::{LabBundle, Store};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// A lab is one item of the table, and an item has at most 400 KiB.
const BODY_LIMIT: usize = 370 << 10;

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
pub struct PutLab {
    /// The folder: `lab.yaml`, `guide.md`, `setup.sh`, `files/**` and `checks/*.sh`.
    #[validate(length(min = 1))]
    pub files: Vec<LabFile>,
}

#[derive(Serialize, ToSchema)]
pub struct LabVersion {
    pub slug: String,
    pub title: String,
    /// The same files always have the same version.
    pub version: String,
}

#[utoipa::path(put, path = "/api/admin/classes/{class}/labs/{lab}", operation_id = "putLab", tag = "admin",
    params(("class" = String, Path), ("lab" = String, Path)), request_body = PutLab, responses(
    (status = 200, body = LabVersion),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(state: Arc<State>, request: Request) -> ApiResult {
    let admin = state.auth.class_admin(&request, &state.operator, Timestamp::now()).await?;
    let slug: LabSlug = path_parameter(&request, "lab")?;
    let wanted: PutLab = json_body(&request, BODY_LIMIT)?;
    let folder =
        LabFolder::read(wanted.files).map_err(|problem| ApiError::invalid_field(&problem.file, problem.problem))?;
    let lab = Lab { class_id: admin.class_id, slug, version: folder.version, manifest: folder.manifest };
    state.store.put_lab(&lab, &LabBundle { files: folder.files }).await?;
    json(&LabVersion { slug: lab.slug.to_string(), title: lab.manifest.title, version: lab.version })
}
