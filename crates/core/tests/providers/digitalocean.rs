//! What is particular to DigitalOcean.

use std::time::Duration;

use brihaspati_core::domain::placement::ProviderKind;
use brihaspati_core::providers::{Lookup, MachineStatus, Provider as _, ProviderError};
use serde_json::{Value, json};

use crate::scripted::{Answer, ScriptedCloud, json as answer, text};
use crate::{TOKEN, USER_DATA, digitalocean, spec};

pub(crate) fn droplet(id: u64, name: &str) -> Value {
    json!({
        "id": id, "name": name, "region": { "slug": "fra1", "name": "Frankfurt 1" }, "status": "active",
        "tags": ["brihaspati-demo", "env-01jd9"], "created_at": "2026-11-21T09:30:00Z", "field_added_later": {},
        "networks": { "v4": [
            { "ip_address": "10.114.0.2", "type": "private" },
            { "ip_address": "127.0.1.2", "type": "public" },
        ], "v6": [] },
    })
}

fn page(droplets: &[Value], next: Option<&str>) -> Answer {
    let pages = next.map_or_else(|| json!({}), |next| json!({ "pages": { "next": next } }));
    answer(200, &json!({ "droplets": droplets, "links": pages, "meta": { "total": 400 } }))
}

fn refusal(id: &str, message: &str) -> Value {
    json!({ "id": id, "message": message, "request_id": "515850a0-a812-50bf-aa3c-d0d21d287e40" })
}

async fn refused_create(answers: Answer) -> ProviderError {
    let cloud = ScriptedCloud::answering([answers]).await;
    digitalocean(&cloud.url).create(&spec(ProviderKind::DigitalOcean)).await.unwrap_err()
}

#[tokio::test]
async fn a_create_sends_what_digitalocean_documents_and_nothing_else() {
    let cloud = ScriptedCloud::answering([answer(202, &json!({ "droplet": droplet(7, "lab-01jd9-1") }))]).await;

    digitalocean(&cloud.url).create(&spec(ProviderKind::DigitalOcean)).await.unwrap();

    let asked = cloud.asked().remove(0);
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/v2/droplets"));
    assert_eq!(asked.header("authorization"), format!("Bearer {TOKEN}"));
    assert_eq!(
        asked.body,
        json!({
            "name": "lab-01jd9-1", "region": "fra1", "size": "s-1vcpu-1gb", "image": "debian-12-x64",
            "tags": ["brihaspati-demo", "env-01jd9"], "user_data": USER_DATA, "monitoring": false, "ipv6": false,
        })
    );
}

#[tokio::test]
async fn an_image_of_the_account_is_named_by_its_number() {
    let cloud = ScriptedCloud::answering([answer(202, &json!({ "droplet": droplet(7, "lab-01jd9-1") }))]).await;
    let mut spec = spec(ProviderKind::DigitalOcean);
    spec.placement.image = "63663980".to_owned();

    digitalocean(&cloud.url).create(&spec).await.unwrap();

    assert_eq!(cloud.asked()[0].body["image"], json!(63_663_980));
}

#[tokio::test]
async fn a_droplet_is_read_with_its_public_address() {
    let cloud = ScriptedCloud::answering([answer(200, &json!({ "droplet": droplet(7, "lab-01jd9-1") }))]).await;

    let Lookup::Exists(machine) = digitalocean(&cloud.url).get("7").await.unwrap() else { panic!("absent") };

    assert_eq!(machine.id, "7");
    assert_eq!(machine.label, "lab-01jd9-1");
    assert_eq!(machine.tags, ["brihaspati-demo", "env-01jd9"]);
    assert_eq!(machine.region, "fra1");
    assert_eq!(machine.address, Some("127.0.1.2".parse().unwrap()));
    assert_eq!(machine.status, MachineStatus::Running);
    assert_eq!(machine.created_at, Some("2026-11-21T09:30:00Z".parse().unwrap()));
}

