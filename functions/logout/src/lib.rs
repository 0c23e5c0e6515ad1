//! `POST /api/logout`: ends this session, here and for whoever holds a copy of it.

use std::sync::Arc;

use brihaspati_core::auth::{Authenticator, SignedIn, clear_cookie};
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::http::{ApiResult, Problem, Request, no_content};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::store::Store;
use http::header::SET_COOKIE;
use jiff::Timestamp;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let store = Store::from_settings(settings)?;
    let state = State { auth: Authenticator::new(settings, &store)?, store };
    Ok(lambda::route(state, handle))
}

pub struct State {
    auth: Authenticator,
    store: Store,
}

#[utoipa::path(post, path = "/api/logout", operation_id = "logout", tag = "session", responses(
    (status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(state: Arc<State>, request: Request) -> ApiResult {
    let (session_id, ends_at) = match state.auth.signed_in(&request, Timestamp::now()).await? {
        SignedIn::Trainee(caller) => (caller.session_id, caller.session_ends_at),
        SignedIn::Instructor(teacher) => (teacher.session_id, teacher.session_ends_at),
    };
    state.store.sign_out(&session_id, ends_at).await?;
    let mut response = no_content()?;
    response.headers_mut().insert(SET_COOKIE, clear_cookie());
    Ok(response)
}
