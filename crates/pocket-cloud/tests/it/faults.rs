use std::time::Duration;

use pocket_cloud::{Fault, Provider};

use crate::support::{LINODE, TestCloud, droplet_body, linode_body, options};

#[tokio::test]
async fn staged_failures_hit_the_next_creates_of_one_provider_only() {
    let cloud = TestCloud::start(options()).await;
    cloud.cloud.faults().fail_creates(Provider::Linode, 1, Fault::Status(503));
    cloud.cloud.faults().fail_creates(Provider::Linode, 1, Fault::NoCapacity);

    assert_eq!(cloud.post("/v2/droplets", droplet_body("env-a-1")).await.0, 202);
    assert_eq!(cloud.post("/v4/linode/instances", linode_body("env-a-1")).await.0, 503);
    let (status, body) = cloud.post("/v4/linode/instances", linode_body("env-a-1")).await;
    assert_eq!((status.as_u16(), body["errors"][0]["field"].as_str()), (400, Some("region")));
    cloud.linode("env-a-1", "").await;
}

#[tokio::test]
async fn an_answer_can_be_lost_with_and_without_its_machine() {
    let cloud = TestCloud::start(options()).await;
    for (label, fault, created) in [("lost-1", Fault::Hang, 0), ("lost-2", Fault::HangAfterCreate, 1)] {
        cloud.cloud.faults().fail_creates(Provider::Linode, 1, fault);
        let request = cloud.client.post(cloud.url("/v4/linode/instances")).bearer_auth(LINODE);
        let answer = request.json(&linode_body(label)).timeout(Duration::from_millis(400)).send().await;
        assert!(answer.expect_err("no answer").is_timeout());
        let known = cloud.cloud.machines().iter().filter(|machine| machine.label == label).count();
        assert_eq!(known, created, "{label}");
    }
}

#[tokio::test]
async fn a_delete_can_be_accepted_and_ignored() {
    let cloud = TestCloud::start(options()).await;
    let (_, body) = cloud.post("/v2/droplets", droplet_body("env-a-1")).await;
    let id = body["droplet"]["id"].as_u64().expect("an id");
    cloud.cloud.faults().ignore_deletes(1);
    assert_eq!(cloud.delete(&format!("/v2/droplets/{id}")).await, 204);
    assert_eq!(cloud.get(&format!("/v2/droplets/{id}")).await.0, 200);
    assert_eq!(cloud.delete(&format!("/v2/droplets/{id}")).await, 204);
    cloud.wait_for(id, |machine| machine.is_none()).await;
}
