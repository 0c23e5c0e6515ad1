//! What the answers' headers say about rate limits.

use brihaspati_core::domain::placement::ProviderKind;
use brihaspati_core::providers::{Allowance, Call, Provider as _};
use jiff::Timestamp;
use serde_json::json;

use crate::documents::{machine, one, page, refusal};
use crate::scripted::{Answer, ScriptedCloud, json as answer};
use crate::{client, digitalocean, linode, spec};

fn in_seconds(seconds: i64) -> String {
    (Timestamp::now().as_second() + seconds).to_string()
}

/// An answer with the provider's own headers.
fn metered(provider: ProviderKind, answer: Answer, limit: &str, remaining: &str, reset: &str) -> Answer {
    let [limited, remains, resets] = match provider {
        ProviderKind::Linode => ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"],
        ProviderKind::DigitalOcean => ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"],
    };
    answer.with(limited, limit).with(remains, remaining).with(resets, reset)
}

fn remaining(allowance: Option<Allowance>) -> Option<u32> {
    allowance.map(|allowance| allowance.remaining)
}

#[tokio::test]
async fn a_success_tells_what_is_left_and_until_when() {
    for provider in ProviderKind::ALL {
        let created = one(provider, &machine(provider));
        let reset = in_seconds(15);
        let cloud = ScriptedCloud::answering([metered(provider, created, "20", "19", &reset)]).await;
        let client = client(provider, &cloud.url);
        assert_eq!(client.allowance(Call::Create), None);
        let before = Timestamp::now();

        client.create(&spec(provider)).await.unwrap();

        let told = client.allowance(Call::Create).unwrap();
        assert_eq!(told.remaining, 19);
        assert_eq!(told.resets_at.as_second().to_string(), reset);
        assert!(told.read_at >= before && told.read_at <= Timestamp::now());
    }
}

#[tokio::test]
async fn refusals_tell_it_too_and_the_newest_answer_counts() {
    for provider in ProviderKind::ALL {
        let told = |answer, remaining| metered(provider, answer, "20", remaining, &in_seconds(15));
        let cloud = ScriptedCloud::answering([
            told(one(provider, &machine(provider)), "1"),
            told(answer(429, &refusal("slow down")), "0"),
            told(answer(500, &refusal("oops")), "17"),
        ])
        .await;
        let client = client(provider, &cloud.url);

        for expected in [1, 0, 17] {
            let _ = client.create(&spec(provider)).await;
            assert_eq!(remaining(client.allowance(Call::Create)), Some(expected), "{provider}");
        }
    }
}

#[tokio::test]
async fn linode_counts_creates_lists_and_other_calls_apart_and_the_tightest_of_the_last_two_is_told() {
    let linode_kind = ProviderKind::Linode;
    let told = |answer, limit, remaining| metered(linode_kind, answer, limit, remaining, &in_seconds(15));
    let cloud = ScriptedCloud::answering([
        told(one(linode_kind, &machine(linode_kind)), "20", "3"),
        told(one(linode_kind, &machine(linode_kind)), "1600", "1500"),
        told(page(linode_kind, 1, 1, &[]), "200", "180"),
        told(one(linode_kind, &machine(linode_kind)), "1600", "170"),
    ])
    .await;
    let client = linode(&cloud.url);

    client.create(&spec(linode_kind)).await.unwrap();
    assert_eq!(client.allowance(Call::Other), None);
    client.get("7").await.unwrap();
    assert_eq!(remaining(client.allowance(Call::Other)), Some(1500));
    client.list("brihaspati-demo").await.unwrap();
    assert_eq!(remaining(client.allowance(Call::Other)), Some(180));
    client.get("7").await.unwrap();
    assert_eq!(remaining(client.allowance(Call::Other)), Some(170));
    assert_eq!(remaining(client.allowance(Call::Create)), Some(3));
}

#[tokio::test]
async fn digitalocean_counts_every_call_alike() {
    let kind = ProviderKind::DigitalOcean;
    let listed = metered(kind, page(kind, 1, 1, &[]), "5000", "4816", &in_seconds(3000));
    let cloud = ScriptedCloud::answering([listed]).await;
    let client = digitalocean(&cloud.url);

    client.list("brihaspati-demo").await.unwrap();

    assert_eq!(remaining(client.allowance(Call::Create)), Some(4816));
    assert_eq!(remaining(client.allowance(Call::Other)), Some(4816));
}

#[tokio::test]
async fn numbers_that_make_no_sense_are_passed_over() {
    let nonsense = [
        ("20", "-1", in_seconds(15)),
        ("20", "99999999999999999999", in_seconds(15)),
        ("20", "many", in_seconds(15)),
        ("20", "", in_seconds(15)),
        ("20", "21", in_seconds(15)),
        ("-20", "3", in_seconds(15)),
        ("20", "3", in_seconds(-15)),
        ("20", "3", in_seconds(86_400)),
        ("20", "3", "0".to_owned()),
        ("20", "3", "-1".to_owned()),
        ("20", "3", "99999999999999999999".to_owned()),
        ("20", "3", i64::MAX.to_string()),
        ("20", "3", "soon".to_owned()),
    ];
    for provider in ProviderKind::ALL {
        for (limit, left, reset) in &nonsense {
            let answered = || one(provider, &machine(provider));
            let sane = metered(provider, answered(), "20", "7", &in_seconds(15));
            let insane = metered(provider, answered(), limit, left, reset);
            let cloud = ScriptedCloud::answering([sane, insane]).await;
            let client = client(provider, &cloud.url);

            client.create(&spec(provider)).await.unwrap();
            client.create(&spec(provider)).await.unwrap();

            let told = remaining(client.allowance(Call::Create));
            assert_eq!(told, Some(7), "{provider}: {left} of {limit} until {reset}");
        }
    }
}

#[tokio::test]
async fn an_answer_without_a_limit_still_tells_what_is_left() {
    let kind = ProviderKind::Linode;
    let answered = answer(200, &json!({ "id": 7, "label": "lab-01jd9-1" }))
        .with("x-ratelimit-remaining", "5")
        .with("x-ratelimit-reset", &in_seconds(15));
    let cloud = ScriptedCloud::answering([answered]).await;
    let client = client(kind, &cloud.url);

    client.get("7").await.unwrap();

    assert_eq!(remaining(client.allowance(Call::Other)), Some(5));
}
