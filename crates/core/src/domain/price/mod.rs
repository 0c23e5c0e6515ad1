//! What machines cost. Prices are the providers' own, fetched and stored; money is whole millionths of a US dollar
//! (micro-USD), and every calculation rounds up.

mod billing;
mod record;
mod spent;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::lifecycle::START_LIMIT;
use super::placement::{Placement, ProviderKind};

pub use billing::bill;
pub use record::{PriceRecord, REFRESH_AFTER};
pub use spent::spent;

/// How long a machine may outlive its time: *no-overstay* of `docs/invariants.md`.
const OVERSTAY: SignedDuration = SignedDuration::from_mins(2);

/// The price of an hour of one size, in micro-USD.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SizePrice {
    pub hourly_micro_usd: i64,
    /// The regions where it is another one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub regions: BTreeMap<String, i64>,
}

impl SizePrice {
    pub fn in_region(&self, region: &str) -> i64 {
        self.regions.get(region).copied().unwrap_or(self.hourly_micro_usd)
    }
}

/// All sizes of a provider, by the provider's own name for them.
pub type SizePrices = BTreeMap<String, SizePrice>;

/// A provider's prices as they were when they were fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceList {
    pub provider: ProviderKind,
    pub fetched_at: Timestamp,
    pub sizes: SizePrices,
}

/// Why a cost cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unpriced {
    #[error("{}'s prices are not known yet; they are fetched every few minutes until they are", .provider.title())]
    NoList { provider: ProviderKind },
    #[error("{} does not sell a machine named {size}; correct the lab's placements", .provider.title())]
    NoSize { provider: ProviderKind, size: String },
    #[error("none of the lab's placements is at a provider that may be used")]
    NoPlacement,
}

/// The prices of all providers.
#[derive(Clone, Debug, Default)]
pub struct Prices(BTreeMap<ProviderKind, PriceRecord>);

impl Prices {
    pub fn new(records: impl IntoIterator<Item = PriceRecord>) -> Self {
        Self(records.into_iter().map(|record| (record.provider, record)).collect())
    }

    /// The age of what costs are told from: the oldest list of a provider in use.
    pub fn fetched_at(&self) -> Option<Timestamp> {
        let in_use = self.0.values().filter(|record| record.in_use);
        in_use.filter_map(|record| Some(record.list.as_ref()?.fetched_at)).min()
    }

    /// The price of an hour there.
    pub fn hourly(&self, placement: &Placement) -> Result<i64, Unpriced> {
        let provider = placement.provider;
        let list =
            self.0.get(&provider).and_then(|record| record.list.as_ref()).ok_or(Unpriced::NoList { provider })?;
        let size = list.sizes.get(&placement.size);
        let size = size.ok_or_else(|| Unpriced::NoSize { provider, size: placement.size.clone() })?;
        Ok(size.in_region(&placement.region))
    }

    /// What a machine costs that is made there and deleted after `lived`.
    pub fn cost(&self, placement: &Placement, lived: SignedDuration) -> Result<i64, Unpriced> {
        Ok(bill(placement.provider, self.hourly(placement)?, lived))
    }

    /// The most that one environment can cost which may live `minutes` (its lab's, with all that may still be added) at
    /// these placements. Placements at other providers than the `allowed` ones, or at one that this installation does not
    /// use, count as if the lab did not name them.
    ///
    /// It is the dearest choice of one placement for the machine that lives its whole time, and beside it one machine for
    /// each other placement that was tried before and discarded. That is an upper bound, because
    /// * machines of one environment exist one after another (*no-double*), and a placement that failed is not tried
    ///   again: there is at most one machine for each placement;
    /// * the machine that stays is gone two minutes after its time (*no-overstay*);
    /// * a discarded one is proven gone before the next attempt begins, and none begins later than [`START_LIMIT`] after
    ///   Play: it lived shorter than that;
    /// * nothing but machines is ever made for an environment.
    ///
    /// It does not cover outbound traffic beyond what the account has included, nor a provider that does not delete what
    /// it was told to delete: such a machine is on the bill until it is gone, and [`spent`] tells so.
    ///
    /// # Errors
    /// Where one of them has no known price: a budget cannot be kept then.
    pub fn worst_case(
        &self,
        placements: &[Placement],
        allowed: &[ProviderKind],
        minutes: u32,
    ) -> Result<i64, Unpriced> {
        let life = SignedDuration::from_mins(minutes.into()) + OVERSTAY;
        let usable = placements.iter().filter(|placement| allowed.contains(&placement.provider));
        let costs: Vec<(i64, i64)> = usable
            .filter(|placement| self.may_be_used(placement.provider))
            .map(|placement| Ok((self.cost(placement, life)?, self.cost(placement, START_LIMIT)?)))
            .collect::<Result<_, Unpriced>>()?;
        let all_discarded = costs.iter().fold(0, |sum: i64, (_, discarded)| sum.saturating_add(*discarded));
        let staying = costs.iter().map(|(whole, discarded)| whole.saturating_sub(*discarded)).max();
        staying.map(|more| all_discarded.saturating_add(more)).ok_or(Unpriced::NoPlacement)
    }

    /// A provider that nobody has written about yet may be.
    fn may_be_used(&self, provider: ProviderKind) -> bool {
        self.0.get(&provider).is_none_or(|record| record.in_use)
    }
}
