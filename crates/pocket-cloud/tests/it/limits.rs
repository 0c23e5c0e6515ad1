use std::time::Duration;

use pocket_cloud::{Call, Provider, Quota};
use serde_json::Value;

use crate::support::{DIGITALOCEAN, LINODE, TestCloud, linode_body, options};

#[tokio::test]
async fn linode_refuses_the_twenty_first_create_and_says_when_to_come_back() {
    let cloud = TestCloud::start(options()).await;
    let create = |label: String| {
        let request = cloud.client.post(cloud.url("/v4/linode/instances")).bearer_auth(LINODE);
        request.json(&linode_body(&label)).send()
    };
    for number in 0..20 {
        let response = create(format!("machine-{number}")).await.expect("an answer");
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["x-ratelimit-remaining"], (19 - number).to_string());
    }
    let refused = create("machine-20".into()).await.expect("an answer");
    assert_eq!(refused.status(), 429);
    let wait: u64 = refused.headers()["retry-after"].to_str().expect("text").parse().expect("seconds");
    assert!((1..=15).contains(&wait), "{wait}");
    let body: Value = refused.json().await.expect("JSON");
    assert_eq!(body["errors"][0]["reason"], "Too many requests");
    assert_eq!(cloud.cloud.machines().len(), 20);
    let creates = cloud.cloud.calls()[&(Provider::Linode, Call::CreateMachine)];
    assert_eq!((creates.answered, creates.throttled), (21, 1));
    assert_eq!(cloud.get("/v4/account").await.0, 200, "other requests have limits of their own");
}

#[tokio::test]
async fn a_limit_passes_with_its_window() {
    let mut options = options();
    options.limits.linode_creates = Quota::new(1, Duration::from_millis(150));
    let cloud = TestCloud::start(options).await;
    cloud.linode("first", "").await;
    assert_eq!(cloud.post("/v4/linode/instances", linode_body("second")).await.0, 429);
    let started = std::time::Instant::now();
    while cloud.post("/v4/linode/instances", linode_body("second")).await.0 == 429 {
        assert!(started.elapsed() < Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(cloud.cloud.machines().len(), 2);
}

#[tokio::test]
async fn digitalocean_sends_retry_after_for_the_minute_and_none_for_the_hour() {
    for (burst, hourly, retry_after) in [(2, 100, true), (100, 2, false)] {
        let mut options = options();
        options.limits.digitalocean_burst = Quota::new(burst, Duration::from_secs(60));
        options.limits.digitalocean_hourly = Quota::new(hourly, Duration::from_secs(3600));
        let cloud = TestCloud::start(options).await;
        let get = || cloud.client.get(cloud.url("/v2/account")).bearer_auth(DIGITALOCEAN).send();
        for _ in 0..2 {
            assert_eq!(get().await.expect("an answer").status(), 200);
        }
        let refused = get().await.expect("an answer");
        assert_eq!(refused.status(), 429);
        assert_eq!(refused.headers().contains_key("retry-after"), retry_after);
        assert_eq!(refused.headers()["ratelimit-limit"], hourly.to_string());
        assert!(refused.headers().contains_key("ratelimit-reset"));
        let body: Value = refused.json().await.expect("JSON");
        assert_eq!(body["id"], "too_many_requests");
    }
}