#[tokio::test]
async fn a_new_droplet_has_no_address_yet() {
    let mut new = droplet(7, "lab-01jd9-1");
    new["status"] = json!("new");
    new["networks"] = json!({ "v4": [], "v6": [] });
    let cloud = ScriptedCloud::answering([answer(202, &json!({ "droplet": new }))]).await;

    let machine = digitalocean(&cloud.url).create(&spec(ProviderKind::DigitalOcean)).await.unwrap();

    assert_eq!((machine.address, machine.status), (None, MachineStatus::Starting));
}

#[tokio::test]
async fn each_wording_of_a_422_is_told_apart() {
    let wordings = [
        ("creating this/these droplet(s) will exceed your droplet limit", ProviderError::AccountLimit),
        ("creating this droplet will exceed your droplet limit", ProviderError::AccountLimit),
        ("This size is currently restricted", ProviderError::AccountLimit),
        ("Region is not available", ProviderError::NoCapacity),
        ("size is unavailable", ProviderError::NoCapacity),
        ("Size is not available in this region.", ProviderError::NotOffered),
        ("The image you specified is not available in the selected region, you can…", ProviderError::NotOffered),
        ("You specified an invalid size for Droplet creation.", ProviderError::NotOffered),
        ("You specified an invalid region for Droplet creation.", ProviderError::NotOffered),
        ("You specified an invalid image for Droplet creation.", ProviderError::NotOffered),
        ("Droplet already has a pending event.", ProviderError::Unavailable),
        ("Name Only valid hostname characters are allowed.", ProviderError::Rejected),
    ];
    for (message, kind) in wordings {
        let refused = refused_create(answer(422, &refusal("unprocessable_entity", message))).await;
        assert_eq!(refused, kind, "{message}");
    }
}

#[tokio::test]
async fn a_create_that_finds_no_such_image_may_be_answered_404() {
    let message = "You specified an invalid image for Droplet creation.";
    assert_eq!(refused_create(answer(404, &refusal("not_found", message))).await, ProviderError::NotOffered);

    let message = "The resource you requested could not be found.";
    assert_eq!(refused_create(answer(404, &refusal("not_found", message))).await, ProviderError::Rejected);
}

#[tokio::test]
async fn a_burst_limit_says_how_long_to_wait_and_its_word_counts_before_the_hourly_reset() {
    let reset = jiff::Timestamp::now().as_second() + 1800;
    let limited = answer(429, &refusal("too_many_requests", "API rate limit exceeded."))
        .with("ratelimit-reset", &reset.to_string())
        .with("retry-after", "12");

    let wait = Some(Duration::from_secs(12));
    assert_eq!(refused_create(limited).await, ProviderError::RateLimited { retry_after: wait });
}

#[tokio::test]
async fn an_hourly_limit_says_how_long_to_wait_by_its_reset_time() {
    let reset = jiff::Timestamp::now().as_second() + 1800;
    let limited = answer(429, &refusal("too_many_requests", "API rate limit exceeded."))
        .with("ratelimit-reset", &reset.to_string());

    let ProviderError::RateLimited { retry_after: Some(wait) } = refused_create(limited).await else {
        panic!("not a rate limit with a time")
    };

    assert!(wait > Duration::from_secs(1700) && wait <= Duration::from_secs(1800), "{wait:?}");
}

#[tokio::test]
async fn droplets_of_one_name_are_all_found_but_none_that_differs_by_case() {
    let cloud = ScriptedCloud::answering([page(
        &[droplet(7, "lab-01jd9-1"), droplet(8, "LAB-01jd9-1"), droplet(9, "lab-01jd9-1")],
        None,
    )])
    .await;

    let found = digitalocean(&cloud.url).find("lab-01jd9-1").await.unwrap();

    assert_eq!(found.iter().map(|machine| machine.id.as_str()).collect::<Vec<_>>(), ["7", "9"]);
    assert_eq!(cloud.asked()[0].query, "name=lab-01jd9-1&page=1&per_page=200");
}

