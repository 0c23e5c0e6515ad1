//! `/api/admin/classes/{class}/join-links`: links that let people into a class.

use std::sync::Arc;

use brihaspati_core::admin::{Admin, event};
use brihaspati_core::auth::{ClassAdmin, random_secret, sha256_hex};
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::domain::ids::JoinLinkId;
use brihaspati_core::domain::join_link::JoinLink;
use brihaspati_core::http::{
    ApiError, ApiResult, Problem, Request, created, json, json_body, no_content, path_parameter,
};
use brihaspati_core::lambda::{Invoke, Routes};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use ulid::Ulid;
use utoipa::ToSchema;
use validator::Validate;

const BODY_LIMIT: usize = 4 << 10;
/// Nobody finds a link from last year in a chat.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 90);

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let state = State { admin: Admin::from_settings(settings)?, portal: settings.url("PORTAL_ORIGIN")? };
    let routes = Routes::of(state)
        .on("GET /api/admin/classes/{class}/join-links", list)
        .on("POST /api/admin/classes/{class}/join-links", create)
        .on("DELETE /api/admin/classes/{class}/join-links/{link}", revoke);
    Ok(routes.serve())
}

pub struct State {
    admin: Admin,
    portal: String,
}

#[derive(Serialize, ToSchema)]
pub struct JoinLinkView {
    pub id: String,
    pub created_at: Timestamp,
    pub created_by: String,
    pub expires_at: Timestamp,
    pub seats: u32,
    pub used: u32,
    pub revoked_at: Option<Timestamp>,
}

#[derive(Serialize, ToSchema)]
pub struct JoinLinkList {
    pub links: Vec<JoinLinkView>,
}

/// A link with the token, which is shown this once.
#[derive(Serialize, ToSchema)]
pub struct NewJoinLink {
    #[serde(flatten)]
    pub link: JoinLinkView,
    pub url: String,
    pub token: String,
}

#[derive(Deserialize, ToSchema, Validate)]
pub struct CreateJoinLink {
    /// At most 90 days from now.
    pub expires_at: Timestamp,
    /// How many people it lets in.
    #[validate(range(min = 1, max = 1000))]
    pub seats: u32,
}

impl From<&JoinLink> for JoinLinkView {
    fn from(link: &JoinLink) -> Self {
        Self {
            id: link.id.to_string(),
            created_at: link.created_at,
            created_by: link.created_by.clone(),
            expires_at: link.expires_at,
            seats: link.seats,
            used: link.used,
            revoked_at: link.revoked_at,
        }
    }
}

#[utoipa::path(get, path = "/api/admin/classes/{class}/join-links", operation_id = "listJoinLinks", tag = "admin",
    params(("class" = String, Path)), responses(
    (status = 200, body = JoinLinkList),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn list(state: Arc<State>, request: Request) -> ApiResult {
    let class = state.admin.class(&request, Timestamp::now()).await?.class;
    let links = state.admin.store.join_links(&class.id).await?;
    json(&JoinLinkList { links: links.iter().map(JoinLinkView::from).collect() })
}

#[utoipa::path(post, path = "/api/admin/classes/{class}/join-links", operation_id = "createJoinLink", tag = "admin",
    params(("class" = String, Path)), request_body = CreateJoinLink, responses(
    (status = 201, body = NewJoinLink),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn create(state: Arc<State>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    let ClassAdmin { class, actor } = state.admin.class(&request, now).await?;
    let wanted: CreateJoinLink = json_body(&request, BODY_LIMIT)?;
    if wanted.expires_at <= now || wanted.expires_at > now + LONGEST {
        return Err(ApiError::invalid_field("expires_at", "must be in the future, and at most 90 days from now"));
    }
    // 256 random bits: found by nobody, so the digest needs no salt.
    let token = random_secret();
    let link = JoinLink {
        id: JoinLinkId::new(Ulid::new()),
        class_id: class.id.clone(),
        token_sha256: sha256_hex(token.expose()),
        created_at: now,
        created_by: actor.name.clone(),
        expires_at: wanted.expires_at,
        seats: wanted.seats,
        used: 0,
        revoked_at: None,
    };
    let event = event(&request, &actor, "join-link.created", now).on(format!("for {} people", link.seats));
    state.admin.store.create_join_link(&link, &event).await?;
    created(&NewJoinLink {
        link: JoinLinkView::from(&link),
        url: format!("{}/join#{}", state.portal, token.expose()),
        token: token.expose().to_owned(),
    })
}

#[utoipa::path(delete, path = "/api/admin/classes/{class}/join-links/{link}", operation_id = "revokeJoinLink",
    tag = "admin", params(("class" = String, Path), ("link" = String, Path)), responses(
    (status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn revoke(state: Arc<State>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    let ClassAdmin { class, actor } = state.admin.class(&request, now).await?;
    let link: JoinLinkId = path_parameter(&request, "link")?;
    if !state.admin.store.revoke_join_link(&class.id, &link, now).await? {
        return Err(ApiError::not_found("join_link_not_found", "the class has no such link"));
    }
    let event = event(&request, &actor, "join-link.revoked", now).on(link.as_str());
    state.admin.store.record(&class.id, &event).await?;
    no_content()
}
