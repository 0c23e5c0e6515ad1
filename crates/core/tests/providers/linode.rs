//! What is particular to Linode.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use brihaspati_core::domain::placement::ProviderKind;
use brihaspati_core::providers::{Lookup, MachineStatus, Provider as _, ProviderError};
use serde_json::{Value, json};

use crate::scripted::{Answer, ScriptedCloud, json as answer, text};
use crate::{TOKEN, USER_DATA, linode, spec};

pub(crate) fn instance(id: u64, label: &str) -> Value {
    json!({
        "id": id, "label": label, "region": "eu-central", "type": "g6-nanode-1", "status": "running",
        "tags": ["brihaspati-demo", "env-01jd9"], "ipv4": ["192.168.130.7", "127.0.1.2"],
        "created": "2026-11-21T09:30:00", "field_added_later": {},
    })
}

fn page(page: u32, pages: u32, instances: &[Value]) -> Answer {
    answer(200, &json!({ "data": instances, "page": page, "pages": pages, "results": 1000 }))
}

fn refusal(reason: &str, field: Option<&str>) -> Value {
    json!({ "errors": [{ "reason": reason, "field": field }] })
}

async fn refused_create(answers: Answer) -> ProviderError {
    let cloud = ScriptedCloud::answering([answers]).await;
    linode(&cloud.url).create(&spec(ProviderKind::Linode)).await.unwrap_err()
}

#[tokio::test]
async fn a_create_sends_what_linode_documents_and_nothing_else() {
    let cloud = ScriptedCloud::answering([answer(200, &instance(7, "lab-01jd9-1"))]).await;

    linode(&cloud.url).create(&spec(ProviderKind::Linode)).await.unwrap();

    let asked = cloud.asked().remove(0);
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/v4/linode/instances"));
    assert_eq!(asked.header("authorization"), format!("Bearer {TOKEN}"));
    let mut body = asked.body;
    let password = body["root_pass"].take();
    assert_eq!(
        body,
        json!({
            "label": "lab-01jd9-1", "region": "eu-central", "type": "g6-nanode-1", "image": "linode/debian12",
            "tags": ["brihaspati-demo", "env-01jd9"], "root_pass": null, "booted": true,
            "metadata": { "user_data": BASE64_STANDARD.encode(USER_DATA) },
        })
    );
    assert!((40..=128).contains(&password.as_str().unwrap().len()));
}

#[tokio::test]
async fn no_two_machines_share_a_root_password() {
    let made = || answer(200, &instance(7, "lab-01jd9-1"));
    let cloud = ScriptedCloud::answering([made(), made()]).await;
    let client = linode(&cloud.url);

    for _ in 0..2 {
        client.create(&spec(ProviderKind::Linode)).await.unwrap();
    }

    let asked = cloud.asked();
    assert_ne!(asked[0].body["root_pass"], asked[1].body["root_pass"]);
}

#[tokio::test]
async fn a_machine_is_read_with_its_public_address_and_its_time_as_utc() {
    let cloud = ScriptedCloud::answering([answer(200, &instance(7, "lab-01jd9-1"))]).await;

    let machine = linode(&cloud.url).create(&spec(ProviderKind::Linode)).await.unwrap();

    assert_eq!(machine.id, "7");
    assert_eq!(machine.label, "lab-01jd9-1");
    assert_eq!(machine.tags, ["brihaspati-demo", "env-01jd9"]);
    assert_eq!(machine.region, "eu-central");
    assert_eq!(machine.address, Some("127.0.1.2".parse().unwrap()));
    assert_eq!(machine.status, MachineStatus::Running);
    assert_eq!(machine.created_at, Some("2026-11-21T09:30:00Z".parse().unwrap()));
}

#[tokio::test]
async fn every_documented_status_has_its_meaning_and_an_unknown_one_is_starting() {
    let meanings = [
        ("running", MachineStatus::Running),
        ("offline", MachineStatus::Off),
        ("stopped", MachineStatus::Off),
        ("shutting_down", MachineStatus::Off),
        ("billing_suspension", MachineStatus::Off),
        ("deleting", MachineStatus::Deleting),
        ("provisioning", MachineStatus::Starting),
        ("booting", MachineStatus::Starting),
        ("rebooting", MachineStatus::Starting),
        ("invented_tomorrow", MachineStatus::Starting),
    ];
    for (text, meaning) in meanings {
        let mut told = instance(7, "lab-01jd9-1");
        told["status"] = json!(text);
        let cloud = ScriptedCloud::answering([answer(200, &told)]).await;

        let Lookup::Exists(machine) = linode(&cloud.url).get("7").await.unwrap() else { panic!("{text}") };

        assert_eq!(machine.status, meaning, "{text}");
    }
}

