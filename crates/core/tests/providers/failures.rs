//! What goes wrong with both providers alike.

use std::time::Duration;

use brihaspati_core::providers::{Provider, ProviderError};
use tokio::net::TcpListener;

use crate::documents::refusal;
use crate::scripted::{Answer, ScriptedCloud, json as answer, text};
use crate::{TOKEN, both, digitalocean, linode, spec};

/// What both clients make of the same answer to a create.
async fn creates(answered: impl Fn() -> Answer) -> [ProviderError; 2] {
    let cloud = ScriptedCloud::answering([answered(), answered()]).await;
    let [linode, digitalocean] = both(&cloud.url);
    let create = async |client: Box<dyn Provider>| client.create(&spec(client.kind())).await.unwrap_err();
    [create(linode).await, create(digitalocean).await]
}

fn twice(kind: &ProviderError) -> [ProviderError; 2] {
    [kind.clone(), kind.clone()]
}

#[tokio::test]
async fn each_status_has_its_kind() {
    let kinds = [
        (401, ProviderError::Unauthorized),
        (403, ProviderError::Unauthorized),
        (404, ProviderError::Rejected),
        (408, ProviderError::TimedOut),
        (429, ProviderError::RateLimited { retry_after: None }),
        (500, ProviderError::Unavailable),
        (502, ProviderError::Unavailable),
        (503, ProviderError::Unavailable),
    ];
    for (status, kind) in kinds {
        assert_eq!(creates(|| answer(status, &refusal("no"))).await, twice(&kind), "{status}");
    }
}

#[tokio::test]
async fn a_status_counts_even_where_its_body_is_no_document_of_the_providers() {
    let page = "<html>Bad gateway</html>";
    assert_eq!(creates(|| text(502, page)).await, twice(&ProviderError::Unavailable));
    assert_eq!(creates(|| text(401, page)).await, twice(&ProviderError::Unauthorized));
}

#[tokio::test]
async fn a_refusal_in_nobodys_form_is_garbage() {
    for status in [400, 404, 409, 418, 422] {
        assert_eq!(creates(|| text(status, "<html>nginx</html>")).await, twice(&ProviderError::Garbage), "{status}");
    }
}

#[tokio::test]
async fn a_success_without_a_machine_in_it_is_garbage() {
    for body in ["", "{", "[]", r#"{"id":"seven","label":7}"#, r#"{"droplet":{"name":"lab-01jd9-1"}}"#] {
        assert_eq!(creates(|| text(200, body)).await, twice(&ProviderError::Garbage), "{body}");
    }
}

#[tokio::test]
async fn a_wait_may_be_asked_for_as_a_date_and_is_never_longer_than_an_hour() {
    let year_2100 = || answer(429, &refusal("slow down")).with("retry-after", "Fri, 01 Jan 2100 00:00:00 GMT");
    let long = || answer(429, &refusal("slow down")).with("retry-after", "86400");
    let past = || answer(429, &refusal("slow down")).with("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT");
    let limited = |secs| ProviderError::RateLimited { retry_after: Some(Duration::from_secs(secs)) };

    assert_eq!(creates(year_2100).await, twice(&limited(3600)));
    assert_eq!(creates(long).await, twice(&limited(3600)));
    assert_eq!(creates(past).await, twice(&limited(0)));
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_leaves_it_unknown_what_happened() {
    let cloud = ScriptedCloud::answering([const { Answer::Never }; 4]).await;
    let (create, call) = (Duration::from_millis(300), Duration::from_millis(200));
    let clients: [Box<dyn Provider>; 2] = [
        Box::new(linode(&cloud.url).with_timeouts(create, call)),
        Box::new(digitalocean(&cloud.url).with_timeouts(create, call)),
    ];
    for client in clients {
        assert_eq!(client.create(&spec(client.kind())).await, Err(ProviderError::TimedOut));
        assert_eq!(client.delete("123").await, Err(ProviderError::TimedOut));
    }
}

#[tokio::test]
async fn a_refused_connection_means_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);

    for client in both(&url) {
        assert_eq!(client.get("123").await, Err(ProviderError::Unavailable));
    }
}

#[tokio::test]
async fn a_404_that_is_not_the_providers_own_does_not_prove_a_deletion() {
    // A web server, two gateways, an empty answer.
    for body in ["<html>no such site</html>", r#"{"message":"Not Found"}"#, r#"{"errors":[]}"#, ""] {
        let cloud = ScriptedCloud::answering([text(404, body), text(404, body)]).await;
        for client in both(&cloud.url) {
            assert_eq!(client.get("123").await, Err(ProviderError::Garbage), "{body}");
        }
    }
}

#[tokio::test]
async fn an_identifier_that_is_no_number_reaches_nobody() {
    let cloud = ScriptedCloud::answering([]).await;

    for client in both(&cloud.url) {
        for id in ["../account", "7?all=1", "", "0", "-7", "18446744073709551616"] {
            assert_eq!(client.get(id).await, Err(ProviderError::Rejected), "{id}");
            assert_eq!(client.delete(id).await, Err(ProviderError::Rejected), "{id}");
        }
    }
    assert!(cloud.asked().is_empty());
}

#[tokio::test]
async fn a_token_that_no_header_can_carry_is_refused_at_the_start_without_being_shown() {
    let token = format!("{TOKEN}\n");

    let error = brihaspati_core::providers::Linode::new("http://127.0.0.1:1", token.into()).err().unwrap();

    assert!(error.to_string().contains("LINODE_TOKEN"));
    assert!(!error.to_string().contains(TOKEN));
}
