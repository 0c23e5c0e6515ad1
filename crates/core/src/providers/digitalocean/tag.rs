//! `/v2/tags` (<https://docs.digitalocean.com/reference/api/digitalocean/#tag/Tags>): a tag outlives what carried it.

use std::collections::HashSet;
use std::sync::PoisonError;

use reqwest::{Method, StatusCode};
use serde::Deserialize;

use super::droplet::Links;
use super::{DigitalOcean, PER_PAGE};
use crate::providers::ProviderError;
use crate::providers::answer::Operation;
use crate::providers::listing::MAX_PAGES;
use crate::providers::machine::Name;

const TAGS: &str = "/v2/tags";

#[derive(Deserialize)]
struct TagPage {
    tags: Vec<Tag>,
    links: Option<Links>,
}

#[derive(Deserialize)]
struct Tag {
    name: Name,
    resources: Resources,
}

#[derive(Deserialize)]
struct Resources {
    count: u64,
}

impl DigitalOcean {
    /// A tag is made just before the droplet that is to carry it, so one look proves little: only what nothing carried at
    /// the look before, too, is told.
    pub(super) async fn twice_unused(&self, prefix: &str) -> Result<Vec<String>, ProviderError> {
        let unused = self.unused(prefix).await?;
        let mut known = self.unused_tags.lock().unwrap_or_else(PoisonError::into_inner);
        let twice = unused.iter().filter(|tag| known.contains(*tag)).cloned().collect();
        *known = unused;
        Ok(twice)
    }

    async fn unused(&self, prefix: &str) -> Result<HashSet<String>, ProviderError> {
        let mut unused = HashSet::new();
        for page in 1..=MAX_PAGES {
            let query = [("page", page.to_string()), ("per_page", PER_PAGE.to_string())];
            let request = self.wire.request(Method::GET, TAGS).query(&query);
            let answer = self.accept(self.wire.send(Operation::Tags, request).await?)?;
            let list: TagPage = self.wire.decode(&answer)?;
            let has_next = Links::has_next(list.links.as_ref());
            let names = list.tags.into_iter().filter(|tag| tag.resources.count == 0).map(|tag| String::from(tag.name));
            unused.extend(names.filter(|name| name.starts_with(prefix)));
            if !has_next {
                break;
            }
        }
        Ok(unused)
    }

    pub(super) async fn untag(&self, tag: &str) -> Result<(), ProviderError> {
        // It becomes part of a path.
        if tag.is_empty() || !tag.bytes().all(|b| b.is_ascii_alphanumeric() || b":-_".contains(&b)) {
            return Err(ProviderError::Rejected);
        }
        let answer =
            self.wire.send(Operation::Untag, self.wire.request(Method::DELETE, &format!("{TAGS}/{tag}"))).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(());
        }
        self.accept(answer).map(drop)
    }
}
