use pocket_cloud::Phase;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{LINODE, TestCloud, linode_body, options};

async fn filtered(cloud: &TestCloud, filter: &str) -> Vec<String> {
    let request = cloud.client.get(cloud.url("/v4/linode/instances")).bearer_auth(LINODE).header("X-Filter", filter);
    let body: Value = request.send().await.expect("an answer").json().await.expect("JSON");
    let data = body["data"].as_array().unwrap_or_else(|| panic!("{body}"));
    data.iter().map(|instance| instance["label"].as_str().expect("a label").to_owned()).collect()
}

#[tokio::test]
async fn a_wrong_token_is_answered_as_linode_does() {
    let cloud = TestCloud::start(options()).await;
    for request in [
        cloud.client.get(cloud.url("/v4/linode/instances")),
        cloud.client.get(cloud.url("/v4/linode/instances")).bearer_auth("wrong"),
        cloud.client.get(cloud.url("/v4/no/such/path")).bearer_auth("wrong"),
    ] {
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), 401);
        assert!(response.headers().contains_key("x-ratelimit-limit"));
        let body: Value = response.json().await.expect("JSON");
        assert_eq!(body, json!({ "errors": [{ "reason": "Invalid Token" }] }));
    }
}

#[tokio::test]
async fn answers_tell_what_the_token_may_do() {
    let cloud = TestCloud::start(options()).await;
    let answer = cloud.client.get(cloud.url("/v4/profile")).bearer_auth(LINODE).send().await.expect("an answer");
    assert_eq!(answer.headers()["x-oauth-scopes"], "*");
    assert_eq!(answer.json::<Value>().await.expect("JSON")["restricted"], false);
    let stranger = cloud.client.get(cloud.url("/v4/profile")).bearer_auth("wrong").send().await.expect("an answer");
    assert!(!stranger.headers().contains_key("x-oauth-scopes"));
}

#[tokio::test]
async fn a_machine_goes_from_provisioning_over_running_to_not_found() {
    let mut options = options();
    options.boot_delay = std::time::Duration::from_millis(60);
    options.delete_delay = std::time::Duration::from_millis(200);
    let cloud = TestCloud::start(options).await;

    let (status, created) = cloud.post("/v4/linode/instances", linode_body("env-a-1")).await;
    assert_eq!(status, 200);
    assert_eq!(created["status"], "provisioning");
    let address = created["ipv4"][0].as_str().expect("the address is known at once");
    assert!(address.starts_with("127.64."), "{address}");
    let id = created["id"].as_u64().expect("an id");
    let path = format!("/v4/linode/instances/{id}");

    cloud.wait_for(id, |machine| machine.is_some_and(|machine| machine.status == Phase::Booting)).await;
    assert_eq!(cloud.get(&path).await.1["status"], "booting");
    cloud.wait_for(id, |machine| machine.is_some_and(|machine| machine.status == Phase::Running)).await;
    assert_eq!(cloud.get(&path).await.1["status"], "running");

    assert_eq!(cloud.call(Method::DELETE, &path, None).await, (200.try_into().expect("ok"), json!({})));
    assert_eq!(cloud.get(&path).await.1["status"], "deleting");
    cloud.wait_for(id, |machine| machine.is_none()).await;
    let (status, body) = cloud.get(&path).await;
    assert_eq!(status, 404);
    assert_eq!(body, json!({ "errors": [{ "reason": "Not found" }] }));
    assert_eq!(cloud.delete(&path).await, 404);
    let lifetimes = cloud.cloud.lifetimes();
    assert_eq!((lifetimes.len(), lifetimes[0].machine.id), (1, id));
    assert!(lifetimes[0].ended_at.is_some_and(|ended_at| ended_at > lifetimes[0].created_at));
}

#[tokio::test]
async fn a_label_in_use_is_refused_until_its_machine_is_gone() {
    let cloud = TestCloud::start(options()).await;
    let id = cloud.linode("env-a-1", "").await;

    let (status, body) = cloud.post("/v4/linode/instances", linode_body("env-a-1")).await;
    assert_eq!(status, 400);
    assert_eq!(body["errors"][0]["field"], "label");
    assert_eq!(body["errors"][0]["reason"], "Label must be unique among your linodes");

    cloud.delete(&format!("/v4/linode/instances/{id}")).await;
    cloud.wait_for(id, |machine| machine.is_none()).await;
    cloud.linode("env-a-1", "").await;
}

