use serde_json::json;

use super::aws;
use super::clouds::Inventory;
use super::world::{BROKEN, Wish, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_whose_machines_still_exist_is_not_deleted() {
    let world = World::with(Wish { linode: Inventory::with(2), ..Wish::default() }).await;
    let run = world.run("uninstall --yes").await.exits(1);
    assert!(run.stderr.contains("2 machines") && run.stderr.contains("emergency-stop"), "{}", run.stderr);
    assert_eq!(world.aws.called("DeleteStack").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_with_living_environments_is_not_deleted() {
    let world = World::healthy().await;
    world.aws.json("DynamoDB_20120810.Scan", BROKEN, &json!({ "Count": 4, "ScannedCount": 4 })).await;
    let run = world.run("uninstall --yes").await.exits(1);
    assert!(run.stderr.contains("4 environments not ended"), "{}", run.stderr);
    assert_eq!(world.aws.called("DeleteStack").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_cannot_be_looked_at_keeps_the_stack() {
    let world = World::healthy().await;
    let mut command = world.command();
    // No token is sent there.
    command.args(["uninstall", "--yes"]).env("LINODE_API_URL", "http://linode.example");
    let run = crate::installation::finished(command).await.exits(1);
    assert!(run.stderr.contains("nobody can prove"), "{}", run.stderr);
    assert_eq!(world.aws.called("DeleteStack").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stays_after_the_stack_is_named_with_the_command_that_removes_it() {
    // The status stands for a deletion that has just ended.
    let world = World::with(Wish { stack_status: "DELETE_COMPLETE", ..Wish::default() }).await;
    world.aws.query("DeleteStack", BROKEN, "").await;
    let parts = [
        ("AWS::DynamoDB::Table", "brihaspati-Table", "DELETE_SKIPPED"),
        ("AWS::Lambda::Function", "brihaspati-Provision", "DELETE_COMPLETE"),
    ];
    world.aws.query("ListStackResources", BROKEN, &aws::resources(&parts)).await;
    let run = world.run("uninstall --yes").await.exits(0);
    assert_eq!(world.aws.called("DeleteStack").await, 1);
    assert!(run.stderr.contains("ProtectData"), "{}", run.stderr);
    assert!(run.stdout.contains("Linode: 0 machines with the tag, nothing else"), "{}", run.stdout);
    assert!(run.stdout.contains("aws dynamodb delete-table --table-name brihaspati-Table"), "{}", run.stdout);
    assert!(run.stdout.contains("delete-secret --secret-id brihaspati/linode-token"), "{}", run.stdout);
    assert!(!run.stdout.contains("brihaspati-Provision"), "{}", run.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_firewall_that_still_carries_the_tag_is_told() {
    let world = World::with(Wish { stack_status: "DELETE_COMPLETE", ..Wish::default() }).await;
    world.aws.query("DeleteStack", BROKEN, "").await;
    world.aws.query("ListStackResources", BROKEN, &aws::resources(&[])).await;
    let firewalls = json!({ "firewalls": [{ "id": "1", "name": "labs", "tags": ["brihaspati:demo"] }], "links": {},
        "meta": { "total": 1 } });
    let at = wiremock::matchers::path("/v2/firewalls");
    let answer = wiremock::ResponseTemplate::new(200).set_body_json(firewalls);
    wiremock::Mock::given(at).respond_with(answer).with_priority(BROKEN).mount(&world.digitalocean).await;
    let run = world.run("uninstall --yes --json").await.exits(7);
    let others = &run.json()["providers"][1]["others"];
    assert_eq!(others, &json!([{ "kind": "firewall", "name": "labs" }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_failed_says_why() {
    let world = World::with(Wish { stack_status: "DELETE_FAILED", ..Wish::default() }).await;
    world.aws.query("DeleteStack", BROKEN, "").await;
    let run = world.run("uninstall --yes").await.exits(1);
    assert!(run.stderr.contains("could not be deleted"), "{}", run.stderr);
}
