//! Sandboxes end with their machine, with the pocket cloud, and with a pocket cloud that is killed.

use std::fs;
use std::process::Stdio;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Client;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::support::{TestCloud, eventually, linode_body, sandboxed};

/// Processes on the host whose command line holds `marker`.
fn processes_with(marker: &str) -> usize {
    let entries = fs::read_dir("/proc").expect("/proc").flatten();
    let pids = entries.filter(|entry| entry.file_name().to_string_lossy().parse::<u32>().is_ok());
    let lines = pids.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
    lines.filter(|line| String::from_utf8_lossy(line).contains(marker)).count()
}

/// Background, double-forked and session-leading processes, all carrying `marker`.
fn stubborn(marker: &str) -> String {
    let command = format!("trap \"\" TERM HUP INT; sleep 600.{marker}; true");
    format!(
        "(setsid sh -c '{command}' >/dev/null 2>&1 &)\nsh -c '{command}' &\n\
         cat > /etc/systemd/system/s.service <<'UNIT'\n[Service]\nExecStart=/bin/sleep 600.{marker}\nRestart=always\nUNIT\n\
         systemctl enable --now s\n"
    )
}

#[tokio::test]
async fn deleting_a_machine_leaves_none_of_its_processes() {
    let cloud = TestCloud::start(sandboxed()).await;
    let marker = "717101";
    let id = cloud.linode("doomed", &stubborn(marker)).await;
    eventually("the stubborn processes", || processes_with(marker) >= 5).await;
    cloud.delete(&format!("/v4/linode/instances/{id}")).await;
    cloud.wait_for(id, |machine| machine.is_none()).await;
    assert_eq!(processes_with(marker), 0, "gone from the API means gone from the host");
}

#[tokio::test]
async fn shutting_the_pocket_cloud_down_leaves_none_either() {
    let cloud = TestCloud::start(sandboxed()).await;
    let marker = "717102";
    for number in 0..3 {
        cloud.linode(&format!("doomed-{number}"), &stubborn(marker)).await;
    }
    eventually("the stubborn processes", || processes_with(marker) >= 15).await;
    cloud.cloud.shutdown().await;
    assert_eq!(processes_with(marker), 0);
}

#[tokio::test]
async fn killing_the_pocket_cloud_outright_leaves_none_and_the_next_start_boots_again() {
    let state = tempfile::tempdir().expect("a folder");
    let marker = "717103";
    let start = async || {
        let mut child = Command::new(env!("CARGO_BIN_EXE_pocket-cloud"))
            .args(["--listen", "127.0.0.1:0", "--agent-port", "17280", "--state-dir"])
            .arg(state.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let line = lines.next_line().await.expect("readable").expect("an address");
        let url = line.split_whitespace().nth(2).expect("an address").to_owned();
        (child, url)
    };

    let (mut child, url) = start().await;
    let mut body = linode_body("orphan");
    body["metadata"] = serde_json::json!({ "user_data": STANDARD.encode(stubborn(marker)) });
    let request = Client::new().post(format!("{url}/linode/instances")).bearer_auth("pocket-linode-token");
    assert_eq!(request.json(&body).send().await.expect("an answer").status(), 200);
    eventually("the stubborn processes", || processes_with(marker) >= 5).await;

    child.start_kill().expect("killed"); // SIGKILL
    child.wait().await.expect("ended");
    eventually("the orphans to be gone", || processes_with(marker) == 0).await;
    let left = fs::read_to_string(state.path().join("runtime-dir")).expect("noted");
    assert!(fs::exists(&left).expect("readable"), "a killed process can't tidy up");

    let (mut child, _) = start().await;
    eventually("the machine to boot again", || processes_with(marker) >= 5).await;
    assert!(!fs::exists(&left).expect("readable"), "the next one does");
    let pid = child.id().expect("running").to_string();
    Command::new("kill").args(["-TERM", &pid]).status().await.expect("signalled");
    assert!(child.wait().await.expect("ended").success());
    assert_eq!(processes_with(marker), 0);
}
