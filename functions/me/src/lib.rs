//! `GET /api/me`: who is signed in.

use std::sync::Arc;

use brihaspati_core::auth::{Authenticator, SignedIn};
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::http::{ApiResult, Problem, Request, json};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::store::Store;
use brihaspati_core::views::SessionView;
use jiff::Timestamp;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let state = State { auth: Authenticator::new(settings, &Store::from_settings(settings)?)? };
    Ok(lambda::route(state, handle))
}

pub struct State {
    auth: Authenticator,
}

#[utoipa::path(get, path = "/api/me", operation_id = "me", tag = "session", responses(
    (status = 200, body = SessionView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(state: Arc<State>, request: Request) -> ApiResult {
    match state.auth.signed_in(&request, Timestamp::now()).await? {
        SignedIn::Instructor(teacher) => json(&SessionView::instructor(&teacher.instructor, teacher.session_ends_at)),
        SignedIn::Trainee(caller) => json(&SessionView::trainee(&caller.member, &caller.class, caller.session_ends_at)),
    }
}
