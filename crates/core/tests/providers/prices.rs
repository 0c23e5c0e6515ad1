//! Price lists: as documented, and as nobody should believe them.

use brihaspati_core::domain::placement::ProviderKind;
use brihaspati_core::domain::price::{SizePrice, SizePrices};
use brihaspati_core::providers::{Call, ProviderError};
use serde_json::{Value, json};

use crate::client;
use crate::documents::refusal;
use crate::scripted::{Answer, ScriptedCloud, json as answer};

const BOTH: [ProviderKind; 2] = ProviderKind::ALL;

/// A size as its provider describes it, at this price.
fn size(provider: ProviderKind, name: &str, hourly: &Value) -> Value {
    match provider {
        ProviderKind::Linode => json!({
            "id": name, "label": "Nanode 1GB", "class": "nanode", "price": { "hourly": hourly, "monthly": 5 },
            "region_prices": [], "addons": {}, "field_added_later": {},
        }),
        ProviderKind::DigitalOcean => json!({
            "slug": name, "price_hourly": hourly, "price_monthly": 6, "regions": ["fra1"], "available": true,
            "description": "Basic", "field_added_later": {},
        }),
    }
}

fn page(provider: ProviderKind, page: u32, pages: u32, sizes: &[Value]) -> Answer {
    match provider {
        ProviderKind::Linode => answer(200, &json!({ "data": sizes, "page": page, "pages": pages, "results": 80 })),
        ProviderKind::DigitalOcean => {
            let links = if page < pages { json!({ "next": "https://next.invalid/" }) } else { json!({}) };
            answer(200, &json!({ "sizes": sizes, "links": { "pages": links }, "meta": { "total": 80 } }))
        }
    }
}

async fn prices(provider: ProviderKind, pages: Vec<Answer>) -> (Result<SizePrices, ProviderError>, usize) {
    let cloud = ScriptedCloud::answering(pages).await;
    let prices = client(provider, &cloud.url).prices().await;
    (prices, cloud.asked().len())
}

async fn names(provider: ProviderKind, sizes: &[Value]) -> Vec<String> {
    let (prices, _) = prices(provider, vec![page(provider, 1, 1, sizes)]).await;
    prices.unwrap().into_keys().collect()
}

#[tokio::test]
async fn linode_is_asked_for_its_types_and_their_prices_by_region() {
    let mut nanode = size(ProviderKind::Linode, "g6-nanode-1", &json!(0.0075));
    nanode["region_prices"] = json!([{ "id": "br-gru", "hourly": 0.0105, "monthly": 7 }]);
    let cloud = ScriptedCloud::answering([page(ProviderKind::Linode, 1, 1, &[nanode])]).await;

    let prices = client(ProviderKind::Linode, &cloud.url).prices().await.unwrap();

    let asked = cloud.asked().remove(0);
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("GET", "/v4/linode/types"));
    assert_eq!(asked.query, "page=1&page_size=500");
    let nanode = SizePrice { hourly_micro_usd: 7500, regions: [("br-gru".to_owned(), 10_500)].into() };
    assert_eq!((nanode.in_region("eu-central"), nanode.in_region("br-gru")), (7500, 10_500));
    assert_eq!(prices, SizePrices::from([("g6-nanode-1".to_owned(), nanode)]));
}

#[tokio::test]
async fn digitalocean_is_asked_for_its_sizes() {
    let listed =
        page(ProviderKind::DigitalOcean, 1, 1, &[size(ProviderKind::DigitalOcean, "s-1vcpu-1gb", &json!(0.00893))]);
    let cloud = ScriptedCloud::answering([listed]).await;

    let prices = client(ProviderKind::DigitalOcean, &cloud.url).prices().await.unwrap();

    let asked = cloud.asked().remove(0);
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("GET", "/v2/sizes"));
    assert_eq!(asked.query, "page=1&per_page=200");
    let smallest = SizePrice { hourly_micro_usd: 8930, regions: [].into() };
    assert_eq!(prices, SizePrices::from([("s-1vcpu-1gb".to_owned(), smallest)]));
}

