//! How a session reaches whoever signed in.

use http::StatusCode;
use http::header::SET_COOKIE;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::session::session_cookie;
use crate::http::{ApiError, ApiResult, json};
use crate::views::SessionView;

/// Where the session goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Delivery {
    /// A cookie that scripts cannot read: for browsers.
    #[default]
    Cookie,
    /// In the answer's `token`, to be sent as `Authorization: Bearer`: for programs.
    Bearer,
}

#[derive(Serialize, ToSchema)]
pub struct SignedInView {
    #[serde(flatten)]
    pub session: SessionView,
    /// Only where `session` asked for `bearer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// The answer to who just signed in.
pub fn signed_in(status: StatusCode, session: SessionView, token: String, delivery: Delivery) -> ApiResult {
    let mut response = match delivery {
        Delivery::Bearer => json(&SignedInView { session, token: Some(token) })?,
        Delivery::Cookie => {
            let cookie = session_cookie(&token).map_err(ApiError::internal)?;
            let mut response = json(&SignedInView { session, token: None })?;
            response.headers_mut().insert(SET_COOKIE, cookie);
            response
        }
    };
    *response.status_mut() = status;
    Ok(response)
}