#[tokio::test]
async fn filters_select_by_tag_label_and_their_combinations() {
    let cloud = TestCloud::start(options()).await;
    for label in ["env-a-1", "env-b-1", "env-c-1"] {
        cloud.linode(label, "").await;
    }
    assert_eq!(filtered(&cloud, r#"{"tags": "brihaspati"}"#).await.len(), 3);
    assert_eq!(filtered(&cloud, r#"{"tags": "env:env-b-1"}"#).await, ["env-b-1"]);
    assert_eq!(filtered(&cloud, r#"{"label": "env-c-1"}"#).await, ["env-c-1"]);
    assert_eq!(filtered(&cloud, r#"{"+or": [{"label": "env-a-1"}, {"label": "env-b-1"}]}"#).await.len(), 2);
    assert_eq!(
        filtered(&cloud, r#"{"+and": [{"tags": "brihaspati"}, {"label": {"+contains": "-c-"}}]}"#).await.len(),
        1
    );
    assert!(filtered(&cloud, r#"{"tags": "somebody-else"}"#).await.is_empty());
}

#[tokio::test]
async fn lists_come_in_pages_within_the_documented_bounds() {
    let mut options = options();
    options.limits.linode_creates.requests = 100;
    let cloud = TestCloud::start(options).await;
    for number in 0..30 {
        cloud.linode(&format!("machine-{number}"), "").await;
    }
    let (_, first) = cloud.get("/v4/linode/instances?page_size=25").await;
    assert_eq!((&first["page"], &first["pages"], &first["results"]), (&json!(1), &json!(2), &json!(30)));
    let (_, second) = cloud.get("/v4/linode/instances?page=2&page_size=25").await;
    assert_eq!(second["data"].as_array().map(Vec::len), Some(5));
    for bad in ["page_size=24", "page_size=501", "page=3&page_size=25", "page=0", "page=x"] {
        assert_eq!(cloud.get(&format!("/v4/linode/instances?{bad}")).await.0, 400, "{bad}");
    }
}

#[tokio::test]
async fn a_bad_create_names_each_bad_field() {
    let cloud = TestCloud::start(options()).await;
    let cases = [
        (json!({ "region": "atlantis" }), "region"),
        (json!({ "region": null }), "region"),
        (json!({ "type": "g6-huge" }), "type"),
        (json!({ "image": "linode/windows" }), "image"),
        (json!({ "root_pass": null }), "root_pass"),
        (json!({ "label": "a" }), "label"),
        (json!({ "label": "two  words" }), "label"),
        (json!({ "tags": ["ab"] }), "tags"),
        (json!({ "metadata": { "user_data": "not base64!" } }), "metadata.user_data"),
        (json!({ "firewall_id": 1 }), "firewall_id"),
    ];
    for (change, field) in cases {
        let mut body = linode_body("env-a-1");
        body.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        let (status, answer) = cloud.post("/v4/linode/instances", body).await;
        assert_eq!((status.as_u16(), answer["errors"][0]["field"].as_str()), (400, Some(field)), "{change}");
    }
    let (status, answer) = cloud.post("/v4/linode/instances", json!({})).await;
    assert_eq!((status.as_u16(), answer["errors"].as_array().map(Vec::len)), (400, Some(2)));
    assert!(cloud.cloud.machines().is_empty());
}

#[tokio::test]
async fn a_machine_can_be_shut_down_and_booted_again() {
    let cloud = TestCloud::start(options()).await;
    let id = cloud.linode("env-a-1", "").await;
    let is =
        |phase| move |machine: Option<&pocket_cloud::MachineSnapshot>| machine.is_some_and(|it| it.status == phase);
    cloud.wait_for(id, is(Phase::Running)).await;

    let path = format!("/v4/linode/instances/{id}");
    assert_eq!(cloud.post(&format!("{path}/shutdown"), json!({})).await.0, 200);
    cloud.wait_for(id, is(Phase::Offline)).await;
    assert_eq!(cloud.get(&path).await.1["status"], "offline");
    assert_eq!(cloud.post(&format!("{path}/boot"), json!({})).await.0, 200);
    cloud.wait_for(id, is(Phase::Running)).await;
}

#[tokio::test]
async fn firewalls_are_kept_and_attached_at_create() {
    let cloud = TestCloud::start(options()).await;
    let rules = json!({ "inbound_policy": "DROP", "outbound_policy": "ACCEPT", "inbound": [], "outbound": [] });
    let (status, firewall) =
        cloud.post("/v4/networking/firewalls", json!({ "label": "lab-machines", "rules": rules })).await;
    assert_eq!(status, 200, "{firewall}");

    let mut body = linode_body("env-a-1");
    body["firewall_id"] = firewall["id"].clone();
    let (_, instance) = cloud.post("/v4/linode/instances", body).await;
    let (_, attached) = cloud.get(&format!("/v4/linode/instances/{}/firewalls", instance["id"])).await;
    assert_eq!(attached["data"][0]["id"], firewall["id"]);
}

#[tokio::test]
async fn the_catalogue_has_prices_regions_and_images() {
    let cloud = TestCloud::start(options()).await;
    let (_, types) = cloud.get("/v4/linode/types").await;
    assert!(types["data"][0]["price"]["hourly"].as_f64().is_some_and(|price| price > 0.0));
    assert_eq!(types["data"][0]["region_prices"][0], json!({ "id": "br-gru", "hourly": 0.0105, "monthly": 7.0 }));
    let (_, regions) = cloud.get("/v4/regions").await;
    assert!(regions["data"].as_array().is_some_and(|regions| regions.len() > 3));
    assert_eq!(cloud.get("/v4/images/linode%2Fdebian12").await.0, 200);
    assert_eq!(cloud.get("/v4/images/linode/debian12").await.1["capabilities"][0], "cloud-init");
    assert_eq!(cloud.get("/v4/account").await.0, 200);
    assert_eq!(cloud.get("/v4/profile").await.1["restricted"], false);
    assert_eq!(cloud.get("/v4/linode/types/nothing").await.0, 404);
}
