//! What is kept of a provider's prices, and when it is asked for them again.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{PriceList, SizePrices};
use crate::domain::placement::ProviderKind;

/// Prices change a few times a year, and are announced; this is soon enough.
pub const REFRESH_AFTER: SignedDuration = SignedDuration::from_hours(6);
/// The pause after a failure; each further failure doubles it.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_mins(2);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(1);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceRecord {
    pub provider: ProviderKind,
    /// Whether the installation has a token for it: without one no machine can be made there.
    pub in_use: bool,
    /// The newest list. It outlives failures and the token: past machines are still to be priced.
    pub list: Option<PriceList>,
    failures_in_a_row: u32,
    ask_at: Option<Timestamp>,
    /// Counts the writes; a write names the revision it read.
    pub revision: u64,
}

impl PriceRecord {
    /// Nobody has asked yet.
    pub fn new(provider: ProviderKind) -> Self {
        Self { provider, in_use: true, list: None, failures_in_a_row: 0, ask_at: None, revision: 0 }
    }

    /// Whether the provider is to be asked. One whose token is new is asked at once.
    pub fn is_due(&self, now: Timestamp) -> bool {
        !self.in_use || self.ask_at.is_none_or(|at| now >= at)
    }

    pub fn learnt(&mut self, sizes: SizePrices, now: Timestamp) {
        self.in_use = true;
        self.list = Some(PriceList { provider: self.provider, fetched_at: now, sizes });
        self.failures_in_a_row = 0;
        self.ask_at = Some(now + REFRESH_AFTER);
    }

    /// The old list stays. The provider is left alone for a while, and for as long as it asked for.
    pub fn not_learnt(&mut self, asked_for: Option<SignedDuration>, now: Timestamp) {
        self.in_use = true;
        let pause = (FIRST_PAUSE * (1 << self.failures_in_a_row.min(8))).min(LONGEST_PAUSE);
        self.failures_in_a_row = self.failures_in_a_row.saturating_add(1);
        self.ask_at = Some(now + pause.max(asked_for.unwrap_or_default().min(LONGEST_PAUSE)));
    }

    /// The installation has no token for it.
    pub fn not_used(&mut self) {
        self.in_use = false;
        self.failures_in_a_row = 0;
        self.ask_at = None;
    }
}
