//! What a lab machine may do with its token, and what not.

use journeys::TestApp;
use journeys::pocket_cloud::Isolation;
use reqwest::Method;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_fetches_its_own_bundle_and_reports_its_stages() {
    let app = TestApp::start_with(|options| options.isolation = Isolation::None).await;
    let class = app.class("MACH-1").await;
    let ada = app.trainee(&class, "ada").await;
    let id = app.play(&ada, "lab-one").await.text("id").to_owned();
    app.until(&ada, &id, "booting").await;
    let machine = app.anonymous().with_token(&app.machine_token(&id).await);

    let bundle = machine.get(&format!("/api/environments/{id}/bundle")).await;
    assert_eq!((bundle.status, bundle.body["protocol"].as_u64()), (200, Some(1)));
    assert_eq!(bundle.text("portal_origin"), app.local().url());
    let paths: Vec<&str> =
        bundle.body["files"].as_array().unwrap().iter().filter_map(|file| file["path"].as_str()).collect();
    assert_eq!(paths, ["files/hello.txt", "guide.md", "lab.yaml", "setup.sh"]);

    let report = format!("/api/environments/{id}/report");
    for stage in ["agent-started", "setting-up", "setting-up", "ready", "ready"] {
        let body = json!({ "stage": stage, "agent_version": "1" });
        let answer = machine.send_json(Method::POST, &report, &body).await;
        assert_eq!((answer.status, answer.text("wanted")), (200, "running"), "{stage}");
    }
    let ready = app.until(&ada, &id, "ready").await;
    assert_eq!(ready.text("access.secret"), bundle.text("access_secret"));
    let times =
        |stage: &str| ready.body["timeline"].as_array().unwrap().iter().filter(|entry| entry["stage"] == stage).count();
    assert_eq!((times("setting-up"), times("ready")), (1, 1), "a repeated report says nothing new");

    app.stop(&ada, &id).await;
    app.until(&ada, &id, "gone").await;
    let late = machine.get(&format!("/api/environments/{id}/bundle")).await;
    assert_eq!(late.status, 401, "the token ended with the environment");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_can_speak_for_no_other_environment() {
    let app = TestApp::start().await;
    let class = app.class("MACH-2").await;
    let (ada, lin) = (app.trainee(&class, "ada").await, app.trainee(&class, "lin").await);
    let adas = app.play(&ada, "lab-one").await.text("id").to_owned();
    let lins = app.play(&lin, "lab-one").await.text("id").to_owned();
    app.until(&ada, &adas, "ready").await;
    app.until(&lin, &lins, "ready").await;
    let machine = app.anonymous().with_token(&app.machine_token(&adas).await);
    let body = json!({ "stage": "failed", "agent_version": "1" });
    assert_eq!(machine.get(&format!("/api/environments/{lins}/bundle")).await.status, 401);
    assert_eq!(machine.send_json(Method::POST, &format!("/api/environments/{lins}/report"), &body).await.status, 401);
    assert_eq!(lin.get(&format!("/api/environments/{lins}")).await.text("status"), "ready");
    for (who, id) in [(&ada, &adas), (&lin, &lins)] {
        app.stop(who, id).await;
        app.until(who, id, "gone").await;
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setup_that_fails_ends_the_environment_with_its_reason_and_no_machine() {
    let app = TestApp::start_with(|options| options.isolation = Isolation::None).await;
    let class = app.class("MACH-3").await;
    let ada = app.trainee(&class, "ada").await;
    let id = app.play(&ada, "lab-one").await.text("id").to_owned();
    app.until(&ada, &id, "booting").await;
    let machine = app.anonymous().with_token(&app.machine_token(&id).await);
    let body = json!({ "stage": "failed", "detail": "setup.sh ended with 3: no such file", "agent_version": "1" });
    machine.send_json(Method::POST, &format!("/api/environments/{id}/report"), &body).await;
    let failed = app.until(&ada, &id, "failed").await;
    assert_eq!(failed.text("failure.code"), "setup_failed");
    assert!(failed.text("failure.message").contains("no such file"));
    assert_eq!(failed.body["receipt"]["resources"].as_array().map(Vec::len), Some(1));
    app.finish().await;
}
