//! When the trainee was last at work, as the control plane hears of it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::Body;
use axum::http::Request;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::json;

use crate::application;
use crate::browser::Browser;
use crate::gate::cookie;
use crate::lab::{Lab, LabBuilder, eventually};

const SOON: Duration = Duration::from_millis(20);

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// The clock counts in seconds: what comes next is told from what was before.
async fn the_next_second() {
    let second = now();
    eventually("the next second", || async { now() > second }).await;
}

async fn hears_of_activity_since(lab: &Lab, second: u64) {
    let told = || async { lab.control_plane.active_at().last().is_some_and(|at| at.is_some_and(|at| at >= second)) };
    eventually("a report of activity", told).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn before_anything_was_typed_the_time_of_readiness_counts() {
    let started = now();
    let lab = LabBuilder::new().setup("true").ready().await;
    let told = lab.control_plane.active_at();
    assert!(told.len() == 1 && told[0].is_some_and(|at| (started..=now()).contains(&at)), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn typing_is_told_soon_and_silence_is_not() {
    let lab = LabBuilder::new().setup("true").activity_every(SOON).ready().await;
    let mut browser = Browser::open(&lab, "a").await;
    the_next_second().await;
    assert_eq!(lab.control_plane.active_at().len(), 1, "nobody did anything");
    let typed = now();
    browser.types(1, "x").await;
    hears_of_activity_since(&lab, typed).await;
    let told = lab.control_plane.active_at().len();
    browser.send(&json!({"type": "ping"})).await;
    browser.send(&json!({"type": "resize", "cols": 90, "rows": 30})).await;
    the_next_second().await;
    assert_eq!(lab.control_plane.active_at().len(), told);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_to_a_tab_counts_and_one_without_the_cookie_does_not() {
    let port = application::start().await;
    let lab = LabBuilder::new().setup("true").tab(port).activity_every(SOON).ready().await;
    let cookie = cookie(&lab).await;
    let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
    let ask = async |cookie: &str| {
        let request = Request::get(lab.tab_url("/")).header("cookie", cookie).body(Body::empty()).unwrap();
        client.request(request).await.unwrap().status()
    };
    the_next_second().await;
    let told = lab.control_plane.active_at().len();
    assert_eq!(ask("brihaspati_tab=guessed").await, 401);
    the_next_second().await;
    assert_eq!(lab.control_plane.active_at().len(), told);
    let asked = now();
    assert_eq!(ask(&cookie).await, 200);
    hears_of_activity_since(&lab, asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_watcher_types_is_not_the_trainees_work() {
    let lab = LabBuilder::new().setup("true").viewing("ask").activity_every(SOON).ready().await;
    let mut owner = Browser::open(&lab, "a").await;
    owner.send(&json!({"type": "viewing", "mode": "write"})).await;
    owner.hears_of("viewing", |viewing| viewing["mode"] == "write").await;
    let mut watcher = Browser::watch(&lab, "Grace", "g").await;
    the_next_second().await;
    watcher.types(1, "echo by-$((1))\r").await;
    owner.sees("by-1").await;
    the_next_second().await;
    assert_eq!(lab.control_plane.active_at().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_control_plane_that_knows_no_activity_hears_of_readiness_all_the_same() {
    let lab = LabBuilder::new().setup("true").sign_of_life(Duration::from_millis(50)).old_control_plane();
    let lab = lab.ready().await;
    eventually("signs of life", || async { lab.control_plane.active_at().len() >= 3 }).await;
    assert!(lab.control_plane.active_at().iter().all(Option::is_none));
}
