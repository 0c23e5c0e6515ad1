use std::sync::Arc;

use brihaspati_core::auth::{Delivery, SignedInView, code_sha256, hash_password, signed_in};
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, json_body};
use brihaspati_core::store::StoreError;
use brihaspati_core::views::SessionView;
use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{BODY_LIMIT, State, admitted, invalid_credentials, key};

#[derive(Deserialize, ToSchema, Validate)]
pub struct Redeem {
    #[validate(length(min = 1, max = 64))]
    pub class_code: String,
    #[validate(length(min = 1, max = 64))]
    pub name: String,
    /// The one-time code; hyphens, spaces and case do not matter.
    #[validate(length(min = 1, max = 64))]
    pub code: String,
    /// What the member signs in with from now on.
    #[validate(length(min = 8, max = 256))]
    pub password: String,
    #[serde(default)]
    pub session: Delivery,
}

#[utoipa::path(post, path = "/api/redeem", operation_id = "redeem", tag = "session", request_body = Redeem, responses(
    (status = 200, body = SignedInView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn redeem(state: Arc<State>, request: Request) -> ApiResult {
    let wanted: Redeem = json_body(&request, BODY_LIMIT)?;
    let now = Timestamp::now();
    let whose = key(&wanted.class_code, &wanted.name);
    state.count_try(&whose, now).await?;
    let found = state.find(&wanted.class_code, &wanted.name).await?;
    // The same work whether there is such a code or not.
    let password_hash = hash_password(&wanted.password).map_err(|error| ApiError::internal(error.to_string()))?;
    let presented = code_sha256(&wanted.code);
    let known = found.filter(|(_, member)| member.code.as_ref().is_some_and(|code| code.sha256 == presented));
    let (class, mut member) = known.ok_or_else(invalid_credentials)?;
    admitted(&class, &member)?;
    if member.code.as_ref().is_some_and(|code| now >= code.expires_at) {
        let detail = "this code is too old; ask your instructor for a new one";
        return Err(ApiError::new(StatusCode::GONE, "code_expired", detail));
    }
    member.redeem(password_hash);
    match state.store.save_member(&mut member, None).await {
        Ok(()) => {}
        // Somebody else used it at the same moment: it is good once.
        Err(StoreError::Conflict) => return Err(invalid_credentials()),
        Err(error) => return Err(error.into()),
    }
    state.store.forget_guesses(&whose).await?;
    let (token, ends_at) = state.signer.sign_member(&member, now).map_err(ApiError::internal)?;
    signed_in(StatusCode::OK, SessionView::trainee(&member, &class, ends_at), token, wanted.session)
}
