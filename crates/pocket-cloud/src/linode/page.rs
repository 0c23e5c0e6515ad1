//! Linode's pages: `page` from 1, `page_size` 25 to 500, 100 when nothing is said.

use std::collections::HashMap;

use axum::Json;
use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::filter::Filter;
use super::refusal::Refusal;

pub(super) type Query = axum::extract::Query<HashMap<String, String>>;

/// Filters, cuts out the page, and wraps it.
pub(super) fn page(items: Vec<Value>, query: &Query, headers: &HeaderMap) -> Result<Json<Value>, Refusal> {
    let number = |name: &'static str, fallback: usize| match query.get(name) {
        None => Ok(fallback),
        Some(text) => text.parse().map_err(|_| Refusal::field(name, format!("{name} must be an integer"))),
    };
    let size = number("page_size", 100)?;
    if !(25..=500).contains(&size) {
        return Err(Refusal::field("page_size", "Must be 25-500"));
    }
    let items = match headers.get("x-filter") {
        None => items,
        Some(header) => {
            let text = header.to_str().map_err(|_| Refusal::field("X-Filter", "Cannot decode filter"))?;
            Filter::parse(text)?.apply(items)?
        }
    };
    let results = items.len();
    let pages = results.div_ceil(size).max(1);
    let page = number("page", 1)?;
    if !(1..=pages).contains(&page) {
        let reason = if pages == 1 { "Must be 1".to_owned() } else { format!("Must be 1-{pages}") };
        return Err(Refusal::field("page", reason));
    }
    let data: Vec<Value> = items.into_iter().skip((page - 1) * size).take(size).collect();
    Ok(Json(json!({ "data": data, "page": page, "pages": pages, "results": results })))
}
