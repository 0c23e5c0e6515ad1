//! `GET /api/admin/classes/{class}/events`: what was done to a class, by whom.

use std::sync::Arc;

use brihaspati_core::admin::Admin;
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::domain::audit::AuditEvent;
use brihaspati_core::domain::ids::EventId;
use brihaspati_core::http::{ApiResult, Problem, Request, json, query_parameter};
use brihaspati_core::lambda::{self, Invoke};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// On one page.
const LIMIT: i32 = 100;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    Ok(lambda::route(Admin::from_settings(settings)?, handle))
}

#[derive(Serialize, ToSchema)]
pub struct EventList {
    pub events: Vec<AuditEvent>,
    pub next_cursor: Option<String>,
}

#[utoipa::path(get, path = "/api/admin/classes/{class}/events", operation_id = "listEvents", tag = "admin", params(
        ("class" = String, Path),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
    ), responses(
    (status = 200, body = EventList, description = "100 of them, the newest first"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(admin: Arc<Admin>, request: Request) -> ApiResult {
    let class = admin.class(&request, Timestamp::now()).await?.class;
    let before: Option<EventId> = query_parameter(&request, "cursor")?;
    let (events, more) = admin.store.audit_events(&class.id, before.as_ref(), LIMIT).await?;
    let next_cursor = events.last().filter(|_| more).map(|event| event.id.to_string());
    json(&EventList { events, next_cursor })
}
