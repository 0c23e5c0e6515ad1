//! `/api/admin/classes`: instructors make classes, and see and change their own.

mod copy;
mod delete;
mod edit;
mod list;
mod new;

use std::collections::BTreeSet;

use brihaspati_core::admin::Admin;
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::domain::class::ClassSettings;
use brihaspati_core::domain::ids::InstructorId;
use brihaspati_core::http::ApiError;
use brihaspati_core::lambda::{Invoke, Routes};
use brihaspati_core::store::Store;

pub use copy::*;
pub use delete::*;
pub use edit::*;
pub use list::*;
pub use new::*;

pub(crate) const BODY_LIMIT: usize = 8 << 10;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let routes = Routes::of(Admin::from_settings(settings)?)
        .on("GET /api/admin/classes", list)
        .on("POST /api/admin/classes", create)
        .on("GET /api/admin/classes/{class}", read)
        .on("PUT /api/admin/classes/{class}", edit)
        .on("POST /api/admin/classes/{class}/archive", archive)
        .on("POST /api/admin/classes/{class}/copy", copy)
        .on("DELETE /api/admin/classes/{class}", delete)
        .on("GET /api/admin/deletions/{class}", deletion);
    Ok(routes.serve())
}

/// What the fields of the settings cannot say of themselves.
async fn check(store: &Store, settings: &ClassSettings, known: &BTreeSet<InstructorId>) -> Result<(), ApiError> {
    if let Some((field, message)) = settings.contradiction() {
        return Err(ApiError::invalid_field(field, message));
    }
    for id in settings.instructors.difference(known) {
        if store.instructor(id).await?.is_none() {
            return Err(ApiError::invalid_field("instructors", format!("there is no instructor {id}")));
        }
    }
    Ok(())
}

fn code_taken() -> ApiError {
    ApiError::conflict("class_code_taken", "another class has this code; choose another one")
}
