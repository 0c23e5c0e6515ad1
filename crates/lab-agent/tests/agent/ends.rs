//! How a machine ends.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use tokio::net::TcpStream;

use crate::browser::{Browser, connect};
use crate::lab::{Lab, LabBuilder, PORT, PORTAL, eventually};
use lab_agent::Outcome;

async fn serves_nothing(lab: &Lab) {
    let refused = || async { TcpStream::connect((lab.address, PORT)).await.is_err() };
    eventually("nothing listens", refused).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_deadline_powers_the_machine_off_and_nothing_is_served_any_more() {
    let lab = LabBuilder::new().setup("true").life(Duration::from_secs(3)).ready().await;
    let mut browser = Browser::open(&lab, "a").await;
    assert_eq!(browser.is_closed_with().await, 1001);
    lab.is_powered_off().await;
    serves_nothing(&lab).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_deadline_holds_while_setup_runs() {
    let lab = LabBuilder::new().setup("echo $$ > $LAB_HOME/pid; exec sleep 600").life(Duration::from_secs(2));
    let lab = lab.start().await;
    lab.is_powered_off().await;
    let ended = std::process::Command::new("kill").arg(lab.home_text("pid").trim()).status().unwrap();
    assert!(ended.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_is_not_wanted_any_more_powers_off() {
    let lab = LabBuilder::new().setup("true").sign_of_life(Duration::from_millis(50)).ready().await;
    lab.control_plane.want_gone();
    lab.is_powered_off().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_whose_environment_is_over_powers_off() {
    let lab = LabBuilder::new().setup("true").always_answering(StatusCode::GONE).start().await;
    lab.is_powered_off().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_nobody_knows_powers_off() {
    let lab = LabBuilder::new().setup("true").always_answering(StatusCode::UNAUTHORIZED).start().await;
    lab.is_powered_off().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_at_work_survives_being_unknown() {
    let lab = LabBuilder::new().setup("true").sign_of_life(Duration::from_millis(20)).ready().await;
    lab.control_plane.always_answer(StatusCode::UNAUTHORIZED);
    let mut browser = Browser::open(&lab, "a").await;
    browser.types(1, "echo still $((40 + 2))\r").await;
    browser.sees("still 42").await;
    assert!(!lab.folder.path().join("powered-off").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_was_set_up_survives_being_unknown_to_its_restarted_agent() {
    let mut lab = LabBuilder::new().setup("true").ready().await;
    // More than a machine without a lab puts up with.
    lab.control_plane.refuse_bundle(&[
        StatusCode::UNAUTHORIZED,
        StatusCode::FORBIDDEN,
        StatusCode::NOT_FOUND,
        StatusCode::UNAUTHORIZED,
    ]);
    lab.restart().await;
    let ready_again = || async {
        let stages = lab.control_plane.stages();
        stages.iter().filter(|stage| *stage == "ready").count() == 2
    };
    eventually("ready again", ready_again).await;
    assert!(!lab.folder.path().join("powered-off").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_deadline_and_nothing_else_ends_a_restarted_machine_that_nobody_knows() {
    let started = Instant::now();
    let mut lab = LabBuilder::new().setup("true").life(Duration::from_secs(4)).ready().await;
    lab.control_plane.always_answer(StatusCode::UNAUTHORIZED);
    lab.restart().await;
    let asks_for_its_bundle = || async {
        match connect(&lab, PORTAL).await {
            Ok(mut browser) => browser.is_closed_with().await == 4503,
            Err(_) => false,
        }
    };
    eventually("the new agent serves", asks_for_its_bundle).await;
    serves_nothing(&lab).await;
    // The deadline is in whole seconds.
    assert!(started.elapsed() >= Duration::from_secs(3));
    lab.is_powered_off().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn being_told_to_stop_ends_the_shell() {
    let mut lab = LabBuilder::new().setup("true").ready().await;
    let mut browser = Browser::open(&lab, "a").await;
    browser.types(1, "echo $$ > ~/pid; echo noted\r").await;
    eventually("the shell's number", || async { lab.home_text("pid").ends_with('\n') }).await;
    assert_eq!(lab.stop().await, Outcome::Ended);
    assert_eq!(browser.is_closed_with().await, 1001);
    let process = format!("/proc/{}", lab.home_text("pid").trim());
    eventually("the end of the shell", || async { !std::path::Path::new(&process).exists() }).await;
}
