//! Every call that the clients make is one that the provider's API description allows, and the examples in there are
//! ones that the clients can read. The mock answers a call that breaks the description with 422.

use brihaspati_core::providers::{Lookup, Provider, ProviderError};

use crate::prism::Prism;
use crate::{digitalocean, linode, spec};

#[tokio::test]
async fn the_description_of_linode_allows_every_call_of_the_client() {
    let Some(prism) = Prism::mocking("linode.json").await else {
        return;
    };
    let client = linode(&prism.url);

    every_call_is_allowed(&client).await;
    the_mock_would_have_refused_a_wrong_one(&client, "two--hyphens").await;
}

#[tokio::test]
async fn the_description_of_digitalocean_allows_every_call_of_the_client() {
    let Some(prism) = Prism::mocking("digitalocean.json").await else {
        return;
    };
    let client = digitalocean(&prism.url);

    every_call_is_allowed(&client).await;
    the_mock_would_have_refused_a_wrong_one(&client, "under_score").await;
}

async fn every_call_is_allowed(client: &dyn Provider) {
    let spec = spec(client.kind());
    let machine = client.create(&spec).await.expect("create");
    assert!(!machine.label.is_empty() && machine.created_at.is_some(), "{machine:?}");
    let looked_up = client.get(&machine.id).await.expect("get");
    assert!(matches!(looked_up, Lookup::Exists(_)), "{looked_up:?}");
    client.find(&machine.label).await.expect("find");
    client.list(&spec.tags[0]).await.expect("list");
    client.delete(&machine.id).await.expect("delete");
}

async fn the_mock_would_have_refused_a_wrong_one(client: &dyn Provider, forbidden_label: &str) {
    let mut spec = spec(client.kind());
    spec.label = forbidden_label.to_owned();
    assert_eq!(client.create(&spec).await, Err(ProviderError::Rejected));
}
