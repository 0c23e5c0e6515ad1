//! The lab's checks: run as the trainee asks, shown at the terminal, told to the control plane.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::lab::{Lab, LabBuilder, eventually};

/// Waits until no check runs and every check of the list has been run.
async fn results(browser: &mut Browser) -> Vec<Value> {
    let done = |checks: &Value| {
        let items = checks["items"].as_array().unwrap();
        checks["running"] == false && items.iter().all(|item| !item["passed"].is_null())
    };
    browser.hears_of("checks", done).await["items"].as_array().unwrap().clone()
}

async fn run(lab: &Lab) -> Vec<Value> {
    let mut browser = Browser::open(lab, "a").await;
    browser.send(&json!({"type": "check"})).await;
    results(&mut browser).await
}

/// The latest result of each check that the control plane has accepted.
fn told(lab: &Lab, name: &str) -> Option<Value> {
    let reports = lab.control_plane.check_reports();
    let mut results = reports.iter().flat_map(|report| report["results"].as_array().unwrap().clone());
    results.rfind(|result| result["name"] == name)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_check_says_whether_it_has_passed_and_why() {
    let lab = LabBuilder::new()
        .setup("true")
        .check("1-passed", "echo; echo Well done; echo more")
        .check("2-not-yet", "echo There is no report yet. >&2; exit 1")
        .check("3-silent", "exit 1")
        .check("4-broken", "echo no such tool; exit 3")
        .check("5-killed", "kill -9 $$");
    let lab = lab.ready().await;
    let before = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let mut browser = Browser::open(&lab, "a").await;
    let first = browser.hears("checks").await;
    assert_eq!(first["running"], false);
    let untouched =
        json!({"name": "1-passed", "title": "1-passed", "passed": null, "message": null, "checked_at": null});
    assert_eq!(first["items"][0], untouched);
    browser.send(&json!({"type": "check"})).await;
    let items = results(&mut browser).await;
    let said: Vec<_> = items.iter().map(|item| (item["passed"].clone(), item["message"].clone())).collect();
    assert_eq!(
        said,
        [
            (json!(true), json!("Well done")),
            (json!(false), json!("There is no report yet.")),
            (json!(false), json!(null)),
            (json!(false), json!("This check failed with exit status 3: no such tool")),
            (json!(false), json!("This check was ended by signal 9.")),
        ]
    );
    assert!(items.iter().all(|item| item["checked_at"].as_u64().unwrap() >= before));
    eventually("the last result", || async { told(&lab, "5-killed").is_some() }).await;
    let result = told(&lab, "1-passed").unwrap();
    assert_eq!((&result["passed"], &result["message"]), (&json!(true), &json!("Well done")));
    assert_eq!(result["at"], items[0]["checked_at"]);
    assert_eq!(told(&lab, "3-silent").unwrap()["message"], "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_finds_itself_in_the_trainees_surroundings() {
    let script = r#"echo "$USER|$LAB_USER|$HOME|$LAB_HOME|$PWD|$LAB_DIR|$(ps -o stat= -p $$ | tr -d ' ')""#;
    let lab = LabBuilder::new().setup("true").check("where", script).ready().await;
    let items = run(&lab).await;
    let home = lab.home("").display().to_string();
    let home = home.trim_end_matches('/');
    let expected = format!("lab|lab|{home}|{home}|{home}|{}|", lab.folder.path().join("lab").display());
    assert!(items[0]["message"].as_str().unwrap().starts_with(&expected), "{}", items[0]["message"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_never_ends_is_ended_with_all_it_has_started() {
    let script = "sleep 600 & echo $! > $LAB_HOME/pid; echo waiting; sleep 600";
    let lab = LabBuilder::new().setup("true").check("slow", script).check("next", "true").checks("limit_secs", 1);
    let lab = lab.ready().await;
    let items = run(&lab).await;
    assert_eq!(items[0]["passed"], false);
    assert_eq!(items[0]["message"], "This check took longer than 1 s and was ended.");
    assert_eq!(items[1]["passed"], true);
    let process = Path::new("/proc").join(lab.home_text("pid").trim()).join("fd");
    eventually("the end of its child", || async { std::fs::read_dir(&process).is_err() }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_check_leaves_in_the_background_holds_nothing_up() {
    let script = "echo done; sleep 600 & echo $! > $LAB_HOME/pid";
    let lab = LabBuilder::new().setup("true").check("leaves", script).ready().await;
    let items = run(&lab).await;
    assert_eq!((&items[0]["passed"], &items[0]["message"]), (&json!(true), &json!("done")));
    let process = Path::new("/proc").join(lab.home_text("pid").trim()).join("fd");
    eventually("the end of its child", || async { std::fs::read_dir(&process).is_err() }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_output_is_bounded() {
    let script = "head -c 3000000 /dev/zero | tr '\\0' x; printf '\\033[31m'; exit 1";
    let lab = LabBuilder::new().setup("true").check("loud", script).ready().await;
    let items = run(&lab).await;
    assert_eq!(items[0]["message"].as_str().unwrap(), "x".repeat(500));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_while_checks_run_joins_them() {
    let script = "echo run >> $LAB_HOME/runs; while [ ! -e $LAB_HOME/go ]; do sleep 0.05; done";
    let lab = LabBuilder::new().setup("true").check("waits", script).ready().await;
    let mut browser = Browser::open(&lab, "a").await;
    let mut second = Browser::open(&lab, "b").await;
    browser.send(&json!({"type": "check"})).await;
    second.hears_of("checks", |checks| checks["running"] == true).await;
    for _ in 0..20 {
        second.send(&json!({"type": "check", "name": "waits"})).await;
        browser.send(&json!({"type": "check"})).await;
    }
    for browser in [&mut browser, &mut second] {
        browser.send(&json!({"type": "ping"})).await;
        browser.hears("pong").await;
    }
    std::fs::write(lab.home("go"), "").unwrap();
    results(&mut browser).await;
    results(&mut second).await;
    assert_eq!(lab.home_text("runs"), "run\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_check_runs_alone_and_an_unknown_one_not_at_all() {
    let lab = LabBuilder::new().setup("true").check("a", "true").check("b", "true").ready().await;
    let mut browser = Browser::open(&lab, "a").await;
    browser.send(&json!({"type": "check", "name": "../setup"})).await;
    browser.send(&json!({"type": "check", "name": "b"})).await;
    let done = |checks: &Value| checks["running"] == false && checks["items"][1]["passed"] == true;
    let checks = browser.hears_of("checks", done).await;
    assert_eq!(checks["items"][0]["passed"], Value::Null);
    eventually("the result", || async { told(&lab, "b").is_some() }).await;
    assert_eq!(told(&lab, "a"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_runs_all_checks_again_and_again() {
    let lab = LabBuilder::new().setup("true").check("a", "echo run >> $LAB_HOME/runs").checks("every_secs", 1);
    let lab = lab.ready().await;
    eventually("two runs", || async { lab.home_text("runs").lines().count() >= 2 }).await;
    eventually("two reports", || async { lab.control_plane.check_reports().len() >= 2 }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn results_are_told_again_until_they_are_accepted_and_then_no_more() {
    let lab = LabBuilder::new().setup("true").check("a", "true").check("b", "exit 1").ready().await;
    lab.control_plane.refuse_checks(&[
        StatusCode::SERVICE_UNAVAILABLE,
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::UNAUTHORIZED,
    ]);
    run(&lab).await;
    eventually("both results", || async { told(&lab, "a").is_some() && told(&lab, "b").is_some() }).await;
    let before = lab.control_plane.check_reports().len();
    let mut browser = Browser::open(&lab, "b").await;
    browser.send(&json!({"type": "check", "name": "a"})).await;
    eventually("the next report", || async { lab.control_plane.check_reports().len() > before }).await;
    let last = lab.control_plane.check_reports().pop().unwrap();
    assert_eq!(last["results"].as_array().unwrap().len(), 1, "only what is new: {last}");
    assert_eq!(last["results"][0]["name"], "a");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_not_told_again() {
    let lab = LabBuilder::new().setup("true").check("a", "true").check("b", "true").ready().await;
    lab.control_plane.refuse_checks(&[StatusCode::UNPROCESSABLE_ENTITY]);
    let mut browser = Browser::open(&lab, "a").await;
    browser.send(&json!({"type": "check", "name": "a"})).await;
    eventually("the refusal", || async { lab.control_plane.has_refused_checks() }).await;
    browser.send(&json!({"type": "check", "name": "b"})).await;
    eventually("the next result", || async { told(&lab, "b").is_some() }).await;
    assert_eq!(told(&lab, "a"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_results_ends_a_machine_that_is_not_wanted() {
    let lab = LabBuilder::new().setup("true").check("a", "true").ready().await;
    lab.control_plane.want_gone();
    let mut browser = Browser::open(&lab, "a").await;
    browser.send(&json!({"type": "check"})).await;
    lab.is_powered_off().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_runs_when_the_agent_stops_is_ended() {
    let lab = LabBuilder::new().setup("true").check("slow", "echo $$ > $LAB_HOME/pid; sleep 600");
    let mut lab = lab.ready().await;
    let mut browser = Browser::open(&lab, "a").await;
    browser.send(&json!({"type": "check"})).await;
    eventually("the check's number", || async { lab.home_text("pid").ends_with('\n') }).await;
    lab.stop().await;
    let process = Path::new("/proc").join(lab.home_text("pid").trim()).join("fd");
    eventually("the end of the check", || async { std::fs::read_dir(&process).is_err() }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lab_without_checks_has_none_to_show() {
    let lab = LabBuilder::new().setup("true").ready().await;
    let mut browser = Browser::open(&lab, "a").await;
    assert_eq!(browser.hears("checks").await, json!({"type": "checks", "running": false, "items": []}));
    browser.send(&json!({"type": "check"})).await;
    browser.types(1, "echo fine-$((1))\r").await;
    browser.sees("fine-1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_machine_with_root_checks_are_run_as_the_lab_user() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let lab = LabBuilder::new().setup("true").shell_of_another_user().check("who", "echo $(id -u)-$(id -g)");
    let lab = lab.ready().await;
    assert_eq!(run(&lab).await[0]["message"], "65534-65534");
}
