//! `POST /api/login`: a member's name and password become a session. The only function that can sign one.

use std::sync::Arc;

use brihaspati_core::auth::{SessionSigner, session_cookie, verify_password};
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::domain::class::{Class, ClassCode, LoginName, Member};
use brihaspati_core::domain::ids::ClassId;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, json, json_body};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::store::Store;
use brihaspati_core::views::SessionView;
use http::StatusCode;
use http::header::SET_COOKIE;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

const BODY_LIMIT: usize = 4 << 10;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let state = State { store: Store::from_settings(settings)?, signer: SessionSigner::from_settings(settings)? };
    Ok(lambda::route(state, handle))
}

pub struct State {
    store: Store,
    signer: SessionSigner,
}

/// Where the session goes.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Delivery {
    /// A cookie that scripts cannot read: for browsers.
    #[default]
    Cookie,
    /// In the answer's `token`, to be sent as `Authorization: Bearer`: for programs.
    Bearer,
}

#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Login {
    #[validate(length(min = 1, max = 64))]
    pub class_code: String,
    #[validate(length(min = 1, max = 64))]
    pub name: String,
    #[validate(length(min = 1, max = 256))]
    pub password: String,
    #[serde(default)]
    pub session: Delivery,
}

#[derive(Serialize, ToSchema)]
pub struct SignedIn {
    #[serde(flatten)]
    pub session: SessionView,
    /// Only where `session` asked for `bearer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

#[utoipa::path(post, path = "/api/login", operation_id = "login", tag = "session", request_body = Login, responses(
    (status = 200, body = SignedIn),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(state: Arc<State>, request: Request) -> ApiResult {
    let login: Login = json_body(&request, BODY_LIMIT)?;
    let now = Timestamp::now();
    let found = find(&state.store, &login).await?;
    // The same work whether the member exists or not.
    let password_matches = verify_password(&login.password, found.as_ref().map(|(_, member)| &member.password_hash));
    let Some((class, member)) = found.filter(|_| password_matches) else {
        return Err(invalid_credentials());
    };
    let (token, ends_at) = state.signer.sign(&member, now).map_err(ApiError::internal)?;
    let session = SessionView::new(&member, &class, ends_at);
    match login.session {
        Delivery::Bearer => json(&SignedIn { session, token: Some(token) }),
        Delivery::Cookie => {
            let mut response = json(&SignedIn { session, token: None })?;
            response.headers_mut().insert(SET_COOKIE, session_cookie(&token).map_err(ApiError::internal)?);
            Ok(response)
        }
    }
}

/// Class and member, if the two belong together; the same reads whether they exist or not.
async fn find(store: &Store, login: &Login) -> Result<Option<(Class, Member)>, ApiError> {
    let (Ok(code), Ok(name)) = (login.class_code.parse::<ClassCode>(), login.name.parse::<LoginName>()) else {
        return Ok(None);
    };
    let class = store.class_by_code(&code).await?;
    let class_id = class.as_ref().map_or_else(ClassId::nil, |class| class.id.clone());
    let member = store.member_by_name(&class_id, &name).await?;
    Ok(class.zip(member))
}

fn invalid_credentials() -> ApiError {
    ApiError::new(
        StatusCode::UNAUTHORIZED,
        "invalid_credentials",
        "class code, name and password do not belong together; check them, or ask your instructor",
    )
}
