use serde_json::{Value, json};
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, ResponseTemplate};

use crate::installation::{CLASS, Installation, mode, ok};

fn outcome(mode: &str, bad: u64, imported: bool) -> Value {
    let mut rows = vec![json!({ "row": 2, "outcome": "new", "display_name": "Ada", "name": "ada", "problems": [] })];
    if bad > 0 {
        rows.push(json!({ "row": 3, "outcome": "bad", "display_name": "=cmd()", "name": null, "problems": [
            { "field": "display_name", "problem": "looks like a formula", "fix": "remove the =" }] }));
    }
    let codes =
        if imported { json!([{ "name": "ada", "display_name": "Ada", "code": "K7QF-2MXA" }]) } else { json!([]) };
    json!({ "mode": mode, "columns": { "name": null, "display_name": "Name", "email": null, "extra_time_percent": null },
        "delimiter": ";", "encoding": "utf-8", "rows": rows, "counts": { "new": 1, "unchanged": 0, "bad": bad },
        "imported": imported, "codes": codes, "codes_expire_at": "2026-11-29T00:00:00Z" })
}

async fn with_roster(mode: &str, bad: u64, imported: bool) -> (Installation, String) {
    let installation = Installation::with_class().await;
    let roster = Mock::given(method("POST")).and(path(format!("{CLASS}/roster"))).and(query_param("mode", mode));
    roster.respond_with(ok(&outcome(mode, bad, imported))).mount(&installation.server).await;
    let file = installation.file("roster.csv", "\u{feff}Name\nAda\n");
    (installation, format!("roster import {file} --class DEVSECOPS"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_names_every_bad_row_and_writes_nothing() {
    let (installation, line) = with_roster("preview", 1, false).await;
    let run = installation.run(&line).await.exits(1);
    assert!(run.stdout.contains("looks like a formula") && run.stdout.contains("remove the ="), "{}", run.stdout);
    assert!(run.stdout.lines().any(|line| line.starts_with("3 ")), "{}", run.stdout);
    assert!(!installation.home.path().join("codes-DEVSECOPS.csv").exists());
    let sent = &installation.asked("POST", &format!("{CLASS}/roster")).await[0];
    assert_eq!(sent.body, "\u{feff}Name\nAda\n".as_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_go_into_a_new_file_for_the_owner_alone() {
    let (installation, line) = with_roster("good", 1, true).await;
    let run = installation.run(&format!("{line} --good")).await.exits(7);
    assert!(!run.stdout.contains("K7QF-2MXA"), "{}", run.stdout);
    let file = installation.home.path().join("codes-DEVSECOPS.csv");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "name,display_name,code\nada,Ada,K7QF-2MXA\n");
    assert_eq!(mode(&file), 0o600);
    // The codes of the first time stay.
    installation.run(&format!("{line} --good --codes codes-DEVSECOPS.csv")).await.exits(2);
    assert_eq!(installation.asked("POST", &format!("{CLASS}/roster")).await.len(), 1);
    let document = installation.run(&format!("{line} --good --json")).await.exits(7).json();
    assert_eq!(document["codes"][0]["code"], "K7QF-2MXA");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_or_nobody_leaves_no_empty_file_behind() {
    let (installation, line) = with_roster("all", 1, false).await;
    installation.run(&format!("{line} --all")).await.exits(1);
    assert!(!installation.home.path().join("codes-DEVSECOPS.csv").exists());
    installation.run(&format!("{line} --all --good")).await.exits(2);
}

async fn with_ada() -> Installation {
    let installation = Installation::with_class().await;
    let ada = json!({ "id": "mem_1", "name": "ada", "display_name": "Ada", "email": "ada@example.org",
        "state": "active", "extra_time_percent": 25, "joined_via": "roster", "created_at": "2026-11-20T08:00:00Z",
        "last_sign_in_at": null, "revision": 12 });
    installation
        .answers("GET", &format!("{CLASS}/members"), ok(&json!({ "members": [ada], "next_cursor": null })))
        .await;
    installation.answers("PUT", &format!("{CLASS}/members/mem_1"), ok(&ada)).await;
    installation
}

#[tokio::test(flavor = "multi_thread")]
async fn suspending_changes_nothing_else_about_a_person() {
    let installation = with_ada().await;
    installation.run("member suspend --class DEVSECOPS --member ada@example.org").await.exits(0);
    let sent = &installation.asked("PUT", &format!("{CLASS}/members/mem_1")).await[0];
    assert_eq!(sent.headers["if-match"], "\"12\"");
    let wanted = json!({ "display_name": "Ada", "email": "ada@example.org", "extra_time_percent": 25,
        "suspended": true });
    assert_eq!(sent.body_json::<Value>().unwrap(), wanted);
    installation.run("member suspend --class DEVSECOPS --member grace").await.exits(4);
    installation.run("member extra-time --class DEVSECOPS --member ada --percent 301").await.exits(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_code_is_asked_about_because_it_ends_sessions() {
    let installation = with_ada().await;
    let code = json!({ "code": "K7QF-2MXA", "expires_at": "2026-11-29T00:00:00Z" });
    let at = format!("{CLASS}/members/mem_1/code");
    installation.answers("POST", &at, ResponseTemplate::new(201).set_body_json(code)).await;
    installation.run("member code --class DEVSECOPS --member ada").await.exits(2);
    let run = installation.run("member code --class DEVSECOPS --member ada --yes").await.exits(0);
    assert!(run.stdout.contains("K7QF-2MXA"), "{}", run.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_join_link_in_a_pipe_is_its_address_alone() {
    let installation = Installation::with_class().await;
    let link = json!({ "id": "lnk_1", "created_at": "2026-11-22T08:00:00Z", "created_by": "Grace",
        "expires_at": "2026-11-23T08:00:00Z", "seats": 30, "used": 0, "revoked_at": null,
        "url": "https://portal.example/join#secret", "token": "secret" });
    let at = format!("{CLASS}/join-links");
    installation.answers("POST", &at, ResponseTemplate::new(201).set_body_json(link)).await;
    let line = "join-link create --class DEVSECOPS --seats 30 --expires 2026-11-23T08:00:00Z";
    let run = installation.run(line).await.exits(0);
    assert_eq!(run.stdout, "https://portal.example/join#secret\n");
    assert_eq!(installation.bodies("POST", &at).await, [json!({ "expires_at": "2026-11-23T08:00:00Z", "seats": 30 })]);
}
