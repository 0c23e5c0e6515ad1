//! `GET /v2/sizes`: what is for sale, at one price everywhere
//! (<https://docs.digitalocean.com/reference/api/digitalocean/#tag/Sizes>).

use reqwest::Method;
use serde::Deserialize;

use super::droplet::Links;
use super::{DigitalOcean, PER_PAGE};
use crate::domain::price::{SizePrice, SizePrices};
use crate::providers::ProviderError;
use crate::providers::answer::Operation;
use crate::providers::listing::MAX_PAGES;
use crate::providers::machine::Name;
use crate::providers::price::{micro_usd, name, too_many};

const SIZES: &str = "/v2/sizes";

#[derive(Deserialize)]
struct SizePage {
    sizes: Vec<Size>,
    links: Option<Links>,
}

#[derive(Deserialize)]
struct Size {
    slug: Name,
    price_hourly: Option<f64>,
}

impl Size {
    fn priced(self) -> Option<(String, SizePrice)> {
        let price = SizePrice { hourly_micro_usd: micro_usd(self.price_hourly)?, regions: [].into() };
        Some((name(self.slug)?, price))
    }
}

impl DigitalOcean {
    pub(super) async fn size_prices(&self) -> Result<SizePrices, ProviderError> {
        let mut sizes = SizePrices::new();
        let mut page = 1;
        loop {
            let query = [("page", page.to_string()), ("per_page", PER_PAGE.to_string())];
            let request = self.wire.request(Method::GET, SIZES).query(&query);
            let answer = self.accept(self.wire.send(Operation::Prices, request).await?)?;
            let list: SizePage = self.wire.decode(&answer)?;
            if list.sizes.len() > PER_PAGE {
                return Err(self.wire.senseless(&answer, "this is not the page that was asked for"));
            }
            let has_next = Links::has_next(list.links.as_ref());
            let before = sizes.len();
            sizes.extend(list.sizes.into_iter().filter_map(Size::priced));
            if sizes.is_empty() || too_many(&sizes) {
                return Err(self.wire.senseless(&answer, "nothing is for sale, or too much to be true"));
            }
            if !has_next {
                return Ok(sizes);
            }
            if sizes.len() == before || page == MAX_PAGES {
                return Err(self.wire.senseless(&answer, "there are more pages than are read"));
            }
            page += 1;
        }
    }
}
