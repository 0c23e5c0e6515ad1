//! `/api/admin/classes/{class}/labs`: the labs of a class. Environments that run keep the version they started with.

mod content;
mod list;
mod push;
mod settings;
mod version;

use brihaspati_core::admin::Admin;
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::domain::ids::{ClassId, LabSlug};
use brihaspati_core::domain::lab::Lab;
use brihaspati_core::http::ApiError;
use brihaspati_core::lambda::{Invoke, Routes};
use brihaspati_core::store::{Store, StoreError};

pub use content::PutLab;
pub use list::*;
pub use push::*;
pub use settings::*;
pub use version::*;

const BODY_LIMIT: usize = 2 << 10;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let routes = Routes::of(Admin::from_settings(settings)?)
        .on("GET /api/admin/classes/{class}/labs", list)
        .on("GET /api/admin/classes/{class}/labs/{lab}", read)
        .on("PUT /api/admin/classes/{class}/labs/{lab}", push)
        .on("POST /api/admin/classes/{class}/labs/{lab}/validate", validate)
        .on("PUT /api/admin/classes/{class}/labs/{lab}/settings", edit)
        .on("PUT /api/admin/classes/{class}/labs/{lab}/version", make_current)
        .on("DELETE /api/admin/classes/{class}/labs/{lab}", remove);
    Ok(routes.serve())
}

async fn find(store: &Store, class: &ClassId, slug: &LabSlug) -> Result<Lab, ApiError> {
    let found = store.lab(class, slug).await?;
    found.ok_or_else(|| ApiError::not_found("lab_not_found", "the class has no such lab"))
}

fn changed_meanwhile(error: StoreError) -> ApiError {
    match error {
        StoreError::Conflict | StoreError::Contended => ApiError::changed_meanwhile(),
        error => error.into(),
    }
}
