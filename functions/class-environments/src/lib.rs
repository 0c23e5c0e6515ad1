//! `/api/admin/classes/{class}/environments`: everybody's environments of a class, past ones with their receipts; and
//! looking on.

mod detail;
mod list;
mod view;

use brihaspati_core::admin::Admin;
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::desk::Desk;
use brihaspati_core::domain::environment::Environment;
use brihaspati_core::domain::ids::{ClassId, EnvironmentId};
use brihaspati_core::http::ApiError;
use brihaspati_core::lambda::{Invoke, Routes};
use brihaspati_core::machine_url::MachineUrl;
use brihaspati_core::store::Store;

pub use detail::*;
pub use list::*;
pub use view::*;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let state = State {
        admin: Admin::from_settings(settings)?,
        desk: Desk::from_settings(settings)?,
        machines: MachineUrl::from_settings(settings)?,
    };
    let routes = Routes::of(state)
        .on("GET /api/admin/classes/{class}/environments", list)
        .on("GET /api/admin/classes/{class}/environments/{environment}", detail)
        .on("POST /api/admin/classes/{class}/environments/{environment}/view", view);
    Ok(routes.serve())
}

pub struct State {
    admin: Admin,
    desk: Desk,
    machines: MachineUrl,
}

/// An environment of this class; any other one is as absent as one that never was.
async fn find(store: &Store, class: &ClassId, id: &EnvironmentId) -> Result<Environment, ApiError> {
    let found = store.environment(id).await?.filter(|environment| environment.class_id == *class);
    found.ok_or_else(|| ApiError::not_found("environment_not_found", "the class has no such environment"))
}
