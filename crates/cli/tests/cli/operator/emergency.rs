use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::clouds::{Inventory, answer};
use super::world::{Wish, World};
use crate::installation::{Run, finished};

fn provider(run: &Run, name: &str) -> Value {
    let report = run.json();
    report["providers"].as_array().unwrap().iter().find(|one| one["provider"] == name).unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_machine_at_both_providers_goes_to_the_last_page_and_what_makes_them_is_off_before() {
    let (linode, digitalocean) = (Inventory::with(60), Inventory::with(30));
    let wish = Wish { linode: linode.clone(), digitalocean: digitalocean.clone(), ..Wish::default() };
    let world = World::with(wish).await;
    let run = world.run("emergency-stop --yes --watch 1 --json").await.exits(0);
    assert_eq!((linode.count(), digitalocean.count()), (0, 0));
    assert_eq!(provider(&run, "linode"), json!({ "provider": "linode", "deleted": 60, "left": [], "trouble": null }));
    assert_eq!(provider(&run, "digitalocean")["deleted"], 30);
    assert_eq!(run.json()["brake"]["on"], true);
    for function in ["brihaspati-Provision", "brihaspati-Reaper"] {
        let puts = world.aws.asked("PUT", &format!("/2017-10-31/functions/{function}/concurrency")).await;
        assert_eq!(puts[0].body_json::<Value>().unwrap(), json!({ "ReservedConcurrentExecutions": 0 }), "{function}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_happens_without_a_yes_and_the_question_says_how_many() {
    let linode = Inventory::with(3);
    let world = World::with(Wish { linode: linode.clone(), ..Wish::default() }).await;
    let run = world.run("emergency-stop").await.exits(2);
    assert!(run.stderr.contains("3 machines at Linode and 0 machines at DigitalOcean"), "{}", run.stderr);
    assert!(run.stderr.contains("--yes"), "{}", run.stderr);
    assert_eq!(linode.count(), 3);
    assert!(world.aws.asked("PUT", "/2017-10-31/functions/brihaspati-Provision/concurrency").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_works_without_aws_and_without_the_control_plane() {
    let (linode, digitalocean) = (Inventory::with(2), Inventory::with(1));
    let wish = Wish { linode: linode.clone(), digitalocean: digitalocean.clone(), ..Wish::default() };
    let world = World::with(wish).await;
    let mut command = world.web.command();
    command.args(["emergency-stop", "--installation", "demo", "--yes", "--watch", "1", "--json"]);
    command.env("LINODE_TOKEN", "linode-token").env("LINODE_API_URL", world.linode.uri());
    command.env("DIGITALOCEAN_TOKEN", "do-token").env("DIGITALOCEAN_API_URL", world.digitalocean.uri());
    let run = finished(command).await.exits(0);
    assert_eq!((linode.count(), digitalocean.count()), (0, 0));
    let report = run.json();
    assert_eq!((&report["brake"]["on"], &report["installation"]), (&json!(false), &json!("demo")));
    assert!(world.aws.server.received_requests().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_without_a_token_is_said_not_to_be_asked() {
    let linode = Inventory::with(1);
    let world = World::with(Wish { linode: linode.clone(), ..Wish::default() }).await;
    let mut command = world.web.command();
    command.args(["emergency-stop", "--installation", "demo", "--yes", "--watch", "0", "--json"]);
    command.env("LINODE_TOKEN", "linode-token").env("LINODE_API_URL", world.linode.uri());
    let run = finished(command).await.exits(7);
    assert_eq!(linode.count(), 0);
    assert_eq!(run.json()["not_asked"][0]["provider"], "digitalocean");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_comes_back_is_deleted_too() {
    let digitalocean = Inventory::with(2);
    digitalocean.0.lock().unwrap().coming_back = vec![77];
    let world = World::with(Wish { digitalocean: digitalocean.clone(), ..Wish::default() }).await;
    let run = world.run("emergency-stop --yes --watch 1 --json").await.exits(0);
    assert_eq!(provider(&run, "digitalocean")["deleted"], 3);
    assert_eq!(digitalocean.count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_provider_is_asked_again_when_it_says() {
    let linode = Inventory::with(4);
    linode.0.lock().unwrap().busy = [1, 2].into();
    let world = World::with(Wish { linode: linode.clone(), ..Wish::default() }).await;
    let run = world.run("emergency-stop --yes --watch 1 --json").await.exits(0);
    assert_eq!(provider(&run, "linode")["deleted"], 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_deleted_is_named_and_the_rest_goes() {
    let linode = Inventory::with(5);
    linode.0.lock().unwrap().stuck = [4].into();
    let world = World::with(Wish { linode: linode.clone(), ..Wish::default() }).await;
    let run = world.run("emergency-stop --yes --watch 0 --deadline 1").await.exits(7);
    assert!(run.stdout.contains("left at Linode: env-4-1 (4)"), "{}", run.stdout);
    assert!(run.stdout.contains("Linode busy."), "{}", run.stdout);
    assert_eq!(linode.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_carry_the_tag_stays_whatever_a_list_says() {
    let linode = Inventory::with(1);
    linode.0.lock().unwrap().existing.insert(9, vec!["brihaspati:other".to_owned()]);
    let world = World::with(Wish { linode: linode.clone(), ..Wish::default() }).await;
    world.run("emergency-stop --yes --watch 0").await.exits(0);
    assert_eq!(linode.0.lock().unwrap().existing.keys().copied().collect::<Vec<_>>(), [9]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_switched_off_keeps_no_machine_alive() {
    let linode = Inventory::with(2);
    let world = World::with(Wish { linode: linode.clone(), ..Wish::default() }).await;
    let refusal = ResponseTemplate::new(403)
        .insert_header("x-amzn-errortype", "AccessDeniedException")
        .set_body_json(json!({ "Message": "no" }));
    let put = wiremock::Mock::given(wiremock::matchers::method("PUT")).respond_with(refusal);
    put.with_priority(1).mount(&world.aws.server).await;
    let run = world.run("emergency-stop --yes --watch 0").await.exits(0);
    assert!(run.stdout.contains("could not be switched off"), "{}", run.stdout);
    assert!(run.stderr.contains("lambda:PutFunctionConcurrency"), "{}", run.stderr);
    assert_eq!(linode.count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn environments_are_stopped_through_the_api_where_one_may() {
    let world = World::healthy().await;
    let api = |verb: &'static str, at: &'static str, document: Value| {
        answer(&world.api, verb, at, ResponseTemplate::new(200).set_body_json(document))
    };
    let class = crate::installation::class();
    api("GET", "/api/admin/classes", json!({ "classes": [class], "next_cursor": null })).await;
    let person = json!({ "id": "mbr_1", "name": "ada", "display_name": "Ada", "environments": [] });
    let room = json!({ "class": { "id": "cls_1", "code": "DEVSECOPS", "title": "DevSecOps", "state": "open",
        "closes_at": null }, "now": "2026-11-22T09:00:00Z", "labs": [], "people": [person], "next": null });
    api("GET", "/api/admin/classes/cls_1/room", room).await;
    let stopped = json!({ "action": "stop", "preview": false,
        "results": [{ "member": "mbr_1", "environment": "env_1", "outcome": "done", "reason": null }] });
    api("POST", "/api/admin/classes/cls_1/actions", stopped).await;

    let run = world.run("emergency-stop --yes --watch 0 --json").await.exits(0);
    assert!(run.json()["environments"]["trouble"].as_str().unwrap().contains("not signed in"), "{}", run.stdout);
    let mut command = world.command();
    command.args(["emergency-stop", "--yes", "--watch", "0", "--json"]).env("BRIHASPATI_TOKEN", "operator-token");
    let run = finished(command).await.exits(0);
    assert_eq!(run.json()["environments"], json!({ "stopped": 1, "trouble": null }));
    let requests = world.api.received_requests().await.unwrap();
    let sent: Value = requests.iter().find(|one| one.method.as_str() == "POST").unwrap().body_json().unwrap();
    assert_eq!((&sent["action"], &sent["members"]), (&json!("stop"), &json!(["mbr_1"])));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_lets_machines_be_made_again_and_deletes_nothing() {
    let linode = Inventory::with(2);
    let world = World::with(Wish { linode: linode.clone(), ..Wish::default() }).await;
    world.run("emergency-stop --release").await.exits(0);
    assert_eq!(linode.count(), 2);
    let at = |function: &str| format!("/2017-10-31/functions/{function}/concurrency");
    assert_eq!(world.aws.asked("DELETE", &at("brihaspati-Provision")).await.len(), 1);
    let puts = world.aws.asked("PUT", &at("brihaspati-Reaper")).await;
    assert_eq!(puts[0].body_json::<Value>().unwrap(), json!({ "ReservedConcurrentExecutions": 1 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_no_installations_is_refused() {
    let world = World::healthy().await;
    let mut command = world.web.command();
    command.args(["emergency-stop", "--installation", "Demo*", "--yes"]).env("LINODE_TOKEN", "t");
    finished(command).await.exits(2);
}
