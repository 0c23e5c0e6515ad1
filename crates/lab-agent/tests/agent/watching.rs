//! Looking at a trainee's terminal, with the trainee's consent.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::application;
use crate::browser::{Browser, connect};
use crate::gate::enter;
use crate::lab::{Lab, LabBuilder, PORTAL, VIEWER_SECRET, eventually};

async fn asking() -> Lab {
    LabBuilder::new().setup("true").viewing("ask").ready().await
}

async fn allow(owner: &mut Browser, mode: &str) {
    owner.send(&json!({"type": "viewing", "mode": mode})).await;
    owner.hears_of("viewing", |viewing| viewing["mode"] == mode).await;
}

fn watched_by(names: &[&str]) -> impl Fn(&Value) -> bool {
    let names = json!(names);
    move |viewing| viewing["watching"] == names
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_looks_on_before_the_trainee_allows_it() {
    let lab = asking().await;
    let mut owner = connect(&lab, PORTAL).await.unwrap();
    owner.hello(crate::lab::SECRET, "a", 80, 24).await;
    let welcome = owner.hears("welcome").await;
    assert_eq!((&welcome["readonly"], &welcome["viewing"]), (&json!(false), &json!("off")));
    assert_eq!(owner.hears("viewing").await, json!({"type": "viewing", "mode": "off", "watching": []}));
    let mut watcher = Browser::ask_to_watch(&lab, "Grace", "g").await;
    assert_eq!(watcher.is_closed_with().await, 4403);
    assert!(watcher.drawn.is_empty() && watcher.messages.is_empty(), "and sees nothing");

    allow(&mut owner, "read").await;
    let mut watcher = Browser::ask_to_watch(&lab, "Grace", "g").await;
    let welcome = watcher.hears("welcome").await;
    assert_eq!((&welcome["readonly"], &welcome["viewing"]), (&json!(true), &json!("read")));
    owner.hears_of("viewing", watched_by(&["Grace"])).await;
    assert_eq!(watcher.hears("viewing").await["watching"], json!(["Grace"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_sees_what_the_trainee_does_and_types_nothing() {
    let lab = asking().await;
    let mut owner = Browser::open(&lab, "a").await;
    allow(&mut owner, "read").await;
    owner.types(1, "echo before-$((1))\r").await;
    owner.sees("before-1").await;
    let mut watcher = Browser::watch(&lab, "Grace", "g").await;
    watcher.sees("before-1").await;
    watcher.types(1, "touch typed\r").await;
    watcher.send(&json!({"type": "resize", "cols": 50, "rows": 20})).await;
    watcher.send(&json!({"type": "viewing", "mode": "write"})).await;
    watcher.send(&json!({"type": "check"})).await;
    watcher.types(2, "touch typed\r").await;
    watcher.send(&json!({"type": "ping"})).await;
    watcher.hears("pong").await;
    owner.types(2, "stty size; ls; echo after-$((2))\r").await;
    watcher.sees("after-2").await;
    watcher.sees("24 80").await;
    assert!(!lab.home("typed").exists());
    assert!(watcher.messages.iter().all(|message| message["type"] != "ack"), "{:?}", watcher.messages);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_who_is_granted_writing_types_until_it_is_taken_back() {
    let lab = asking().await;
    let mut owner = Browser::open(&lab, "a").await;
    allow(&mut owner, "write").await;
    // The same id as the trainee's, by chance or on purpose.
    let mut watcher = Browser::watch(&lab, "Grace", "a").await;
    watcher.types(1, "echo watcher-$((1))\r").await;
    owner.sees("watcher-1").await;
    assert_eq!(watcher.hears("ack").await["seq"], 1);
    owner.types(1, "echo owner-$((1))\r").await;
    watcher.sees("owner-1").await;
    allow(&mut owner, "read").await;
    watcher.hears_of("viewing", |viewing| viewing["mode"] == "read").await;
    watcher.types(2, "touch typed\r").await;
    watcher.send(&json!({"type": "ping"})).await;
    watcher.hears("pong").await;
    owner.types(2, "echo end-$((1))\r").await;
    watcher.sees("end-1").await;
    assert!(!lab.home("typed").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn off_sends_every_watcher_away_and_the_trainee_sees_it() {
    let lab = asking().await;
    let mut owner = Browser::open(&lab, "a").await;
    let mut second_tab = Browser::open(&lab, "b").await;
    allow(&mut owner, "read").await;
    let mut grace = Browser::watch(&lab, "Grace", "g").await;
    let mut again = Browser::watch(&lab, "Grace", "g2").await;
    let mut lin = Browser::watch(&lab, "Lin", "l").await;
    second_tab.hears_of("viewing", watched_by(&["Grace", "Lin"])).await;
    owner.send(&json!({"type": "viewing", "mode": "off"})).await;
    for watcher in [&mut grace, &mut again, &mut lin] {
        assert_eq!(watcher.is_closed_with().await, 4403);
    }
    let off = second_tab.hears_of("viewing", |viewing| viewing["mode"] == "off").await;
    assert_eq!(off["watching"], json!([]));
    let mut refused = Browser::ask_to_watch(&lab, "Grace", "g").await;
    assert_eq!(refused.is_closed_with().await, 4403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_who_leaves_is_not_named_any_more() {
    let lab = LabBuilder::new().setup("true").viewing("open").ready().await;
    let mut owner = Browser::open(&lab, "a").await;
    let grace = Browser::watch(&lab, "Grace", "g").await;
    owner.hears_of("viewing", watched_by(&["Grace"])).await;
    drop(grace);
    owner.hears_of("viewing", watched_by(&[])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_class_has_agreed_watchers_come_until_the_trainee_objects() {
    let lab = LabBuilder::new().setup("true").viewing("open").ready().await;
    let mut watcher = Browser::watch(&lab, "Grace", "g").await;
    watcher.types(1, "x").await;
    let mut owner = Browser::open(&lab, "a").await;
    owner.hears_of("viewing", |viewing| viewing["mode"] == "read").await;
    allow(&mut owner, "off").await;
    assert_eq!(watcher.is_closed_with().await, 4403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watchers_hello_starts_no_shell() {
    let lab = LabBuilder::new().setup("echo 'echo started >> ~/shells' > $LAB_HOME/.bash_profile").viewing("open");
    let lab = lab.ready().await;
    let _watcher = Browser::watch(&lab, "Grace", "g").await;
    let _owner = Browser::open(&lab, "a").await;
    eventually("the trainee's shell", || async { !lab.home_text("shells").is_empty() }).await;
    assert_eq!(lab.home_text("shells"), "started\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn watchers_take_no_place_of_the_trainees() {
    let lab = LabBuilder::new().setup("true").viewing("open").ready().await;
    let mut watchers = Vec::new();
    for number in 0..8 {
        watchers.push(Browser::watch(&lab, "Grace", &format!("g{number}")).await);
    }
    let mut late = Browser::ask_to_watch(&lab, "Lin", "l").await;
    assert_eq!(late.is_closed_with().await, 1013);
    Browser::open(&lab, "a").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_without_a_secret_for_watchers_lets_nobody_look_on() {
    let lab = LabBuilder::new().setup("true").ready().await;
    let mut owner = Browser::open(&lab, "a").await;
    allow(&mut owner, "write").await;
    let mut watcher = Browser::ask_to_watch(&lab, "Grace", "g").await;
    assert_eq!(watcher.is_closed_with().await, 4401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watchers_secret_is_good_for_watching_and_nothing_else() {
    let port = application::start().await;
    let lab = LabBuilder::new().setup("true").viewing("open").tab(port).ready().await;
    assert_eq!(enter(&lab, PORTAL, VIEWER_SECRET).await.status(), StatusCode::UNAUTHORIZED);
    let mut as_owner = connect(&lab, PORTAL).await.unwrap();
    as_owner.hello(VIEWER_SECRET, "a", 80, 24).await;
    assert_eq!(as_owner.is_closed_with().await, 4401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_that_makes_watchers_trainees_is_refused() {
    let lab = LabBuilder::new().setup("true").setup_limit(Duration::from_secs(5)).viewing("open").one_secret_for_all();
    let lab = lab.start().await;
    lab.reaches("failed").await;
    assert!(lab.control_plane.last_detail().contains("viewer_secret"));
}
