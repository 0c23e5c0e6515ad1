//! `POST /api/join`: a join link, a name and a password become a member of the class, signed in.

use std::sync::Arc;

use brihaspati_core::auth::{Delivery, SessionSigner, SignedInView, hash_password, sha256_hex, signed_in};
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::domain::class::Class;
use brihaspati_core::domain::ids::MemberId;
use brihaspati_core::domain::join_link::{JoinLink, LinkOver};
use brihaspati_core::domain::member::{JoinedVia, Member};
use brihaspati_core::domain::roster::login_of;
use brihaspati_core::domain::validation::printable;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, json_body};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::store::{Store, StoreError};
use brihaspati_core::views::SessionView;
use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use ulid::Ulid;
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

#[derive(Deserialize, ToSchema, Validate)]
pub struct Join {
    /// What the link carries behind its `#`.
    #[validate(length(min = 20, max = 100))]
    pub token: String,
    #[validate(length(min = 1, max = 80), custom(function = "printable"))]
    pub display_name: String,
    #[validate(length(min = 8, max = 256))]
    pub password: String,
    #[serde(default)]
    pub session: Delivery,
}

#[utoipa::path(post, path = "/api/join", operation_id = "join", tag = "session", request_body = Join, responses(
    (status = 201, body = SignedInView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(state: Arc<State>, request: Request) -> ApiResult {
    let wanted: Join = json_body(&request, BODY_LIMIT)?;
    let now = Timestamp::now();
    let name = login_of(&wanted.display_name).ok_or_else(|| {
        ApiError::invalid_field("display_name", "must have letters or digits that a sign-in name can be made of")
    })?;
    let (class, link) = find(&state.store, &wanted.token, now).await?;
    let member = Member {
        id: MemberId::new(Ulid::new()),
        class_id: class.id.clone(),
        name,
        display_name: wanted.display_name.trim().to_owned(),
        email: None,
        password_hash: Some(hash_password(&wanted.password).map_err(|error| ApiError::internal(error.to_string()))?),
        code: None,
        session_epoch: 0,
        suspended_at: None,
        extra_time_percent: 0,
        joined_via: JoinedVia::Link,
        created_at: now,
        revision: 0,
    };
    if state.store.member_by_name(&class.id, &member.name).await?.is_some() {
        return Err(name_taken(&member));
    }
    sit_down(&state.store, &class, &link, &member, now).await?;
    let (token, ends_at) = state.signer.sign_member(&member, now).map_err(ApiError::internal)?;
    signed_in(StatusCode::CREATED, SessionView::trainee(&member, &class, ends_at), token, wanted.session)
}

async fn find(store: &Store, token: &str, now: Timestamp) -> Result<(Class, JoinLink), ApiError> {
    let unknown =
        || ApiError::not_found("link_unknown", "there is no such link; ask your instructor for the right one");
    let link = store.join_link_by_token(&sha256_hex(token)).await?.ok_or_else(unknown)?;
    let class = store.class(&link.class_id).await?.filter(Class::lets_people_in).ok_or_else(unknown)?;
    match link.over(now) {
        None => Ok((class, link)),
        Some(over) => Err(link_over(over)),
    }
}

/// One use of the link, one seat of the class, and the member on it. What was taken before something failed is given back;
/// a crash in between costs a use, and a seat until the class is next full.
async fn sit_down(
    store: &Store,
    class: &Class,
    link: &JoinLink,
    member: &Member,
    now: Timestamp,
) -> Result<(), ApiError> {
    if !store.use_join_link(link, now).await? {
        return Err(link_over(LinkOver::UsedUp));
    }
    if !store.take_seats(&class.id, 1, class.settings.seats).await? {
        store.give_back_join_link(link).await?;
        let detail = "every seat of the class is taken; ask your instructor";
        return Err(ApiError::conflict("class_full", detail));
    }
    let outcome = store.create_member(member).await;
    if outcome.is_err() {
        tokio::try_join!(store.give_back_join_link(link), store.leave_seats(&class.id, 1))?;
    }
    match outcome {
        Err(StoreError::Exists { .. }) => Err(name_taken(member)),
        outcome => Ok(outcome?),
    }
}

fn link_over(over: LinkOver) -> ApiError {
    let detail = match over {
        LinkOver::Revoked => "this link was taken back; ask your instructor for another one",
        LinkOver::Expired => "this link is too old; ask your instructor for another one",
        LinkOver::UsedUp => "as many people as this link lets in have come; ask your instructor for another one",
    };
    ApiError::new(StatusCode::GONE, "link_over", detail)
}

fn name_taken(member: &Member) -> ApiError {
    let detail = format!(
        "somebody in the class signs in as {} already; if that is you, sign in, otherwise add something to your name",
        member.name
    );
    ApiError::conflict("name_taken", detail)
}