#[tokio::test]
async fn prices_are_read_over_all_pages_and_not_beyond_sense() {
    for provider in BOTH {
        let of_page = |number: u32, pages: u32| {
            page(provider, number, pages, &[size(provider, &format!("s-{number}"), &json!(1))])
        };
        let (all, asked) = prices(provider, (1..=3).map(|number| of_page(number, 3)).collect()).await;
        assert_eq!((all.unwrap().len(), asked), (3, 3), "{provider}");

        let (endless, asked) = prices(provider, (1..=50).map(|number| of_page(number, 51)).collect()).await;
        assert_eq!(endless, Err(ProviderError::Garbage), "{provider}");
        assert!(asked <= 50, "{provider}");

        let (circle, asked) =
            prices(provider, vec![of_page(1, 9), page(provider, 2, 9, &[size(provider, "s-1", &json!(1))])]).await;
        assert_eq!((circle, asked), (Err(ProviderError::Garbage), 2), "{provider}");

        let (broken, _) = prices(provider, vec![of_page(1, 2), answer(503, &json!({}))]).await;
        assert_eq!(broken, Err(ProviderError::Unavailable), "{provider}");
    }
    let (wrong_page, _) = prices(
        ProviderKind::Linode,
        vec![page(ProviderKind::Linode, 2, 2, &[size(ProviderKind::Linode, "s", &json!(1))])],
    )
    .await;
    assert_eq!(wrong_page, Err(ProviderError::Garbage));
}

#[tokio::test]
async fn a_size_without_a_price_to_rely_on_is_left_out_and_the_others_stay() {
    for provider in BOTH {
        let good = size(provider, "good", &json!(0.01));
        for price in [json!(null), json!(0), json!(-0.01), json!(1e300), json!(20_000)] {
            let sizes = [good.clone(), size(provider, "bad", &price)];
            assert_eq!(names(provider, &sizes).await, ["good"], "{provider} {price}");
        }
        let unnameable = [good.clone(), size(provider, &"x".repeat(65), &json!(1)), size(provider, "", &json!(1))];
        assert_eq!(names(provider, &unnameable).await, ["good"], "{provider}");
    }
    let mut dear_somewhere = size(ProviderKind::Linode, "bad", &json!(0.01));
    dear_somewhere["region_prices"] = json!([{ "id": "br-gru", "hourly": null, "monthly": null }]);
    let sizes = [size(ProviderKind::Linode, "good", &json!(0.01)), dear_somewhere];
    assert_eq!(names(ProviderKind::Linode, &sizes).await, ["good"]);
}

#[tokio::test]
async fn a_list_that_is_none_is_garbage_and_never_an_empty_one() {
    for provider in BOTH {
        for body in [json!({}), json!([]), json!(null), json!({ "data": {}, "sizes": {}, "page": 1, "pages": 1 })] {
            let (list, _) = prices(provider, vec![answer(200, &body)]).await;
            assert_eq!(list, Err(ProviderError::Garbage), "{provider} {body}");
        }
        let (empty, _) = prices(provider, vec![page(provider, 1, 1, &[])]).await;
        assert_eq!(empty, Err(ProviderError::Garbage), "{provider}");
        for wrong in [json!("0.0075"), json!([0.0075]), json!({})] {
            let (list, _) = prices(provider, vec![page(provider, 1, 1, &[size(provider, "s", &wrong)])]).await;
            assert_eq!(list, Err(ProviderError::Garbage), "{provider} {wrong}");
        }
    }
}

#[tokio::test]
async fn more_prices_than_the_table_holds_are_garbage() {
    let mut sizes = vec![size(ProviderKind::Linode, "s", &json!(1))];
    let regions: Vec<Value> = (0..3000).map(|number| json!({ "id": format!("r{number}"), "hourly": 1 })).collect();
    sizes[0]["region_prices"] = json!(regions);
    let (list, _) = prices(ProviderKind::Linode, vec![page(ProviderKind::Linode, 1, 1, &sizes)]).await;
    assert_eq!(list, Err(ProviderError::Garbage));
}

#[tokio::test]
async fn refusals_are_told_apart_as_for_every_other_call() {
    for provider in BOTH {
        for (status, expected) in
            [(401, ProviderError::Unauthorized), (403, ProviderError::Unauthorized), (500, ProviderError::Unavailable)]
        {
            let (list, _) = prices(provider, vec![answer(status, &refusal("no"))]).await;
            assert_eq!(list, Err(expected), "{provider} {status}");
        }
        let limited = answer(429, &refusal("slow down")).with("retry-after", "7");
        let (list, _) = prices(provider, vec![limited]).await;
        assert!(matches!(list, Err(ProviderError::RateLimited { retry_after: Some(_) })), "{provider}: {list:?}");
    }
}

#[tokio::test]
async fn asking_for_prices_tells_what_is_left_of_the_limit() {
    let provider = ProviderKind::Linode;
    let reset = (jiff::Timestamp::now().as_second() + 60).to_string();
    let listed = page(provider, 1, 1, &[size(provider, "s", &json!(1))]);
    let listed =
        listed.with("x-ratelimit-limit", "200").with("x-ratelimit-remaining", "7").with("x-ratelimit-reset", &reset);
    let cloud = ScriptedCloud::answering([listed]).await;
    let client = client(provider, &cloud.url);

    client.prices().await.unwrap();

    assert_eq!(client.allowance(Call::Other).unwrap().remaining, 7);
    assert_eq!(client.allowance(Call::Create), None);
}
