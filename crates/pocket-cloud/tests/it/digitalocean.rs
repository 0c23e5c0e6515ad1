use pocket_cloud::Phase;
use serde_json::{Value, json};

use crate::support::{TestCloud, droplet_body, options};

async fn create(cloud: &TestCloud, name: &str) -> Value {
    let (status, body) = cloud.post("/v2/droplets", droplet_body(name)).await;
    assert_eq!(status, 202, "{body}");
    body["droplet"].clone()
}

fn names(body: &Value) -> Vec<&str> {
    let droplets = body["droplets"].as_array().unwrap_or_else(|| panic!("{body}"));
    droplets.iter().filter_map(|droplet| droplet["name"].as_str()).collect()
}

#[tokio::test]
async fn a_wrong_token_is_answered_as_digitalocean_does() {
    let cloud = TestCloud::start(options()).await;
    let response = cloud.client.get(cloud.url("/v2/droplets")).bearer_auth("wrong").send().await.expect("an answer");
    assert_eq!(response.status(), 401);
    assert!(response.headers().contains_key("ratelimit-remaining"));
    let body: Value = response.json().await.expect("JSON");
    assert_eq!(body, json!({ "id": "unauthorized", "message": "Unable to authenticate you." }));
}

#[tokio::test]
async fn a_droplet_is_new_without_an_address_then_active_with_one_then_gone() {
    let mut options = options();
    options.boot_delay = std::time::Duration::from_millis(60);
    let cloud = TestCloud::start(options).await;
    let droplet = create(&cloud, "env-a-1").await;
    assert_eq!(droplet["status"], "new");
    assert_eq!(droplet["networks"]["v4"], json!([]));
    let id = droplet["id"].as_u64().expect("an id");

    cloud.wait_for(id, |machine| machine.is_some_and(|machine| machine.status == Phase::Running)).await;
    let (_, body) = cloud.get(&format!("/v2/droplets/{id}")).await;
    assert_eq!(body["droplet"]["status"], "active");
    assert_eq!(body["droplet"]["networks"]["v4"][0]["type"], "public");
    assert_eq!(cloud.get(&format!("/v2/actions/{id}")).await.1["action"]["status"], "completed");

    assert_eq!(cloud.delete(&format!("/v2/droplets/{id}")).await, 204);
    cloud.wait_for(id, |machine| machine.is_none()).await;
    let (status, body) = cloud.get(&format!("/v2/droplets/{id}")).await;
    assert_eq!((status.as_u16(), body["id"].as_str()), (404, Some("not_found")));
    assert_eq!(cloud.delete(&format!("/v2/droplets/{id}")).await, 404);
}

#[tokio::test]
async fn names_need_not_be_unique_and_machines_never_share_an_address() {
    let cloud = TestCloud::start(options()).await;
    create(&cloud, "twin").await;
    create(&cloud, "twin").await;
    let machines = cloud.cloud.machines();
    assert_eq!(machines.len(), 2);
    assert_ne!(machines[0].address, machines[1].address);
    assert_eq!(names(&cloud.get("/v2/droplets?name=TWIN").await.1).len(), 2);
}

#[tokio::test]
async fn droplets_are_listed_and_deleted_by_tag() {
    let cloud = TestCloud::start(options()).await;
    for name in ["env-a-1", "env-b-1"] {
        create(&cloud, name).await;
    }
    assert_eq!(names(&cloud.get("/v2/droplets?tag_name=env:env-a-1").await.1), ["env-a-1"]);
    assert_eq!(cloud.get("/v2/droplets?tag_name=a&name=b").await.0, 422);

    assert_eq!(cloud.delete("/v2/droplets").await, 400, "without a tag nothing may go");
    assert_eq!(cloud.delete("/v2/droplets?tag_name=env:env-a-1").await, 204);
    crate::support::eventually("the tagged droplet to go", || cloud.cloud.machines().len() == 1).await;
    assert_eq!(cloud.cloud.machines()[0].label, "env-b-1");
}

