use brihaspati_core::domain::placement::{Placement, ProviderKind};
use brihaspati_core::domain::price::{PriceRecord, SizePrice, SizePrices, Unpriced};
use brihaspati_core::store::StoreError;
use jiff::{SignedDuration, Timestamp};

use crate::table::Table;

const LINODE: ProviderKind = ProviderKind::Linode;

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn sizes() -> SizePrices {
    let nanode = SizePrice { hourly_micro_usd: 7500, regions: [("br-gru".to_owned(), 10_500)].into() };
    [("g6-nanode-1".to_owned(), nanode)].into()
}

fn placement(region: &str) -> Placement {
    Placement { provider: LINODE, region: region.into(), size: "g6-nanode-1".into(), image: "linode/debian12".into() }
}

#[tokio::test]
async fn prices_are_read_as_they_were_kept() {
    let table = Table::start().await;
    assert_eq!(table.store.price_record(LINODE).await.unwrap(), None);
    let unknown = table.store.prices().await.unwrap().hourly(&placement("eu-central"));
    assert_eq!(unknown, Err(Unpriced::NoList { provider: LINODE }));

    let mut record = PriceRecord::new(LINODE);
    record.learnt(sizes(), now());
    table.store.save_price_record(record.clone()).await.unwrap();

    let prices = table.store.prices().await.unwrap();
    assert_eq!(prices.hourly(&placement("eu-central")), Ok(7500));
    assert_eq!(prices.hourly(&placement("br-gru")), Ok(10_500));
    assert_eq!(prices.fetched_at(), Some(now()));
    record.revision = 1;
    assert_eq!(table.store.price_record(LINODE).await.unwrap(), Some(record));
}

#[tokio::test]
async fn of_two_who_fetched_at_once_the_second_writes_nothing() {
    let table = Table::start().await;
    let mut first = PriceRecord::new(LINODE);
    let mut second = first.clone();
    first.learnt(sizes(), now());
    second.not_learnt(Some(SignedDuration::from_secs(9)), now());

    table.store.save_price_record(first).await.unwrap();
    let late = table.store.save_price_record(second).await;

    assert!(matches!(late, Err(StoreError::Conflict)), "{late:?}");
    assert!(table.store.price_record(LINODE).await.unwrap().unwrap().list.is_some());
}

#[tokio::test]
async fn a_list_of_three_thousand_prices_fits_into_the_table() {
    let table = Table::start().await;
    let name = |number: usize| format!("{number:0>64}");
    let regions = (0..29).map(|number| (name(number), i64::MAX)).collect();
    let dearest = SizePrice { hourly_micro_usd: i64::MAX, regions };
    let mut record = PriceRecord::new(LINODE);
    record.learnt((0..100).map(|number| (name(number), dearest.clone())).collect(), now());

    table.store.save_price_record(record.clone()).await.unwrap();

    assert_eq!(table.store.price_record(LINODE).await.unwrap().unwrap().list, record.list);
}
