//! DigitalOcean's pages: `page` from 1, `per_page` up to 200, 20 when nothing is said; the neighbours as links.

use std::collections::HashMap;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::{header, request::Parts};
use serde_json::{Map, Value, json};

use super::refusal::Refusal;

/// The query of a list, and where it was asked, for the links.
#[derive(Debug)]
pub(super) struct ListRequest {
    origin: String,
    path: String,
    query: HashMap<String, String>,
}

impl<S: Sync> FromRequestParts<S> for ListRequest {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        let original = parts.extensions.get::<axum::extract::OriginalUri>().map(|uri| uri.0.clone());
        let uri = original.unwrap_or_else(|| parts.uri.clone());
        let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        Ok(Self { origin: format!("http://{host}"), path: uri.path().to_owned(), query })
    }
}

impl ListRequest {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// The page of `items` that was asked for, under `key`.
    pub(super) fn page(&self, key: &str, items: Vec<Value>) -> Result<Json<Value>, Refusal> {
        let per_page = self.number("per_page", 20)?.min(200);
        let page = self.number("page", 1)?;
        let total = items.len();
        let last = total.div_ceil(per_page).max(1);
        let cut: Vec<Value> = items.into_iter().skip((page - 1).saturating_mul(per_page)).take(per_page).collect();

        let mut pages = Map::new();
        if page > 1 {
            pages.insert("first".into(), self.link(1).into());
            pages.insert("prev".into(), self.link(page - 1).into());
        }
        if page < last {
            pages.insert("next".into(), self.link(page + 1).into());
            pages.insert("last".into(), self.link(last).into());
        }
        let links = if pages.is_empty() { json!({}) } else { json!({ "pages": pages }) };
        let mut body = Map::new();
        body.insert(key.into(), cut.into());
        body.insert("links".into(), links);
        body.insert("meta".into(), json!({ "total": total }));
        Ok(Json(body.into()))
    }

    fn number(&self, name: &str, fallback: usize) -> Result<usize, Refusal> {
        match self.get(name) {
            None => Ok(fallback),
            Some(text) => match text.parse() {
                Ok(number @ 1..) => Ok(number),
                _ => Err(Refusal::bad_request(format!("{name} must be a positive integer"))),
            },
        }
    }

    fn link(&self, page: usize) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let mut others: Vec<_> = self.query.iter().filter(|(name, _)| *name != "page").collect();
        others.sort();
        query.append_pair("page", &page.to_string()).extend_pairs(others);
        format!("{}{}?{}", self.origin, self.path, query.finish())
    }
}