#[tokio::test]
async fn pages_link_to_their_neighbours() {
    let cloud = TestCloud::start(options()).await;
    let names: Vec<String> = (0..5).map(|number| format!("host-{number}")).collect();
    let mut body = droplet_body("unused");
    body.as_object_mut().expect("an object").remove("name");
    body["names"] = json!(names);
    let (status, created) = cloud.post("/v2/droplets", body).await;
    assert_eq!((status.as_u16(), created["droplets"].as_array().map(Vec::len)), (202, Some(5)));

    let (_, page) = cloud.get("/v2/droplets?page=2&per_page=2&tag_name=brihaspati").await;
    assert_eq!(page["meta"]["total"], 5);
    let pages = &page["links"]["pages"];
    for neighbour in ["first", "prev", "next", "last"] {
        assert!(pages[neighbour].as_str().is_some_and(|url| url.contains("tag_name=brihaspati")), "{pages}");
    }
    let next = pages["next"].as_str().expect("a link").split_once("/v2").expect("a path").1;
    assert_eq!(cloud.get(&format!("/v2{next}")).await.1["droplets"].as_array().map(Vec::len), Some(1));
    let (_, all) = cloud.get("/v2/droplets?per_page=1000").await;
    assert_eq!(all["links"], json!({}));
}

#[tokio::test]
async fn a_bad_create_is_answered_with_what_is_wrong() {
    let cloud = TestCloud::start(options()).await;
    let cases = [
        (json!({ "region": "atlantis" }), "invalid region"),
        (json!({ "size": "s-huge" }), "invalid size"),
        (json!({ "image": "windows" }), "invalid image"),
        (json!({ "name": "under_score" }), "valid hostname"),
        (json!({ "name": null }), "Name can't be blank"),
        (json!({ "tags": ["no spaces"] }), "invalid characters"),
        (json!({ "user_data": "x".repeat(65_537) }), "64 KiB"),
    ];
    for (change, message) in cases {
        let mut body = droplet_body("env-a-1");
        body.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        let (status, answer) = cloud.post("/v2/droplets", body).await;
        assert_eq!(status, 422, "{answer}");
        assert!(answer["message"].as_str().is_some_and(|text| text.contains(message)), "{answer}");
    }
    assert_eq!(cloud.post("/v2/droplets", json!("text")).await.0, 400);
    assert!(cloud.cloud.machines().is_empty());
}

#[tokio::test]
async fn a_firewall_covers_what_carries_its_tag() {
    let cloud = TestCloud::start(options()).await;
    let firewall = json!({ "name": "labs", "inbound_rules": [], "outbound_rules": [], "tags": ["brihaspati"] });
    assert_eq!(cloud.post("/v2/firewalls", firewall.clone()).await.0, 422, "the tag must exist first");
    assert_eq!(cloud.post("/v2/tags", json!({ "name": "brihaspati" })).await.0, 201);
    assert_eq!(cloud.post("/v2/firewalls", firewall).await.0, 202);

    let droplet = create(&cloud, "env-a-1").await;
    let (_, body) = cloud.get(&format!("/v2/droplets/{}/firewalls", droplet["id"])).await;
    assert_eq!(body["firewalls"][0]["name"], "labs");
}

#[tokio::test]
async fn the_catalogue_has_prices_regions_and_images() {
    let cloud = TestCloud::start(options()).await;
    let (_, sizes) = cloud.get("/v2/sizes").await;
    assert!(sizes["sizes"][0]["price_hourly"].as_f64().is_some_and(|price| price > 0.0));
    assert!(cloud.get("/v2/regions").await.1["regions"].as_array().is_some_and(|all| all.len() > 3));
    assert_eq!(cloud.get("/v2/images/debian-12-x64").await.1["image"]["distribution"], "Debian");
    assert_eq!(cloud.get("/v2/account").await.1["account"]["status"], "active");
    assert_eq!(cloud.get("/v2/nothing").await.1["id"], "not_found");
}
