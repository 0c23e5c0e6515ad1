use std::sync::Arc;

use brihaspati_core::auth::{Delivery, SignedInView, signed_in, verify_password};
use brihaspati_core::domain::member::LoginName;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, json_body};
use brihaspati_core::views::SessionView;
use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{BODY_LIMIT, State, admitted, invalid_credentials, key};

#[derive(Deserialize, ToSchema, Validate)]
pub struct Login {
    /// Left out by instructors.
    #[validate(length(min = 1, max = 64))]
    pub class_code: Option<String>,
    #[validate(length(min = 1, max = 64))]
    pub name: String,
    #[validate(length(min = 1, max = 256))]
    pub password: String,
    #[serde(default)]
    pub session: Delivery,
}

#[utoipa::path(post, path = "/api/login", operation_id = "login", tag = "session", request_body = Login, responses(
    (status = 200, body = SignedInView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn login(state: Arc<State>, request: Request) -> ApiResult {
    let login: Login = json_body(&request, BODY_LIMIT)?;
    let now = Timestamp::now();
    let whose = key(login.class_code.as_deref().unwrap_or_default(), &login.name);
    state.count_try(&whose, now).await?;
    let (session, token) = match &login.class_code {
        Some(code) => trainee(&state, code, &login, now).await?,
        None => instructor(&state, &login, now).await?,
    };
    state.store.forget_guesses(&whose).await?;
    signed_in(StatusCode::OK, session, token, login.session)
}

async fn trainee(state: &State, code: &str, login: &Login, now: Timestamp) -> Result<(SessionView, String), ApiError> {
    let found = state.find(code, &login.name).await?;
    // The same work whether the member exists or not.
    let hash = found.as_ref().and_then(|(_, member)| member.password_hash.as_ref());
    let password_matches = verify_password(&login.password, hash);
    let (class, member) = found.filter(|_| password_matches).ok_or_else(invalid_credentials)?;
    admitted(&class, &member)?;
    let (token, ends_at) = state.signer.sign_member(&member, now).map_err(ApiError::internal)?;
    Ok((SessionView::trainee(&member, &class, ends_at), token))
}

async fn instructor(state: &State, login: &Login, now: Timestamp) -> Result<(SessionView, String), ApiError> {
    let found = match login.name.parse::<LoginName>() {
        Ok(name) => state.store.instructor_by_name(&name).await?,
        Err(_) => None,
    };
    let password_matches = verify_password(&login.password, found.as_ref().map(|known| &known.password_hash));
    let known = found.filter(|known| password_matches && known.disabled_at.is_none());
    let instructor = known.ok_or_else(invalid_credentials)?;
    let (token, ends_at) = state.signer.sign_instructor(&instructor, now).map_err(ApiError::internal)?;
    Ok((SessionView::instructor(&instructor, ends_at), token))
}
