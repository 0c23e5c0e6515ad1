//! The record: who did what to a class, and what changed.

use jiff::{SignedDuration, Timestamp};
use journeys::{TestApp, lab_files};
use reqwest::Method;
use serde_json::{Value, json};

use crate::people::{change, invite};

#[tokio::test(flavor = "multi_thread")]
async fn every_action_of_an_instructor_is_on_record_with_who_and_what_changed() {
    let app = TestApp::start().await;
    let class = app.class("EVENT-1").await;
    let grace = app.instructor(&class, "grace").await;
    let graces = app.id_of(&grace).await;
    let (id, code) = invite(&grace, &class, "ada").await;
    change(&grace, &class, "ada", "extra_time_percent", json!(25)).await;
    let reset = grace.post(&class.path(&format!("/members/{id}/code"))).await;
    assert_eq!(grace.send_json(Method::PUT, &class.path("/labs/lab-two"), &lab_files()).await.status, 200);
    let link = json!({ "expires_at": Timestamp::now() + SignedDuration::from_hours(1), "seats": 5 });
    let link = grace.send_json(Method::POST, &class.path("/join-links"), &link).await;
    assert_eq!(grace.delete(&class.path(&format!("/join-links/{}", link.text("id")))).await.status, 204);
    let message = json!({ "id": "m", "action": "message", "text": "Lunch" });
    grace.send_json(Method::POST, &class.path("/actions"), &message).await;
    app.edit_class(&class, |settings| settings["title"] = json!("Another title")).await;

    let events = grace.get(&class.path("/events")).await;
    let told: Vec<(&str, &str)> = events
        .list("events")
        .iter()
        .map(|event| (event["action"].as_str().unwrap(), event["actor"]["name"].as_str().unwrap()))
        .collect();
    let expected = [
        ("class.edited", "Operator"),
        ("room.message", "grace"),
        ("join-link.revoked", "grace"),
        ("join-link.created", "grace"),
        ("lab.pushed", "grace"),
        ("member.reset", "grace"),
        ("member.edited", "grace"),
        ("member.added", "grace"),
        ("class.edited", "Operator"),
        ("lab.pushed", "Operator"),
        ("class.created", "Operator"),
    ];
    assert_eq!(told, expected);
    let event = |action: &str| events.list("events").iter().find(|event| event["action"] == action).unwrap();
    let title = json!([{ "field": "title", "from": "A class", "to": "Another title" }]);
    assert_eq!(event("class.edited")["changes"], title);
    let edited = event("member.edited");
    let extra = json!([{ "field": "extra_time_percent", "from": "0", "to": "25" }]);
    assert_eq!((&edited["changes"], &edited["target"]), (&extra, &json!(id)));
    assert_eq!((&edited["actor"]["kind"], &edited["actor"]["id"]), (&json!("instructor"), &json!(graces)));
    assert_eq!(edited["trace_id"].as_str().map(str::len), Some(32));

    let text = events.body.to_string();
    for (kind, secret) in [("code", code.as_str()), ("new code", reset.text("code")), ("link", link.text("token"))] {
        assert!(!text.contains(secret), "the {kind} is in the record");
    }
    assert!(!text.contains(journeys::PASSWORD) && !text.contains("argon2"));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_record_comes_in_pages_the_newest_first_and_none_twice() {
    let app = TestApp::start().await;
    let class = app.class("EVENT-2").await;
    let other = app.class("EVENT-3").await;
    for number in 0..120 {
        app.edit_class(&class, |settings| settings["title"] = json!(format!("Title {number}"))).await;
    }
    let path = class.path("/events");
    let first = app.operator().get(&path).await;
    assert_eq!(first.list("events").len(), 100);
    let rest = app.operator().get(&format!("{path}?cursor={}", first.text("next_cursor"))).await;
    assert_eq!((rest.list("events").len(), &rest.body["next_cursor"]), (22, &json!(null)));
    let all = [first.list("events"), rest.list("events")].concat();
    let titles: Vec<&Value> =
        all.iter().filter(|event| event["action"] == "class.edited").map(|event| &event["changes"][0]["to"]).collect();
    let expected: Vec<Value> = (0..120).rev().map(|number| json!(format!("Title {number}"))).collect();
    assert_eq!(titles, expected.iter().collect::<Vec<_>>());
    let elsewhere =
        app.operator().get(&format!("{}?cursor={}", other.path("/events"), first.text("next_cursor"))).await;
    assert!(elsewhere.list("events").iter().all(|event| event["target"] != "EVENT-2"), "a cursor opens no other class");
    assert_eq!(app.operator().get(&format!("{path}?cursor=x")).await.status, 422);
    app.finish().await;
}
