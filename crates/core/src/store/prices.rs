//! What is known of the providers' prices: one item each, written over the revision that was read.

use futures::future::try_join_all;

use super::item::item_of;
use super::{Store, StoreError, keys};
use crate::domain::placement::ProviderKind;
use crate::domain::price::{PriceRecord, Prices};

impl Store {
    /// What machines cost at every provider, as far as it is known.
    pub async fn prices(&self) -> Result<Prices, StoreError> {
        let records = try_join_all(ProviderKind::ALL.map(|provider| self.price_record(provider))).await?;
        Ok(Prices::new(records.into_iter().flatten()))
    }

    /// Nothing where nobody has asked the provider yet.
    pub async fn price_record(&self, provider: ProviderKind) -> Result<Option<PriceRecord>, StoreError> {
        self.read(&keys::prices(provider)).await
    }

    /// Writes what became of the record since it was read, and counts its revision up.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where somebody wrote in between; nothing is changed then.
    pub async fn save_price_record(&self, mut record: PriceRecord) -> Result<(), StoreError> {
        let read = record.revision;
        record.revision += 1;
        let item = item_of(&keys::prices(record.provider), &record)?;
        self.put_over(item, "attribute_not_exists(pk) OR revision = :read", read).await
    }
}