#[tokio::test]
async fn a_machine_without_address_or_time_yet_is_still_a_machine() {
    let cloud = ScriptedCloud::answering([answer(200, &json!({ "id": 7, "label": "lab-01jd9-1" }))]).await;

    let Lookup::Exists(machine) = linode(&cloud.url).get("7").await.unwrap() else { panic!("absent") };

    assert_eq!((machine.address, machine.created_at), (None, None));
}

#[tokio::test]
async fn each_wording_of_a_400_is_told_apart() {
    let wordings = [
        ("Label must be unique among your linodes", Some("label"), ProviderError::LabelInUse),
        ("Account Limit reached. Please open a support ticket.", None, ProviderError::AccountLimit),
        ("You've reached a limit for the number of active services.", None, ProviderError::AccountLimit),
        ("No open slots for this plan!", Some("type"), ProviderError::NoCapacity),
        ("Linode busy.", None, ProviderError::Unavailable),
        ("A valid plan type by that ID was not found", Some("type"), ProviderError::NotOffered),
        ("region is not valid", Some("region"), ProviderError::NotOffered),
        ("image is not available", Some("image"), ProviderError::NotOffered),
        ("Label is too long", Some("label"), ProviderError::Rejected),
        ("Something nobody has seen", None, ProviderError::Rejected),
    ];
    for (reason, field, kind) in wordings {
        assert_eq!(refused_create(answer(400, &refusal(reason, field))).await, kind, "{reason}");
    }
}

#[tokio::test]
async fn a_request_that_linode_gave_up_on_counts_as_unknown() {
    let answered = answer(408, &refusal("Please try again", None));

    assert_eq!(refused_create(answered).await, ProviderError::TimedOut);
}

#[tokio::test]
async fn a_rate_limit_says_how_long_to_wait_by_its_reset_time() {
    let reset = jiff::Timestamp::now().as_second() + 15;
    let limited = answer(429, &refusal("Too many requests", None)).with("x-ratelimit-reset", &reset.to_string());

    let ProviderError::RateLimited { retry_after: Some(wait) } = refused_create(limited).await else {
        panic!("not a rate limit with a time")
    };

    assert!(wait > Duration::from_secs(10) && wait <= Duration::from_secs(15), "{wait:?}");
}

#[tokio::test]
async fn a_label_is_looked_up_exactly_over_all_pages() {
    let cloud = ScriptedCloud::answering([
        page(1, 2, &[instance(7, "lab-01jd9-1"), instance(8, "lab-01jd9-10")]),
        page(2, 2, &[instance(9, "lab-01jd9-1")]),
    ])
    .await;

    let found = linode(&cloud.url).find("lab-01jd9-1").await.unwrap();

    assert_eq!(found.iter().map(|machine| machine.id.as_str()).collect::<Vec<_>>(), ["7", "9"]);
    let asked = cloud.asked();
    assert_eq!(asked[0].header("x-filter"), r#"{"label":"lab-01jd9-1"}"#);
    assert_eq!(asked[0].query, "page=1&page_size=500");
    assert_eq!(asked[1].query, "page=2&page_size=500");
}

#[tokio::test]
async fn the_inventory_holds_only_machines_that_carry_the_tag_even_if_the_filter_was_ignored() {
    let mut foreign = instance(8, "mail-server");
    foreign["tags"] = json!(["production"]);
    let cloud = ScriptedCloud::answering([page(1, 1, &[instance(7, "lab-01jd9-1"), foreign])]).await;

    let listed = linode(&cloud.url).list("brihaspati-demo").await.unwrap();

    assert_eq!(listed.len(), 1);
    assert_eq!(cloud.asked()[0].header("x-filter"), r#"{"tags":"brihaspati-demo"}"#);
}

#[tokio::test]
async fn an_absent_machine_is_told_with_the_evidence() {
    let cloud = ScriptedCloud::answering([answer(404, &refusal("Not found", None))]).await;

    let looked_up = linode(&cloud.url).get("123").await.unwrap();

    let evidence = "GET /v4/linode/instances/123 answered 404".to_owned();
    assert_eq!(looked_up, Lookup::Absent { evidence });
}

#[tokio::test]
async fn a_deletion_of_what_is_gone_already_succeeds() {
    let cloud = ScriptedCloud::answering([text(200, "{}"), answer(404, &refusal("Not found", None))]).await;
    let client = linode(&cloud.url);

    client.delete("123").await.unwrap();
    client.delete("123").await.unwrap();

    let asked = cloud.asked().remove(0);
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("DELETE", "/v4/linode/instances/123"));
}
