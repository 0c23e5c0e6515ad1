//! `GET /v4/linode/types`: what is for sale, with the regions where the price is another one
//! (<https://techdocs.akamai.com/linode-api/reference/get-linode-types>).

use reqwest::Method;
use serde::Deserialize;

use super::{Linode, PAGE_SIZE};
use crate::domain::price::{SizePrice, SizePrices};
use crate::providers::ProviderError;
use crate::providers::answer::Operation;
use crate::providers::listing::MAX_PAGES;
use crate::providers::machine::Name;
use crate::providers::price::{micro_usd, name, too_many};

const TYPES: &str = "/v4/linode/types";

#[derive(Deserialize)]
struct TypePage {
    data: Vec<Type>,
    page: u32,
    pages: u32,
}

#[derive(Deserialize)]
struct Type {
    id: Name,
    price: Price,
    region_prices: Option<Vec<RegionPrice>>,
}

#[derive(Deserialize)]
struct Price {
    hourly: Option<f64>,
}

#[derive(Deserialize)]
struct RegionPrice {
    id: Name,
    hourly: Option<f64>,
}

impl Type {
    /// Nothing, if any part of it has no usable price: the whole size is left out then, rather than sold too cheap there.
    fn priced(self) -> Option<(String, SizePrice)> {
        let regions = self.region_prices.into_iter().flatten();
        let regions = regions.map(|region| Some((name(region.id)?, micro_usd(region.hourly)?)));
        let regions = regions.collect::<Option<_>>()?;
        Some((name(self.id)?, SizePrice { hourly_micro_usd: micro_usd(self.price.hourly)?, regions }))
    }
}

impl Linode {
    pub(super) async fn size_prices(&self) -> Result<SizePrices, ProviderError> {
        let mut sizes = SizePrices::new();
        let mut page = 1;
        loop {
            let query = [("page", page.to_string()), ("page_size", PAGE_SIZE.to_string())];
            let request = self.wire.request(Method::GET, TYPES).query(&query);
            let answer = self.accept(self.wire.send(Operation::Prices, request).await?)?;
            let list: TypePage = self.wire.decode(&answer)?;
            if list.page != page || list.data.len() > PAGE_SIZE {
                return Err(self.wire.senseless(&answer, "this is not the page that was asked for"));
            }
            let before = sizes.len();
            sizes.extend(list.data.into_iter().filter_map(Type::priced));
            if sizes.is_empty() || too_many(&sizes) {
                return Err(self.wire.senseless(&answer, "nothing is for sale, or too much to be true"));
            }
            if page >= list.pages {
                return Ok(sizes);
            }
            if sizes.len() == before || list.pages > MAX_PAGES {
                return Err(self.wire.senseless(&answer, "there are more pages than are read"));
            }
            page += 1;
        }
    }
}
