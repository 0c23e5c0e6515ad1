//! `/api/admin/classes/{class}/members`: the people of a class.

mod add;
mod edit;
mod list;
mod remove;
mod reset;
mod roster;

use brihaspati_core::admin::Admin;
use brihaspati_core::auth::{code_sha256, one_time_code};
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::domain::ids::{ClassId, MemberId};
use brihaspati_core::domain::member::{CODE_LIFETIME, Member, OneTimeCode};
use brihaspati_core::domain::secret::Secret;
use brihaspati_core::http::ApiError;
use brihaspati_core::lambda::{Invoke, Routes};
use brihaspati_core::store::Store;
use jiff::Timestamp;

pub use add::*;
pub use edit::*;
pub use list::*;
pub use remove::*;
pub use reset::*;
pub use roster::*;

const BODY_LIMIT: usize = 4 << 10;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let routes = Routes::of(Admin::from_settings(settings)?)
        .on("GET /api/admin/classes/{class}/members", list)
        .on("POST /api/admin/classes/{class}/members", add)
        .on("PUT /api/admin/classes/{class}/members/{member}", edit)
        .on("POST /api/admin/classes/{class}/members/{member}/code", reset)
        .on("DELETE /api/admin/classes/{class}/members/{member}", remove)
        .on("POST /api/admin/classes/{class}/roster", import);
    Ok(routes.serve())
}

async fn find(store: &Store, class: &ClassId, member: &MemberId) -> Result<Member, ApiError> {
    let found = store.member(class, member).await?;
    found.ok_or_else(|| ApiError::not_found("member_not_found", "the class has no such member"))
}

/// A code to be read out, and what is kept of it.
fn new_code(now: Timestamp) -> (Secret, OneTimeCode) {
    let code = one_time_code();
    let kept = OneTimeCode { sha256: code_sha256(code.expose()), expires_at: now + CODE_LIFETIME };
    (code, kept)
}

fn class_full(seats: u32) -> ApiError {
    let detail =
        format!("the class has {seats} seats, and there are not so many left; give it more seats in its settings");
    ApiError::conflict("class_full", detail)
}
