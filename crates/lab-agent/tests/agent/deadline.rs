//! The deadline moves with what the control plane answers.

use std::time::{Duration, Instant, SystemTime};

use crate::browser::Browser;
use crate::lab::{Lab, LabBuilder, eventually};

const OFTEN: Duration = Duration::from_millis(20);

async fn still_works(lab: &Lab) {
    let mut browser = Browser::open(lab, "a").await;
    browser.types(1, "echo still $((40 + 2))\r").await;
    browser.sees("still 42").await;
    assert!(!lab.is_powered_off_now());
}

/// The second time is the last call, where no sign of life is due.
async fn is_ready_for_the(time: usize, lab: &Lab) {
    let times = || async { lab.control_plane.stages().iter().filter(|stage| *stage == "ready").count() >= time };
    eventually("ready again", times).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extended_environment_outlives_its_first_deadline() {
    let first = Duration::from_secs(4);
    let started = Instant::now();
    let lab = LabBuilder::new().setup("true").life(first).sign_of_life(OFTEN).ready().await;
    lab.control_plane.expire_at(SystemTime::now() + Duration::from_secs(600));
    eventually("the first deadline", || async { started.elapsed() > first + Duration::from_millis(500) }).await;
    still_works(&lab).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shortened_environment_ends_sooner() {
    let lab = LabBuilder::new().setup("true").sign_of_life(OFTEN).ready().await;
    let ends = Instant::now() + Duration::from_secs(1);
    lab.control_plane.expire_at(SystemTime::now() + Duration::from_secs(1));
    lab.is_powered_off().await;
    assert!(Instant::now() > ends - Duration::from_millis(100), "not before its time");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extension_that_nobody_has_told_yet_is_asked_for_at_the_deadline() {
    let lab = LabBuilder::new().setup("true").life(Duration::from_secs(4)).ready().await;
    lab.control_plane.expire_at(SystemTime::now() + Duration::from_secs(600));
    assert_eq!(lab.control_plane.stages().last().unwrap(), "ready");
    is_ready_for_the(2, &lab).await;
    still_works(&lab).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_control_plane_that_does_not_answer_keeps_no_machine() {
    let lab = LabBuilder::new().setup("true").life(Duration::from_secs(4)).ready().await;
    lab.control_plane.fall_silent();
    lab.is_powered_off().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_is_restarted_after_its_first_deadline_asks_before_it_ends() {
    let mut lab = LabBuilder::new().setup("true").life(Duration::from_secs(4)).ready().await;
    lab.control_plane.expire_at(SystemTime::now() + Duration::from_secs(600));
    is_ready_for_the(2, &lab).await;
    lab.restart().await;
    is_ready_for_the(3, &lab).await;
    still_works(&lab).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_systems_own_shutdown_moves_with_the_deadline() {
    let lab = LabBuilder::new().setup("true").sign_of_life(OFTEN).ready().await;
    lab.control_plane.expire_at(SystemTime::now() + Duration::from_secs(630));
    let scheduled = || std::fs::read_to_string(lab.folder.path().join("scheduled")).unwrap_or_default();
    // Eleven minutes, begun ones counted, and one more for the agent to end the machine first.
    eventually("shutdown is moved", || async { scheduled().lines().last() == Some("+12") }).await;
}
