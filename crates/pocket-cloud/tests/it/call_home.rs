use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::routing::{get, post};
use axum::{Json, Router};
use pocket_cloud::Isolation;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::{TestCloud, eventually, options};

type Calls = Arc<Mutex<Vec<String>>>;

/// A control plane that notes who calls.
async fn control_plane() -> (String, Calls) {
    let calls = Calls::default();
    let app = Router::new()
        .route(
            "/api/environments/{id}/bundle",
            get(async |State(calls): State<Calls>, Path(id): Path<String>, headers: HeaderMap| {
                let token = headers["authorization"].to_str().expect("text").to_owned();
                calls.lock().expect("a lock").push(format!("bundle {id} {token}"));
                Json(json!({ "token": "own-token" }))
            }),
        )
        .route(
            "/api/environments/{id}/report",
            post(async |State(calls): State<Calls>, headers: HeaderMap, Json(report): Json<Value>| {
                assert!(headers.contains_key("traceparent"));
                let token = headers["authorization"].to_str().expect("text").to_owned();
                let stage = report["stage"].as_str().expect("a stage");
                calls.lock().expect("a lock").push(format!("report {stage} {token}"));
                Json(json!({ "wanted": "running" }))
            }),
        )
        .with_state(calls.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/api", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, calls)
}

fn script(control_plane: &str) -> String {
    let machine = json!({
        "protocol": 1, "environment_id": "env_1", "control_plane": control_plane, "token": "machine-token",
        "scheme": "http", "port": 7080, "deadline": 1, "trace_id": "0af7651916cd43dd8448eb211c80319c",
    });
    format!("#!/bin/sh\nset -eu\ncat > /opt/lab-agent/machine.json <<'MACHINE'\n{machine}\nMACHINE\n")
}

#[tokio::test]
async fn a_machine_without_a_sandbox_makes_the_protocol_s_calls() {
    let (url, calls) = control_plane().await;
    let mut options = options();
    options.isolation = Isolation::CallHome;
    let cloud = TestCloud::start(options).await;
    cloud.linode("env-a-1", &script(&url)).await;
    eventually("four calls", || calls.lock().expect("a lock").len() == 4).await;
    assert_eq!(
        *calls.lock().expect("a lock"),
        [
            "bundle env_1 Bearer machine-token",
            "report agent-started Bearer own-token",
            "report setting-up Bearer own-token",
            "report ready Bearer own-token"
        ]
    );
}

#[tokio::test]
async fn after_a_power_cycle_a_machine_still_has_its_own_token() {
    let (url, calls) = control_plane().await;
    let state = tempfile::tempdir().expect("a folder");
    let mut options = options();
    options.isolation = Isolation::CallHome;
    options.state_dir = Some(state.path().to_owned());
    let first = TestCloud::start(options.clone()).await;
    let id = first.linode("env-a-1", &script(&url)).await;
    eventually("four calls", || calls.lock().expect("a lock").len() == 4).await;
    first.cloud.shutdown().await;

    let second = TestCloud::start(options).await;
    eventually("four more", || calls.lock().expect("a lock").len() == 8).await;
    assert_eq!(calls.lock().expect("a lock")[4], "bundle env_1 Bearer own-token");
    let disks = std::fs::read_to_string(state.path().join("disks-dir")).expect("a note");
    second.delete(&format!("/v4/linode/instances/{id}")).await;
    second.wait_for(id, |machine| machine.is_none()).await;
    second.cloud.shutdown().await;
    assert!(!std::path::Path::new(&disks).exists(), "nothing stays of a machine that is deleted");
}

#[tokio::test]
async fn a_silenced_boot_never_calls() {
    let (url, calls) = control_plane().await;
    let mut options = options();
    options.isolation = Isolation::CallHome;
    let cloud = TestCloud::start(options).await;
    cloud.cloud.faults().silence_boots(1);
    let silent = cloud.linode("silent", &script(&url)).await;
    cloud.wait_for(silent, |machine| machine.is_some_and(|it| it.status == pocket_cloud::Phase::Running)).await;
    assert!(calls.lock().expect("a lock").is_empty());
    cloud.linode("talking", &script(&url)).await;
    eventually("the second machine's calls", || calls.lock().expect("a lock").len() == 4).await;
}
