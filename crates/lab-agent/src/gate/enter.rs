//! `POST /.brihaspati/enter`: the portal's form brings the secret, the browser leaves with a cookie.

use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::Gate;
use crate::secret::Secret;

#[derive(Deserialize)]
pub(super) struct Entry {
    secret: Secret,
}

pub(super) async fn enter(
    State(gate): State<Gate>,
    headers: HeaderMap,
    entry: Result<Form<Entry>, FormRejection>,
) -> Response {
    let gate = &gate.0;
    let origin = headers.get(header::ORIGIN).map(HeaderValue::as_bytes);
    if origin != Some(gate.portal_origin.as_bytes()) {
        tracing::warn!("a tab was entered from another origin");
        return gate.pages.wrong_origin();
    }
    match entry {
        Ok(Form(entry)) if gate.secret.matches(entry.secret.expose()) => {
            let headers = [
                (header::SET_COOKIE, gate.pass.set_cookie()),
                (header::LOCATION, "/".to_owned()),
                (header::CACHE_CONTROL, "no-store".to_owned()),
                (header::REFERRER_POLICY, "no-referrer".to_owned()),
            ];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Ok(_) => {
            tracing::warn!("a tab was entered with a wrong secret");
            gate.pages.come_in_by_the_portal()
        }
        Err(_) => gate.pages.bad_form(),
    }
}
