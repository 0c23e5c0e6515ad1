//! Time: who left is stopped, who needs more adds what the class allows, and the machine is told.

use jiff::{SignedDuration, Timestamp};
use journeys::{Answer, MANIFEST, Session, TestApp, lab_files_with};
use reqwest::Method;
use serde_json::{Value, json};

async fn active(app: &TestApp, id: &str, minutes_ago: i64) -> Answer {
    let machine = app.anonymous().with_token(&app.machine_token(id).await);
    let at = (Timestamp::now() - SignedDuration::from_mins(minutes_ago)).as_second();
    let body = json!({ "stage": "ready", "agent_version": "1", "active_at": at });
    machine.send_json(Method::POST, &format!("/api/environments/{id}/report"), &body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_left_long_ago_is_stopped_where_the_class_says_so() {
    let app = TestApp::start().await;
    let class = app.class("IDLE-1").await;
    let ada = app.trainee(&class, "ada").await;
    let id = app.running(&ada, "lab-one").await;
    assert_eq!(active(&app, &id, 400).await.text("wanted"), "running", "without a limit nobody is idle for too long");
    app.end(&ada, &id).await;

    app.edit_class(&class, |settings| settings["idle_minutes"] = json!(20)).await;
    let id = app.running(&ada, "lab-one").await;
    assert_eq!(ada.get(&format!("/api/environments/{id}")).await.body["idle_minutes"], 20);
    for (minutes_ago, wanted) in [(19, "running"), (1, "running"), (50, "running")] {
        assert_eq!(
            active(&app, &id, minutes_ago).await.text("wanted"),
            wanted,
            "the latest word counts: {minutes_ago}"
        );
    }
    app.end(&ada, &id).await;
    let id = app.running(&ada, "lab-one").await;
    assert_eq!(active(&app, &id, 21).await.text("wanted"), "gone");
    let gone = app.until(&ada, &id, "gone").await;
    assert_eq!(gone.text("receipt.reason"), "idle");
    assert!(gone.body["timeline"].to_string().contains("idle"));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_the_classs_and_the_labs_limit_the_shorter_one_holds() {
    let app = TestApp::start().await;
    let class = app.class("IDLE-2").await;
    app.edit_class(&class, |settings| settings["idle_minutes"] = json!(60)).await;
    let limited = format!("{MANIFEST}limits: {{ idle_minutes: 10, extra_minutes: 5 }}\n");
    app.lab(&class, "lab-one", &lab_files_with(&limited, "#!/bin/sh\n")).await;
    let ada = app.trainee(&class, "ada").await;
    let id = app.running(&ada, "lab-one").await;
    let told = ada.get(&format!("/api/environments/{id}")).await;
    assert_eq!(told.body["idle_minutes"], 10);
    assert_eq!(active(&app, &id, 11).await.text("wanted"), "gone");
    app.until(&ada, &id, "gone").await;
    app.finish().await;
}

async fn extend(who: &Session, id: &str, press: &str) -> Answer {
    who.send_json(Method::POST, &format!("/api/environments/{id}/extend"), &json!({ "id": press })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trainee_adds_time_press_by_press_and_the_machine_learns_its_new_deadline() {
    let app = TestApp::start().await;
    let class = app.class("EXT-1").await;
    let (ada, lin) = (app.trainee(&class, "ada").await, app.trainee(&class, "lin").await);
    let id = app.running(&ada, "lab-one").await;
    let path = format!("/api/environments/{id}");
    let before = ada.get(&path).await;
    assert_eq!(before.body["extension"], json!(null), "in this class only instructors add time");
    let refused = extend(&ada, &id, "one").await;
    assert_eq!((refused.status, refused.code()), (409, "no_extension_left"));
    app.end(&ada, &id).await;

    let change = |settings: &mut Value| {
        settings["max_extra_minutes"] = json!(20);
        settings["trainee_extension_minutes"] = json!(15);
    };
    app.edit_class(&class, change).await;
    let id = app.running(&ada, "lab-one").await;
    let path = format!("/api/environments/{id}");
    let before = ada.get(&path).await;
    assert_eq!(before.body["extension"], json!({ "minutes": 15, "left_minutes": 20 }));
    let ends = |answer: &Answer| answer.text("expires_at").parse::<Timestamp>().unwrap();
    let added = |answer: &Answer| ends(answer).duration_since(ends(&before)).as_mins();

    let first = extend(&ada, &id, "one").await;
    assert_eq!((first.status, added(&first)), (200, 15), "{first:?}");
    assert_eq!(first.body["extension"], json!({ "minutes": 5, "left_minutes": 5 }));
    let again = extend(&ada, &id, "one").await;
    assert_eq!((again.status, added(&again)), (200, 15), "the same press adds nothing");
    assert_eq!(ends(&active(&app, &id, 0).await), ends(&first), "the machine is told");
    let second = extend(&ada, &id, "two").await;
    assert_eq!((added(&second), &second.body["extension"]), (20, &json!(null)));
    let third = extend(&ada, &id, "three").await;
    assert_eq!((third.status, third.code()), (409, "no_extension_left"));
    assert_eq!(extend(&lin, &id, "four").await.status, 404, "nobody else's");
    assert!(ada.get(&path).await.body["timeline"].to_string().contains("15 minutes more"));

    // When the old deadline has passed it goes on; when the new one has, it ends.
    let mut environment = app.store().environment(&id.parse().unwrap()).await.unwrap().unwrap();
    environment.expires_at = Some(Timestamp::now() - SignedDuration::from_secs(1));
    app.store().save(&mut environment, Timestamp::now()).await.unwrap();
    app.local().invoke_reaper().await.unwrap();
    assert_eq!(app.until(&ada, &id, "gone").await.text("receipt.reason"), "expired");
    app.finish().await;
}
