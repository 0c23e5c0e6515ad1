//! `GET /api/admin/classes/{class}/room`: everybody in the class, live. Two queries, however many they are.

use std::sync::Arc;

use brihaspati_core::admin::Admin;
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::http::{ApiResult, Problem, Request, unless_known};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::views::RoomView;
use jiff::Timestamp;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    Ok(lambda::route(Admin::from_settings(settings)?, handle))
}

#[utoipa::path(get, path = "/api/admin/classes/{class}/room", operation_id = "room", tag = "admin", params(
        ("class" = String, Path),
        ("If-None-Match" = Option<String>, Header, description = "the ETag of the picture one has"),
    ), responses(
    (status = 200, body = RoomView, headers(("ETag" = String, description = "for If-None-Match"))),
    (status = 304, description = "nothing changed"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(admin: Arc<Admin>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    let class = admin.class(&request, now).await?.class;
    let ((labs, people), tiles) = tokio::try_join!(admin.store.roll(&class.id), admin.store.tiles(&class.id))?;
    let view = RoomView::new(&class, &labs, people, tiles, now);
    unless_known(&request, &view, &(&view.class, &view.labs, &view.people))
}
