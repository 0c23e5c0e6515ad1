//! Help without walking over: a hand, a question, an answer, and a terminal that shows itself to whom it is allowed.

use journeys::pocket_cloud::Isolation;
use journeys::{Answer, Closed, Session, Terminal, TestApp, TestClass, eventually};
use reqwest::Method;
use serde_json::{Value, json};

use crate::sandbox;

async fn view(who: &Session, class: &TestClass, id: &str) -> Answer {
    who.post(&class.path(&format!("/environments/{id}/view"))).await
}

async fn answer(who: &Session, id: &str, answer: &str) -> Answer {
    let body = json!({ "answer": answer });
    who.send_json(Method::POST, &format!("/api/environments/{id}/viewing"), &body).await
}

async fn actions(who: &Session, class: &TestClass) -> Vec<(String, String)> {
    let events = who.get(&class.path("/events")).await;
    let told = |event: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&event["action"]), text(&event["actor"]["name"]))
    };
    events.list("events").iter().map(told).filter(|(action, _)| action.starts_with("viewing.")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_a_terminal_before_its_trainee_said_yes() {
    let app = TestApp::start_with(|options| options.isolation = Isolation::None).await;
    let class = app.class("HELP-1").await;
    let grace = app.instructor(&class, "grace").await;
    let stranger = app.new_instructor("stranger").await;
    let ada = app.trainee(&class, "ada").await;
    let id = app.play(&ada, "lab-one").await.text("id").to_owned();
    app.until(&ada, &id, "booting").await;
    let early = view(&grace, &class, &id).await;
    assert_eq!((early.status, early.code()), (409, "not_running"));
    let machine = app.anonymous().with_token(&app.machine_token(&id).await);
    let bundle = machine.get(&format!("/api/environments/{id}/bundle")).await;
    assert_eq!(bundle.text("viewing"), "ask");
    let ready = json!({ "stage": "ready", "agent_version": "1" });
    machine.send_json(Method::POST, &format!("/api/environments/{id}/report"), &ready).await;
    let before = app.until(&ada, &id, "ready").await;
    assert_eq!(before.body["viewing"], json!({ "policy": "ask", "asked": null, "answer": null }));

    assert_eq!(answer(&ada, &id, "allowed").await.body["viewing"]["answer"], json!(null), "nobody has asked");
    assert!(actions(&grace, &class).await.is_empty());
    assert_eq!(view(&stranger, &class, &id).await.status, 403);
    let asked = view(&grace, &class, &id).await;
    assert_eq!((asked.text("state"), &asked.body["access"]), ("asked", &json!(null)));
    assert_eq!(view(&grace, &class, &id).await.text("state"), "asked", "asking again is asking once");
    let told = ada.get(&format!("/api/environments/{id}")).await;
    assert_eq!(told.text("viewing.asked.by"), "grace");
    assert_eq!(answer(&ada, &id, "refused").await.text("viewing.answer"), "refused");
    let room = grace.get(&class.path("/room")).await;
    assert_eq!(room.list("people")[0]["environments"][0]["viewing"]["answer"], "refused");
    let again = view(&grace, &class, &id).await;
    assert_eq!((again.text("state"), &again.body["access"]), ("asked", &json!(null)), "it is a new question");

    answer(&ada, &id, "allowed").await;
    let allowed = view(&grace, &class, &id).await;
    assert_eq!(
        (allowed.text("state"), allowed.text("access.viewer_secret")),
        ("allowed", bundle.text("viewer_secret"))
    );
    assert_ne!(allowed.text("access.viewer_secret"), bundle.text("access_secret"));
    assert_eq!(allowed.text("access.terminal_url"), before.text("access.terminal_url"));
    answer(&ada, &id, "refused").await;
    let taken_back = view(&grace, &class, &id).await;
    assert_eq!(taken_back.body["access"], json!(null));

    // Who, and what, the newest first.
    let said = actions(&grace, &class).await;
    let expected = [
        ("viewing.asked", "grace"),
        ("viewing.refused", "ada"),
        ("viewing.opened", "grace"),
        ("viewing.allowed", "ada"),
        ("viewing.asked", "grace"),
        ("viewing.refused", "ada"),
        ("viewing.asked", "grace"),
    ];
    assert_eq!(said, expected.map(|(action, by)| (action.to_owned(), by.to_owned())));
    let events = grace.get(&class.path("/events")).await.body.to_string();
    for secret in ["viewer_secret", "access_secret"] {
        assert!(!events.contains(bundle.text(secret)), "{secret} is in the events");
    }
    let detail = grace.get(&class.path(&format!("/environments/{id}"))).await.body.to_string();
    assert!(!detail.contains(bundle.text("access_secret")) && !detail.contains(bundle.text("viewer_secret")));
    app.end(&ada, &id).await;
    assert_eq!(view(&grace, &class, &id).await.status, 409);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instructor_looks_over_the_shoulder_while_it_is_allowed_and_types_nothing() {
    let app = sandbox::start().await;
    let class = app.class("HELP-2").await;
    let grace = app.instructor(&class, "grace").await;
    let ada = app.trainee(&class, "ada").await;
    let id = app.running(&ada, "lab-one").await;
    let ready = ada.get(&format!("/api/environments/{id}")).await;
    let mut own = sandbox::connect(&app, &ready, "tab-1").await;
    own.type_in("echo before-$((40 + 2))\r").await;
    own.expect("before-42").await;

    view(&grace, &class, &id).await;
    answer(&ada, &id, "allowed").await;
    let allowed = view(&grace, &class, &id).await;
    let (url, secret) = (allowed.text("access.terminal_url"), allowed.text("access.viewer_secret"));
    let portal = app.local().url();
    let watch = async || Terminal::watch(url, portal, secret, "Grace").await;
    assert_eq!(watch().await.err(), Some(Closed(4403)), "the machine has the last word");
    assert_eq!(
        Terminal::connect(url, portal, secret, "tab-9").await.err(),
        Some(Closed(4401)),
        "it opens nothing else"
    );

    own.send(&json!({ "type": "viewing", "mode": "read" })).await;
    own.hear("viewing", |viewing| viewing["mode"] == "read").await;
    let mut viewer = watch().await.unwrap_or_else(|closed| panic!("{closed:?}"));
    assert!(viewer.readonly);
    viewer.expect("before-42").await;
    own.hear("viewing", |viewing| viewing["watching"] == json!(["Grace"])).await;
    viewer.send(&json!({ "type": "input", "seq": 1, "data": "touch typed-by-grace\r" })).await;
    viewer.send(&json!({ "type": "ping" })).await;
    viewer.hear("pong", |_| true).await;
    own.type_in("ls typed-by-grace || echo not-\"there\"\r").await;
    viewer.expect("not-there").await;

    own.send(&json!({ "type": "viewing", "mode": "off" })).await;
    assert_eq!(viewer.closed().await, Closed(4403));
    own.hear("viewing", |viewing| viewing["mode"] == "off" && viewing["watching"] == json!([])).await;
    assert_eq!(watch().await.err(), Some(Closed(4403)));
    drop(own);
    app.end(&ada, &id).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_looking_on_is_part_of_the_class_it_needs_no_question_and_is_told() {
    let app = sandbox::start().await;
    let class = app.class("HELP-3").await;
    app.edit_class(&class, |settings| settings["viewing"] = json!("open")).await;
    let grace = app.instructor(&class, "grace").await;
    let ada = app.trainee(&class, "ada").await;
    let id = app.running(&ada, "lab-one").await;
    let ready = ada.get(&format!("/api/environments/{id}")).await;
    assert_eq!(ready.text("viewing.policy"), "open");
    let mut own = sandbox::connect(&app, &ready, "tab-1").await;
    let open = view(&grace, &class, &id).await;
    assert_eq!(open.text("state"), "allowed");
    let (url, secret) = (open.text("access.terminal_url"), open.text("access.viewer_secret"));
    let viewer = Terminal::watch(url, app.local().url(), secret, "Grace").await.unwrap();
    assert!(viewer.readonly);
    own.hear("viewing", |viewing| viewing["watching"] == json!(["Grace"])).await;
    eventually("the look to be on record", async || {
        let said = actions(&grace, &class).await;
        said.contains(&("viewing.opened".to_owned(), "grace".to_owned())).then_some(())
    })
    .await;
    drop((own, viewer));
    app.end(&ada, &id).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_raised_hand_is_seen_with_its_note_until_it_is_lowered() {
    let app = TestApp::start().await;
    let class = app.class("HELP-4").await;
    let grace = app.instructor(&class, "grace").await;
    let (ada, lin) = (app.trainee(&class, "ada").await, app.trainee(&class, "lin").await);
    let id = app.running(&ada, "lab-one").await;
    let path = format!("/api/environments/{id}/hand");
    let raise = |note: &str| json!({ "raised": true, "note": note });
    let first = ada.send_json(Method::POST, &path, &raise("It says no")).await;
    assert_eq!((first.status, first.text("hand.note")), (200, "It says no"));
    let since = first.text("hand.since").to_owned();
    let again = ada.send_json(Method::POST, &path, &raise("It still says no")).await;
    assert_eq!((again.text("hand.note"), again.text("hand.since")), ("It still says no", since.as_str()));
    let room = grace.get(&class.path("/room")).await;
    let tile =
        |room: &Answer| room.list("people").iter().find(|one| one["name"] == "ada").unwrap()["environments"][0].clone();
    assert_eq!((&tile(&room)["state"], &tile(&room)["hand"]["note"]), (&json!("stuck"), &json!("It still says no")));
    assert_eq!(lin.send_json(Method::POST, &path, &raise("Not mine")).await.status, 404);
    for wrong in ["x".repeat(201), "two\nlines".to_owned()] {
        assert_eq!(ada.send_json(Method::POST, &path, &raise(&wrong)).await.status, 422);
    }
    let lowered = ada.send_json(Method::POST, &path, &json!({ "raised": false })).await;
    assert_eq!(lowered.body["hand"], json!(null));
    assert_eq!(tile(&grace.get(&class.path("/room")).await)["state"], "working");
    app.end(&ada, &id).await;
    app.finish().await;
}
