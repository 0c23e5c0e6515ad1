//! Lists that come in pages.

use std::iter;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::client::{Answer, Api};
use super::path::with_query;
use crate::failure::Failure;

/// No list of an installation is this long; an end for a cursor that goes round in circles.
const PAGES: usize = 2_000;

/// All pages of the list `name` at `path`, as one.
pub(crate) async fn all_pages<T: DeserializeOwned>(
    api: &Api,
    path: &str,
    name: &str,
) -> Result<Answer<Vec<T>>, Failure> {
    let mut items: Vec<Value> = Vec::new();
    let mut cursor = String::new();
    for _ in 0..PAGES {
        let mut page: Answer<Value> = api.get(&with_query(path, &[("cursor", &cursor)])).await?;
        match page.value.get_mut(name) {
            Some(Value::Array(more)) => items.append(more),
            _ => {
                return Err(Failure::Unreachable(format!(
                    "the answer has no list “{name}”: it is not one of this API"
                )));
            }
        }
        match page.value["next_cursor"].as_str() {
            Some(next) if next != cursor => cursor = next.to_owned(),
            _ => return whole(name, items),
        }
    }
    Err(Failure::Refused(format!("the list has more than {PAGES} pages")))
}

fn whole<T: DeserializeOwned>(name: &str, items: Vec<Value>) -> Result<Answer<Vec<T>>, Failure> {
    let value = items.iter().map(T::deserialize).collect::<Result<_, _>>();
    let value =
        value.map_err(|error| Failure::Unreachable(format!("the list “{name}” is not as expected: {error}")))?;
    let json = Value::Object(iter::once((name.to_owned(), Value::Array(items))).collect());
    Ok(Answer { value, json, etag: None })
}