#[tokio::test]
async fn the_inventory_is_read_over_all_pages_from_the_same_host_whatever_the_next_link_says() {
    let cloud = ScriptedCloud::answering([
        page(&[droplet(7, "lab-01jd9-1")], Some("http://203.0.113.9/v2/droplets?page=2")),
        page(&[droplet(8, "lab-01jd9-2")], None),
    ])
    .await;

    let listed = digitalocean(&cloud.url).list("brihaspati-demo").await.unwrap();

    assert_eq!(listed.len(), 2);
    assert_eq!(cloud.asked()[1].query, "tag_name=brihaspati-demo&page=2&per_page=200");
}

#[tokio::test]
async fn the_inventory_holds_only_droplets_that_carry_the_tag_even_if_the_filter_was_ignored() {
    let mut foreign = droplet(8, "mail-server");
    foreign["tags"] = json!(["production"]);
    let cloud = ScriptedCloud::answering([page(&[droplet(7, "lab-01jd9-1"), foreign], None)]).await;

    assert_eq!(digitalocean(&cloud.url).list("brihaspati-demo").await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_absent_droplet_is_told_with_the_evidence() {
    let not_found = refusal("not_found", "The resource you requested could not be found.");
    let cloud = ScriptedCloud::answering([answer(404, &not_found)]).await;

    let looked_up = digitalocean(&cloud.url).get("123").await.unwrap();

    assert_eq!(looked_up, Lookup::Absent { evidence: "GET /v2/droplets/123 answered 404".to_owned() });
}

#[tokio::test]
async fn a_deletion_of_what_is_gone_already_succeeds() {
    let not_found = refusal("not_found", "The resource you requested could not be found.");
    let cloud = ScriptedCloud::answering([text(204, ""), answer(404, &not_found)]).await;
    let client = digitalocean(&cloud.url);

    client.delete("123").await.unwrap();
    client.delete("123").await.unwrap();

    let asked = cloud.asked().remove(0);
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("DELETE", "/v2/droplets/123"));
}

fn tags(counts: &[(&str, u64)], next: Option<&str>) -> Answer {
    let tags: Vec<Value> =
        counts.iter().map(|(name, count)| json!({ "name": name, "resources": { "count": count } })).collect();
    let pages = next.map_or_else(|| json!({}), |next| json!({ "pages": { "next": next } }));
    answer(200, &json!({ "tags": tags, "links": pages, "meta": { "total": 400 } }))
}

#[tokio::test]
async fn a_tag_counts_as_unused_when_nothing_carried_it_at_two_looks() {
    let cloud = ScriptedCloud::answering([
        tags(&[("trace:a", 0), ("trace:being-made", 0)], Some("page 2")),
        tags(&[("brihaspati:demo", 0), ("trace:c", 0)], None),
        tags(
            &[("trace:a", 0), ("trace:being-made", 1), ("trace:new", 0), ("trace:c", 0), ("brihaspati:demo", 0)],
            None,
        ),
    ])
    .await;
    let client = digitalocean(&cloud.url);

    assert!(client.unused_tags("trace:").await.unwrap().is_empty());
    let mut unused = client.unused_tags("trace:").await.unwrap();
    unused.sort();

    assert_eq!(unused, ["trace:a", "trace:c"]);
    let asked = cloud.asked();
    assert_eq!((asked[1].path.as_str(), asked[1].query.as_str()), ("/v2/tags", "page=2&per_page=200"));
}

#[tokio::test]
async fn a_tag_is_taken_away_once_and_one_that_is_gone_already_is_a_success() {
    let not_found = refusal("not_found", "The resource you requested could not be found.");
    let cloud = ScriptedCloud::answering([text(204, ""), answer(404, &not_found)]).await;
    let client = digitalocean(&cloud.url);

    client.delete_tag("trace:4bf92f3577b34da6a3ce929d0e0e4736").await.unwrap();
    client.delete_tag("trace:4bf92f3577b34da6a3ce929d0e0e4736").await.unwrap();
    assert_eq!(client.delete_tag("../droplets").await, Err(ProviderError::Rejected));

    let asked = cloud.asked();
    assert_eq!(asked.len(), 2);
    assert_eq!(
        (asked[0].method.as_str(), asked[0].path.as_str()),
        ("DELETE", "/v2/tags/trace:4bf92f3577b34da6a3ce929d0e0e4736")
    );
}
