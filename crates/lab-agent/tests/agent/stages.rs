//! From the start of the agent to a lab that is ready, or to a failure that says why.

use std::path::Path;
use std::time::{Duration, Instant};

use axum::http::StatusCode;

use lab_agent::Options;
use serde_json::json;

use crate::lab::{LabBuilder, TRACE, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn stages_are_reported_in_order_and_soon() {
    let started = Instant::now();
    let lab = LabBuilder::new().setup("true").ready().await;
    assert!(started.elapsed() < Duration::from_millis(1500), "{:?}", started.elapsed());
    assert_eq!(lab.control_plane.stages(), ["agent-started", "setting-up", "ready"]);
    let traces = lab.control_plane.traces();
    assert!(traces.iter().all(|trace| trace.starts_with(&format!("00-{TRACE}-"))), "{traces:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_and_surroundings_are_as_documented() {
    let script = r#"printf '%s|%s|%s' "$LAB_USER" "$LAB_HOME" "$PWD" > "$LAB_HOME/seen"; test "$PWD" = "$LAB_DIR""#;
    let lab = LabBuilder::new()
        .setup(script)
        .file("guide.md", "# Guide")
        .file("checks/one.sh", "true")
        .file("files/notes/todo.txt", "find it")
        .ready()
        .await;
    let dir = lab.folder.path().join("lab");
    assert_eq!(
        lab.home_text("seen"),
        format!("lab|{}|{}", lab.home("").display(), dir.display()).replace("home/|", "home|")
    );
    assert_eq!(lab.home_text("notes/todo.txt"), "find it");
    assert_eq!(std::fs::read_to_string(dir.join("guide.md")).unwrap(), "# Guide");
    assert!(dir.join("checks/one.sh").exists() && !lab.home("guide.md").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_that_leads_out_of_the_lab_is_refused() {
    for path in ["../evil", "files/../../evil", "/tmp/evil", "checks//x"] {
        let lab = LabBuilder::new().setup("true").file(path, "x").start().await;
        lab.reaches("failed").await;
        assert!(lab.control_plane.last_detail().contains("path"), "{}", lab.control_plane.last_detail());
        assert!(!lab.folder.path().join("evil").exists());
        assert!(!lab.control_plane.stages().contains(&"setting-up".to_owned()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_setup_is_reported_with_the_end_of_its_output() {
    let lab = LabBuilder::new().setup("seq 100000; echo the disk is full >&2; exit 3").start().await;
    lab.reaches("failed").await;
    let detail = lab.control_plane.last_detail();
    assert!(detail.contains("exit status: 3") && detail.ends_with("the disk is full"), "{detail}");
    assert!(detail.chars().count() <= 500);
    assert_eq!(lab.control_plane.stages(), ["agent-started", "setting-up", "failed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setup_that_never_ends_is_ended() {
    let lab = LabBuilder::new().setup("echo $$ > $LAB_HOME/pid; sleep 600").setup_limit(Duration::from_secs(1));
    let lab = lab.start().await;
    lab.reaches("failed").await;
    assert!(lab.control_plane.last_detail().contains("longer than 1 s"));
    let process = format!("/proc/{}/fd", lab.home_text("pid").trim());
    eventually("the end of setup.sh", || async { std::fs::read_dir(&process).is_err() }).await;
}

#[test]
fn a_setup_that_is_too_long_is_reported_before_the_control_plane_gives_the_machine_up() {
    // From the machine's creation to its readiness.
    let boot_limit = Duration::from_mins(6);
    let boot = Duration::from_mins(2);
    let options = Options::for_machine_file(Path::new("/opt/lab-agent/machine.json"));
    assert!(options.setup_limit <= boot_limit - boot);
    assert!(options.certificate.limit < options.setup_limit);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_setup_leaves_in_the_background_runs_on_and_holds_nothing_up() {
    let script = r#"(while sleep 0.1; do echo working; done) & echo $! > "$LAB_HOME/pid""#;
    let lab = LabBuilder::new().setup(script).ready().await;
    let pid = lab.home_text("pid").trim().to_owned();
    assert!(Path::new("/proc").join(&pid).exists());
    let ended = std::process::Command::new("kill").arg(&pid).status().unwrap();
    assert!(ended.success(), "it was still running");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_control_plane_that_stumbles_is_asked_again() {
    let refusals = [
        StatusCode::SERVICE_UNAVAILABLE,
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::UNAUTHORIZED,
        StatusCode::CONFLICT,
    ];
    let lab = LabBuilder::new().setup("true").refusing_the_bundle_with(&refusals).ready().await;
    assert_eq!(lab.control_plane.stages(), ["agent-started", "setting-up", "ready"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ready_is_repeated_as_a_sign_of_life() {
    let lab = LabBuilder::new().setup("true").sign_of_life(Duration::from_millis(50)).ready().await;
    let ready = || lab.control_plane.stages().iter().filter(|stage| *stage == "ready").count();
    eventually("three signs of life", || async { ready() >= 3 }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_names_the_protocol_it_speaks() {
    let lab = LabBuilder::new().setup("true").check("1-any", "true").checks("every_secs", 1).ready().await;
    eventually("a report of checks", || async { !lab.control_plane.check_reports().is_empty() }).await;
    let protocols = lab.control_plane.protocols();
    assert!(protocols.len() >= 5 && protocols.iter().all(|protocol| protocol == "1"), "{protocols:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_newer_control_plane_adds_is_passed_over() {
    let more = json!({ "any": ["thing"] });
    let lab = LabBuilder::new()
        .setup("true")
        .check("1-any", "true")
        .tab(5000)
        .viewing("ask")
        .bundle("/more", more.clone())
        .bundle("/lab/more", more.clone())
        .bundle("/files/0/more", more.clone())
        .bundle("/tabs/0/more", more.clone())
        .bundle("/checks/more", more.clone())
        .bundle("/checks/items/0/more", more)
        .ready()
        .await;
    assert_eq!(lab.control_plane.stages(), ["agent-started", "setting-up", "ready"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn once_the_lab_is_ready_the_token_of_the_user_data_is_not_needed_any_more() {
    let mut lab = LabBuilder::new().setup("true").ready().await;
    assert!(lab.control_plane.has_forgotten_the_boot_token());
    lab.restart().await;
    let ready = || lab.control_plane.stages().iter().filter(|stage| *stage == "ready").count();
    eventually("ready again", || async { ready() == 2 }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_control_plane_that_knows_one_token_only_that_one_stays() {
    let mut lab = LabBuilder::new().setup("true").old_control_plane().start().await;
    lab.reaches("ready").await;
    assert!(!lab.control_plane.has_forgotten_the_boot_token());
    lab.restart().await;
    let ready = || lab.control_plane.stages().iter().filter(|stage| *stage == "ready").count();
    eventually("ready again", || async { ready() == 2 }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_is_restarted_leaves_the_work_alone() {
    let script = r#"echo again >> "$LAB_HOME/setups""#;
    let mut lab = LabBuilder::new().setup(script).file("files/work.txt", "original").ready().await;
    std::fs::write(lab.home("work.txt"), "changed by the trainee").unwrap();
    lab.restart().await;
    let ready = || lab.control_plane.stages().iter().filter(|stage| *stage == "ready").count();
    eventually("ready again", || async { ready() == 2 }).await;
    assert_eq!(lab.home_text("setups"), "again\n");
    assert_eq!(lab.home_text("work.txt"), "changed by the trainee");
}
