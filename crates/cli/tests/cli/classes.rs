use serde_json::{Value, json};
use wiremock::matchers::{header, method, path, query_param, query_param_is_missing};
use wiremock::{Mock, ResponseTemplate};

use crate::installation::{CLASS, Installation, class, mode, ok, problem};

#[tokio::test(flavor = "multi_thread")]
async fn flags_become_the_settings_of_a_new_class() {
    let installation = Installation::start().await;
    installation.answers("POST", "/api/admin/classes", ResponseTemplate::new(201).set_body_json(class())).await;
    let line = "class create --code devsecops --title DevSecOps --time-zone Europe/Berlin --opens-at 2026-11-23T09:00 \
        --seats 30 --provider linode --budget 49.50 --idle-minutes 45";
    let run = installation.run(line).await.exits(0);
    assert!(run.stdout.contains("DEVSECOPS"), "{}", run.stdout);
    let sent = &installation.bodies("POST", "/api/admin/classes").await[0];
    let wanted = json!({ "code": "devsecops", "title": "DevSecOps", "time_zone": "Europe/Berlin",
        "opens_at": "2026-11-23T08:00:00Z", "closes_at": null, "seats": 30, "environments_per_trainee": 2,
        "idle_minutes": 45, "max_extra_minutes": 60, "trainee_extension_minutes": 0, "providers": ["linode"],
        "budget_micro_usd": 49_500_000, "viewing": "ask" });
    assert_eq!(sent, &wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_class_is_known_by_its_code_in_any_case_and_strangers_are_not_found() {
    let installation = Installation::with_class().await;
    installation.answers("GET", CLASS, ok(&class()).insert_header("etag", "\"7\"")).await;
    let shown = installation.run("class show --json --class devsecops").await.exits(0).json();
    assert_eq!((&shown["code"], &shown["etag"]), (&json!("DEVSECOPS"), &json!("\"7\"")));
    let run = installation.run("class show --class nosuch --json").await.exits(4);
    assert_eq!(serde_json::from_str::<Value>(&run.stderr).unwrap()["code"], "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_changes_one_setting_of_what_was_read() {
    let installation = Installation::with_class().await;
    installation.answers("GET", CLASS, ok(&class()).insert_header("etag", "\"7\"")).await;
    let put = Mock::given(method("PUT")).and(path(CLASS)).and(header("if-match", "\"7\""));
    put.respond_with(ok(&class()).insert_header("etag", "\"8\"")).expect(1).mount(&installation.server).await;
    installation.run("class edit --class cls_1 --seats 40").await.exits(0);
    let sent = &installation.bodies("PUT", CLASS).await[0];
    assert_eq!((&sent["seats"], &sent["instructors"]), (&json!(40), &json!(["ins_1"])));
    assert_eq!(sent.get("code"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_after_somebody_elses_says_who_that_was() {
    let installation = Installation::with_class().await;
    installation.answers("GET", CLASS, ok(&class()).insert_header("etag", "\"8\"")).await;
    installation.answers("PUT", CLASS, problem(412, "changed_meanwhile", "somebody wrote first")).await;
    let event = json!({ "id": "1", "at": "2026-11-22T09:00:00Z", "actor": { "kind": "instructor", "id": "ins_2",
        "name": "Lin" }, "action": "class.edit", "target": null,
        "changes": [{ "field": "seats", "from": 100, "to": 60 }], "trace_id": "t" });
    installation
        .answers("GET", &format!("{CLASS}/events"), ok(&json!({ "events": [event], "next_cursor": null })))
        .await;
    let mut file = class();
    file["etag"] = json!("\"7\"");
    let file = installation.file("settings.json", &file.to_string());
    let run = installation.run(&format!("class edit --class DEVSECOPS --file {file}")).await.exits(5);
    assert!(run.stderr.contains("Lin") && run.stderr.contains("seats 100 -> 60"), "{}", run.stderr);
    let sent = &installation.asked("PUT", CLASS).await[0];
    assert_eq!(sent.headers["if-match"], "\"7\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_wants_a_yes_and_prints_its_receipt() {
    let installation = Installation::with_class().await;
    let receipt = json!({ "class_id": "cls_1", "code": "DEVSECOPS", "title": "DevSecOps",
        "deleted_at": "2026-11-24T10:00:00Z", "deleted_by": "Grace", "counts": { "members": 41, "join_links": 1 },
        "machines": { "total": 80, "verified_absent": 80 }, "verified_absent": true });
    installation.answers("DELETE", CLASS, ok(&receipt)).await;
    let run = installation.run("class delete --class DEVSECOPS").await.exits(2);
    assert!(run.stderr.contains("--yes"), "{}", run.stderr);
    assert!(installation.asked("DELETE", CLASS).await.is_empty());
    let run = installation.run("class delete --class DEVSECOPS --yes").await.exits(0);
    assert!(run.stdout.contains("80, verified absent 80"), "{}", run.stdout);
    assert_eq!(installation.run("class delete --class DEVSECOPS --yes --json").await.exits(0).json(), receipt);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_goes_on_until_nothing_is_left() {
    let installation = Installation::with_class().await;
    let receipt = |verified: bool| {
        json!({ "class_id": "cls_1", "code": "DEVSECOPS", "title": "DevSecOps",
            "deleted_at": verified.then_some("2026-11-24T10:00:00Z"), "deleted_by": "Grace", "counts": {},
            "machines": { "total": 0, "verified_absent": 0 }, "verified_absent": verified })
    };
    let delete = || Mock::given(method("DELETE")).and(path(CLASS)).respond_with(ok(&receipt(false)));
    let just_now = problem(409, "class_archived_just_now", "wait").insert_header("retry-after", "1");
    let early = Mock::given(method("DELETE")).and(path(CLASS)).respond_with(just_now);
    early.up_to_n_times(1).mount(&installation.server).await;
    delete().up_to_n_times(1).mount(&installation.server).await;
    installation.answers("DELETE", CLASS, ok(&receipt(true))).await;
    let run = installation.run("class delete --class DEVSECOPS --yes").await.exits(0);
    assert!(run.stdout.contains("nothing of it is left"), "{}", run.stdout);
    assert_eq!(installation.asked("DELETE", CLASS).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_comes_as_its_problem_document() {
    let installation = Installation::with_class().await;
    installation.answers("DELETE", CLASS, problem(409, "class_not_archived", "archive the class first")).await;
    let run = installation.run("class delete --class DEVSECOPS --yes --json").await.exits(1);
    let document: Value = serde_json::from_str(&run.stderr).unwrap();
    assert_eq!((&document["code"], &document["status"]), (&json!("class_not_archived"), &json!(409)));
    assert_eq!(run.stdout, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_read_to_their_last_page() {
    let installation = Installation::start().await;
    let pages = [(None, "AAAA", Some("x y")), (Some("x y"), "BBBB", None)];
    for (cursor, code, next) in pages {
        let mut one = class();
        one["code"] = json!(code);
        let page = Mock::given(method("GET")).and(path("/api/admin/classes"));
        let page = match cursor {
            Some(cursor) => page.and(query_param("cursor", cursor)),
            None => page.and(query_param_is_missing("cursor")),
        };
        let answer = ok(&json!({ "classes": [one], "next_cursor": next }));
        page.respond_with(answer).mount(&installation.server).await;
    }
    let run = installation.run("class list").await.exits(0);
    let codes: Vec<&str> = run.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(codes, ["CODE", "AAAA", "BBBB"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_installation_is_asked_again() {
    let installation = Installation::start().await;
    let busy = Mock::given(method("GET")).and(path("/api/admin/classes"));
    busy.respond_with(problem(503, "unavailable", "busy")).up_to_n_times(2).mount(&installation.server).await;
    installation.answers("GET", "/api/admin/classes", ok(&json!({ "classes": [], "next_cursor": null }))).await;
    installation.run("class list").await.exits(0);
    assert_eq!(installation.asked("GET", "/api/admin/classes").await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn exports_go_into_files_that_nobody_else_reads() {
    let installation = Installation::with_class().await;
    let csv = Mock::given(method("GET")).and(path(format!("{CLASS}/usage"))).and(query_param("format", "csv"));
    let answer = ResponseTemplate::new(200).set_body_raw("who,cost\r\n'=Ada,1\r\n", "text/csv");
    csv.respond_with(answer).mount(&installation.server).await;
    let line = "class usage --class DEVSECOPS --csv";
    assert_eq!(installation.run(line).await.exits(0).stdout, "who,cost\r\n'=Ada,1\r\n");
    installation.run(&format!("{line} -o usage.csv")).await.exits(0);
    let file = installation.home.path().join("usage.csv");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "who,cost\r\n'=Ada,1\r\n");
    assert_eq!(mode(&file), 0o600);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_title_cannot_steer_the_terminal() {
    let installation = Installation::with_class().await;
    let mut bad = class();
    bad["title"] = json!("\u{1b}]0;pwned\u{7}\u{9b}31m");
    installation.answers("GET", CLASS, ok(&bad)).await;
    for line in ["class show --class cls_1", "class show --class cls_1 --json"] {
        let run = installation.run(line).await.exits(0);
        assert!(!run.stdout.chars().any(|c| c.is_control() && c != '\n'), "{:?}", run.stdout);
    }
}
