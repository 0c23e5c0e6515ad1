use std::collections::BTreeSet;

use serde_json::{Value, json};
use wiremock::matchers::{body_partial_json, header, method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::installation::{CLASS, Installation, ok, problem};

const NAMES: [&str; 3] = ["Ada", "Grace", "Lin"];

fn people(count: usize) -> Vec<Value> {
    let person = |n: usize| {
        let name = NAMES.get(n).map_or_else(|| format!("Trainee {n}"), |name| (*name).to_owned());
        json!({ "id": format!("mem_{n}"), "name": name.to_lowercase(), "display_name": name, "suspended": false,
            "extra_time_percent": 0, "environments": [] })
    };
    (0..count).map(person).collect()
}

fn room(people: &[Value]) -> Value {
    json!({ "class": { "id": "cls_1", "code": "DEVSECOPS", "title": "DevSecOps", "state": "open", "closes_at": null },
        "now": "2026-11-22T09:00:00Z", "labs": [], "people": people, "next": null })
}

fn working(mut people: Vec<Value>, state: &str) -> Vec<Value> {
    people[0]["environments"] = json!([{ "id": "env_1", "lab": "notes-api", "state": state,
        "since": "2026-11-22T08:30:00Z", "requested_at": "2026-11-22T08:30:00Z", "expires_at": "2026-11-22T09:30:00Z",
        "checks_passed": 1, "checks_total": 3, "old_version": false }]);
    people
}

fn results(action: &str, preview: bool, outcomes: &[(&str, &str)]) -> Value {
    let result = |(member, outcome): &(&str, &str)| {
        json!({ "member": member, "environment": null,
        "outcome": outcome, "reason": (*outcome == "refused").then_some("the class has no budget left") })
    };
    json!({ "action": action, "preview": preview, "results": outcomes.iter().map(result).collect::<Vec<_>>() })
}

async fn with_room(count: usize) -> Installation {
    let installation = Installation::with_class().await;
    installation.answers("GET", &format!("{CLASS}/room"), ok(&room(&working(people(count), "working")))).await;
    installation
}

async fn answers_action(installation: &Installation, preview: bool, answer: &Value) {
    let action = Mock::given(method("POST")).and(path(format!("{CLASS}/actions")));
    action
        .and(body_partial_json(json!({ "preview": preview })))
        .respond_with(ok(answer))
        .mount(&installation.server)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_a_room_shows_whom_it_would_hit_and_wants_a_yes() {
    let installation = with_room(2).await;
    answers_action(&installation, true, &results("stop", true, &[("mem_0", "would-do"), ("mem_1", "nothing-to-do")]))
        .await;
    answers_action(&installation, false, &results("stop", false, &[("mem_0", "done"), ("mem_1", "nothing-to-do")]))
        .await;
    let run = installation.run("room stop --all --class DEVSECOPS").await.exits(2);
    assert!(run.stderr.contains("Ada") && run.stderr.contains("--yes"), "{}", run.stderr);
    let run = installation.run("room stop --all --class DEVSECOPS --yes").await.exits(0);
    assert!(run.stdout.contains("stop: 1 done, 1 with nothing to do, 0 refused"), "{}", run.stdout);
    let sent = installation.bodies("POST", &format!("{CLASS}/actions")).await;
    assert_eq!(sent.iter().map(|body| body["preview"] == true).collect::<Vec<_>>(), [true, false]);
    assert_eq!(sent[1]["members"], json!(["mem_0", "mem_1"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_does_nothing() {
    let installation = with_room(2).await;
    answers_action(&installation, true, &results("start", true, &[("mem_1", "would-do")])).await;
    let line = "room start --member grace --lab notes-api --class DEVSECOPS --preview --json";
    let document = installation.run(line).await.exits(0).json();
    assert_eq!(document["results"][0]["outcome"], "would-do");
    let sent = installation.bodies("POST", &format!("{CLASS}/actions")).await;
    assert_eq!((sent.len(), &sent[0]["members"], &sent[0]["lab"]), (1, &json!(["mem_1"]), &json!("notes-api")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_worked_for_some_only_has_an_exit_code_of_its_own() {
    let installation = with_room(2).await;
    answers_action(&installation, false, &results("extend", false, &[("mem_0", "done"), ("mem_1", "refused")])).await;
    let line = "room extend --all --minutes 15 --class DEVSECOPS --yes";
    let run = installation.run(line).await.exits(7);
    assert!(run.stdout.contains("no budget left"), "{}", run.stdout);
    installation.run("room extend --member nobody --minutes 15 --class DEVSECOPS --yes").await.exits(4);
    installation.run("room extend --minutes 15 --class DEVSECOPS --yes").await.exits(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_room_is_asked_for_in_calls_of_a_hundred() {
    let installation = with_room(250).await;
    answers_action(&installation, false, &results("stop", false, &[("mem_0", "done")])).await;
    installation.run("room stop --all --class DEVSECOPS --yes").await.exits(0);
    let sent = installation.bodies("POST", &format!("{CLASS}/actions")).await;
    let sizes: Vec<usize> = sent.iter().map(|body| body["members"].as_array().unwrap().len()).collect();
    assert_eq!(sizes, [100, 100, 50]);
    let ids: BTreeSet<String> = sent.iter().map(|body| body["id"].to_string()).collect();
    assert_eq!(ids.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_is_asked_for_again_under_its_id_until_the_old_machines_are_gone() {
    let installation = with_room(1).await;
    let action = Mock::given(method("POST")).and(path(format!("{CLASS}/actions")));
    let stopping = action.respond_with(ok(&results("restart", false, &[("mem_0", "stopping")])));
    stopping.up_to_n_times(1).mount(&installation.server).await;
    answers_action(&installation, false, &results("restart", false, &[("mem_0", "done")])).await;
    installation.run("room restart --all --class DEVSECOPS --yes").await.exits(0);
    let sent = installation.bodies("POST", &format!("{CLASS}/actions")).await;
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0]["id"], sent[1]["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_to_all_names_nobody() {
    let installation = with_room(2).await;
    answers_action(&installation, false, &results("message", false, &[])).await;
    let arguments = ["room", "message", "--all", "--class", "DEVSECOPS", "Back at two"];
    installation.run_with(&arguments, "").await.exits(0);
    let sent = &installation.bodies("POST", &format!("{CLASS}/actions")).await[0];
    assert_eq!((&sent["text"], sent.get("members")), (&json!("Back at two"), None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_at_the_room_shows_who_is_where() {
    let installation = with_room(2).await;
    let run = installation.run("room watch --once --class DEVSECOPS").await.exits(0);
    let ada = run.stdout.lines().find(|line| line.starts_with("Ada")).unwrap();
    assert!(ada.contains("working") && ada.contains("30 min") && ada.contains("1/3"), "{ada}");
    assert!(run.stdout.lines().any(|line| line.starts_with("Grace") && line.contains("not-started")), "{}", run.stdout);
    assert_eq!(
        installation.run("room watch --once --json --class DEVSECOPS").await.exits(0).json()["next"],
        Value::Null
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn watching_prints_a_line_per_change_and_asks_only_for_news() {
    let installation = Installation::with_class().await;
    let at = format!("{CLASS}/room");
    let look = || Mock::given(method("GET")).and(path(&at));
    let first = ok(&room(&working(people(2), "working"))).insert_header("etag", "\"1\"");
    look().respond_with(first).up_to_n_times(1).mount(&installation.server).await;
    let unchanged = look().and(header("if-none-match", "\"1\"")).respond_with(ResponseTemplate::new(304));
    unchanged.up_to_n_times(1).expect(1).mount(&installation.server).await;
    let second = ok(&room(&working(people(2), "stuck"))).insert_header("etag", "\"2\"");
    look()
        .and(header("if-none-match", "\"1\""))
        .respond_with(second)
        .up_to_n_times(1)
        .mount(&installation.server)
        .await;
    // The class is deleted: the watch ends.
    look().respond_with(problem(404, "class_not_found", "you have no such class")).mount(&installation.server).await;

    let run = installation.run("room watch --class DEVSECOPS --json").await.exits(4);
    let lines: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3, "{}", run.stdout);
    assert_eq!((&lines[0]["member"]["name"], &lines[0]["from"]), (&json!("ada"), &Value::Null));
    assert_eq!(lines[1]["to"], Value::Null);
    assert_eq!((&lines[2]["from"]["state"], &lines[2]["to"]["state"]), (&json!("working"), &json!("stuck")));
}
