//! Every call that the clients make is one that the provider's API description allows, and the answers in there, the
//! refusals too, are ones that the clients can read. The mock answers a call that breaks the description with 422.

use brihaspati_core::domain::placement::ProviderKind;
use brihaspati_core::providers::{Lookup, MachineSpec, Provider, ProviderError};

use crate::prism::Prism;
use crate::{client, spec};

async fn mock(provider: ProviderKind) -> Option<Prism> {
    match provider {
        ProviderKind::Linode => Prism::mocking("linode.json").await,
        ProviderKind::DigitalOcean => Prism::mocking("digitalocean.json").await,
    }
}

/// The description's example answers every create: only who asked for that very machine may believe it.
fn example(provider: ProviderKind) -> MachineSpec {
    let (label, tags) = match provider {
        ProviderKind::Linode => ("linode123", ["example tag", "another example"]),
        ProviderKind::DigitalOcean => ("example.com", ["web", "env:prod"]),
    };
    MachineSpec { label: label.to_owned(), tags: tags.map(str::to_owned).to_vec(), ..spec(provider) }
}

#[tokio::test]
async fn the_description_of_linode_allows_every_call_of_the_client() {
    let Some(prism) = mock(ProviderKind::Linode).await else { return };
    let client = client(ProviderKind::Linode, &prism.url);

    every_call_is_allowed(client.as_ref()).await;
    the_mock_would_have_refused_a_wrong_one(client.as_ref(), "two--hyphens").await;
    prices_are_told(&prism, ProviderKind::Linode).await;
    every_refusal_is_understood(&prism, ProviderKind::Linode).await;
}

#[tokio::test]
async fn the_description_of_digitalocean_allows_every_call_of_the_client() {
    let Some(prism) = mock(ProviderKind::DigitalOcean).await else { return };
    let client = client(ProviderKind::DigitalOcean, &prism.url);

    every_call_is_allowed(client.as_ref()).await;
    the_mock_would_have_refused_a_wrong_one(client.as_ref(), "under_score").await;
    prices_are_told(&prism, ProviderKind::DigitalOcean).await;
    every_refusal_is_understood(&prism, ProviderKind::DigitalOcean).await;
}

async fn every_call_is_allowed(client: &dyn Provider) {
    let spec = example(client.kind());
    let machine = client.create(&spec).await.expect("create");
    assert!(machine.created_at.is_some() && machine.tags == spec.tags, "{machine:?}");
    let looked_up = client.get(&machine.id).await.expect("get");
    assert!(matches!(looked_up, Lookup::Exists(_)), "{looked_up:?}");
    assert_eq!(client.find(&machine.label).await.expect("find").len(), 1);
    assert_eq!(client.list(&spec.tags[0]).await.expect("list").len(), 1);
    client.delete(&machine.id).await.expect("delete");
}

/// The description's example is one of many pages.
async fn prices_are_told(prism: &Prism, provider: ProviderKind) {
    let last_page = prism.ending_lists().await;
    let prices = client(provider, &last_page.url).prices().await.expect("prices");
    assert!(!prices.is_empty() && prices.values().all(|price| price.hourly_micro_usd > 0), "{prices:?}");
}

async fn the_mock_would_have_refused_a_wrong_one(client: &dyn Provider, forbidden_label: &str) {
    let mut spec = spec(client.kind());
    spec.label = forbidden_label.to_owned();
    assert_eq!(client.create(&spec).await, Err(ProviderError::Rejected));
}

/// Each call, answered with each kind of refusal as it is documented.
async fn every_refusal_is_understood(prism: &Prism, provider: ProviderKind) {
    let spec = example(provider);
    for status in [400, 401, 403, 404, 422, 429, 500, 503] {
        let refusing = prism.answering(status).await;
        let client = client(provider, &refusing.url);
        let understood = |error: Option<ProviderError>| match status {
            401 | 403 => error == Some(ProviderError::Unauthorized),
            429 => matches!(error, Some(ProviderError::RateLimited { .. })),
            500.. => error == Some(ProviderError::Unavailable),
            _ => error == Some(ProviderError::Rejected),
        };
        assert!(understood(client.create(&spec).await.err()), "create {status}");
        assert!(understood(client.find(&spec.label).await.err()), "find {status}");
        assert!(understood(client.list(&spec.tags[0]).await.err()), "list {status}");
        assert!(understood(client.prices().await.err()), "prices {status}");
        if status == 404 {
            assert!(matches!(client.get("123").await, Ok(Lookup::Absent { .. })));
            assert_eq!(client.delete("123").await, Ok(()));
        } else {
            assert!(understood(client.get("123").await.err()), "get {status}");
            assert!(understood(client.delete("123").await.err()), "delete {status}");
        }
    }
}
