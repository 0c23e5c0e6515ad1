//! A lab's checks: run on the machine, kept with the environment.

use journeys::pocket_cloud::Isolation;
use journeys::{MANIFEST, TestApp, eventually, lab_files_checking};
use reqwest::Method;
use serde_json::{Value, json};

use crate::sandbox;

const CHECKED: &str = "title: A lab\nsummary: For tests\nminutes: 30\n\
    checks: { every: 60, limit: 5, titles: { 1-answer: Write the answer } }\nplacements:\n  \
    - { provider: digitalocean, region: fra1, size: s-1vcpu-1gb, image: debian-12-x64 }\n";

const ANSWER: &str = "#!/bin/sh\n[ \"$(cat answer 2>/dev/null)\" = 42 ] && echo Right && exit 0\n\
    echo \"There is no right answer yet.\"\nexit 1\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_the_trainee_asks_for_is_told_to_everybody_and_outlives_the_machine() {
    let app = sandbox::start().await;
    let class = app.class("CHECK-1").await;
    app.lab(&class, "lab-one", &lab_files_checking(CHECKED, &[("1-answer", ANSWER)])).await;
    let grace = app.instructor(&class, "grace").await;
    let ada = app.trainee(&class, "ada").await;
    let id = app.running(&ada, "lab-one").await;
    let path = format!("/api/environments/{id}");
    let ready = ada.get(&path).await;
    assert_eq!((&ready.body["checks"]["total"], &ready.body["checks"]["every_minutes"]), (&json!(1), &json!(60)));
    let mut terminal = sandbox::connect(&app, &ready, "tab-1").await;
    let result =
        |passed: bool| move |checks: &Value| checks["running"] == false && checks["items"][0]["passed"] == passed;

    terminal.send(&json!({ "type": "check" })).await;
    let checks = terminal.hear("checks", result(false)).await;
    let item = &checks["items"][0];
    assert_eq!(
        (&item["title"], &item["message"]),
        (&json!("Write the answer"), &json!("There is no right answer yet."))
    );
    let kept = async |passed: bool| {
        eventually("the result to be kept", async || {
            let environment = ada.get(&path).await;
            let item = environment.body["checks"]["items"][0].clone();
            (item["passed"] == passed).then_some((environment, item))
        })
        .await
    };
    let (_, item) = kept(false).await;
    assert_eq!((&item["message"], &item["passed_at"]), (&json!("There is no right answer yet."), &json!(null)));

    terminal.type_in("echo 42 > answer; echo written-\"down\"\r").await;
    terminal.expect("written-down").await;
    terminal.send(&json!({ "type": "check", "name": "1-answer" })).await;
    terminal.hear("checks", result(true)).await;
    let (environment, item) = kept(true).await;
    assert_eq!((&environment.body["checks"]["passed"], &item["message"]), (&json!(1), &json!("Right")));
    assert!(!item["passed_at"].is_null());
    assert!(environment.body["timeline"].to_string().contains("Write the answer"), "{environment:?}");
    let room = grace.get(&class.path("/room")).await;
    let tile = &room.list("people")[0]["environments"][0];
    assert_eq!((&tile["state"], &tile["checks_passed"]), (&json!("done"), &json!(1)));
    drop(terminal);

    let gone = app.end(&ada, &id).await;
    assert_eq!(
        (&gone.body["checks"]["passed"], &gone.body["checks"]["items"][0]["message"]),
        (&json!(1), &json!("Right"))
    );
    let usage = grace.get(&class.path("/usage")).await;
    assert_eq!(usage.list("rows")[0]["checks_passed"], 1);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_reports_for_its_own_environment_alone_and_only_what_the_lab_has() {
    let app = TestApp::start_with(|options| options.isolation = Isolation::None).await;
    let class = app.class("CHECK-2").await;
    app.lab(&class, "lab-one", &lab_files_checking(MANIFEST, &[("1-answer", ANSWER)])).await;
    let (ada, lin) = (app.trainee(&class, "ada").await, app.trainee(&class, "lin").await);
    let mut ids = Vec::new();
    for who in [&ada, &lin] {
        let id = app.play(who, "lab-one").await.text("id").to_owned();
        app.until(who, &id, "booting").await;
        ids.push(id);
    }
    let machine = app.anonymous().with_token(&app.machine_token(&ids[0]).await);
    let report = async |id: &str, name: &str, message: &str, at: i64| {
        let body = json!({ "results": [{ "name": name, "passed": true, "message": message, "at": at }] });
        machine.send_json(Method::POST, &format!("/api/environments/{id}/checks"), &body).await
    };
    let now = jiff::Timestamp::now().as_second();
    let others = report(&ids[1], "1-answer", "Right", now).await;
    assert_eq!((others.status, others.code()), (401, "unauthenticated"));
    assert_eq!(lin.get(&format!("/api/environments/{}", ids[1])).await.body["checks"]["passed"], 0);
    assert_eq!(report(&ids[0], "9-none", "Right", now).await.status, 200, "what it does not know it passes over");
    let own = async || ada.get(&format!("/api/environments/{}", ids[0])).await.body["checks"].clone();
    assert_eq!(own().await["passed"], 0);

    let answer = report(&ids[0], "1-answer", "Ri\u{1b}[2Jght\n", now + 3600).await;
    assert_eq!((answer.status, answer.text("wanted")), (200, "running"));
    let item = own().await["items"][0].clone();
    assert_eq!((&item["passed"], &item["message"]), (&json!(true), &json!("Ri[2Jght")), "nothing that moves a cursor");
    let checked_at: jiff::Timestamp = item["checked_at"].as_str().unwrap().parse().unwrap();
    assert!(checked_at <= jiff::Timestamp::now(), "no machine's clock runs ahead of ours");
    let result = json!({ "name": "1-answer", "passed": true, "message": "", "at": now });
    for (kind, results) in [("none", vec![]), ("too many", vec![result.clone(); 41])] {
        let body = json!({ "results": results });
        let refused = machine.send_json(Method::POST, &format!("/api/environments/{}/checks", ids[0]), &body).await;
        assert_eq!(refused.status, 422, "{kind}");
    }
    assert_eq!(report(&ids[0], "1-answer", &"x".repeat(501), now).await.status, 422);
    for (who, id) in [(&ada, &ids[0]), (&lin, &ids[1])] {
        app.end(who, id).await;
    }
    assert_eq!(report(&ids[0], "1-answer", "Right", now).await.status, 401, "the token ended with the environment");
    app.finish().await;
}
