//! `kill -9` of the local stack in the middle of creates, and a new start on the same state.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use journeys::{Answer, Session, program, root, within};
use reqwest::{Client, Method};
use serde_json::{Value, json};

/// The program on ports and state of the test's own.
struct Stack {
    process: Child,
    port: u16,
    pocket_port: u16,
}

impl Stack {
    fn start(state: &Path, port: u16, pocket_port: u16) -> Self {
        let process = Command::new(program("brihaspati-local"))
            .arg("--root")
            .arg(root())
            .arg("--state-dir")
            .arg(state)
            .args([
                "--no-sandbox",
                "--boot-delay",
                "0.5",
                "--port",
                &port.to_string(),
                "--pocket-port",
                &pocket_port.to_string(),
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { process, port, pocket_port }
    }

    fn kill(&mut self) {
        // SIGKILL: nothing of the program runs after this.
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

async fn up(who: &Session) {
    let up = within(Duration::from_secs(60), async || {
        let answer = who.request(Method::GET, "/api/health").send().await.ok()?;
        answer.status().is_success().then_some(())
    });
    up.await.expect("the stack did not come up");
}

fn secrets(state: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(state.join("secrets.json")).unwrap()).unwrap()
}

async fn linodes(client: &Client, stack: &Stack, state: &Path) -> Vec<String> {
    let token = secrets(state)["linode_token"].as_str().unwrap().to_owned();
    let url = format!("http://127.0.0.1:{}/v4/linode/instances", stack.pocket_port);
    let list: Value = client.get(url).bearer_auth(token).send().await.unwrap().json().await.unwrap();
    list["data"].as_array().unwrap().iter().filter_map(|machine| machine["label"].as_str().map(str::to_owned)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_kill_9_in_the_middle_of_creates_every_environment_goes_on_with_exactly_one_machine() {
    let state = tempfile::tempdir().unwrap();
    let (port, pocket_port) = (free_port(), free_port());
    let mut stack = Stack::start(state.path(), port, pocket_port);
    let client = Client::builder().no_proxy().timeout(Duration::from_secs(30)).build().unwrap();
    let anonymous = Session::new(client.clone(), &format!("http://127.0.0.1:{}", stack.port), None);
    up(&anonymous).await;
    let demo: Value = serde_json::from_slice(&std::fs::read(state.path().join("demo.json")).unwrap()).unwrap();
    let mut people = Vec::new();
    for name in ["ada", "lin", "grace"] {
        let password = secrets(state.path())["passwords"][name].clone();
        let body = json!({ "class_code": demo["code"], "name": name, "password": password, "session": "bearer" });
        let answer = anonymous.send_json(Method::POST, "/api/login", &body).await;
        people.push(anonymous.with_token(answer.text("token")));
    }

    // Kills at different moments of the same way: before the create, while it is asked for, while the machine boots.
    for (round, delay_ms) in [0, 8, 20, 45, 120].into_iter().enumerate() {
        let who = &people[round % people.len()];
        let lab = ["intruder-in-logs", "notes-api"][round / people.len()];
        let started = who.post(&format!("/api/labs/{lab}/start")).await;
        assert_eq!(started.status, 202, "{started:?}");
        tokio::time::sleep(Duration::from_millis(delay_ms)).await;
        stack.kill();
        stack = Stack::start(state.path(), port, pocket_port);
        up(&anonymous).await;
    }

    // A lease (60 s), a second look (15 s) and a tick of the reaper (60 s) may pass.
    let all_ready = within(Duration::from_secs(200), async || {
        let mut answers: Vec<Answer> = Vec::new();
        for who in &people {
            answers.push(who.get("/api/environments").await);
        }
        let all: Vec<&Value> =
            answers.iter().filter_map(|answer| answer.body["environments"].as_array()).flatten().collect();
        (all.len() == 5 && all.iter().all(|environment| environment["status"] == "ready")).then_some(())
    });
    all_ready.await.expect("an environment did not go on");
    let mut labels = linodes(&client, &stack, state.path()).await;
    labels.sort();
    assert_eq!(labels.len(), 5, "{labels:?}");
    let mut owners: Vec<&str> =
        labels.iter().filter_map(|label| label.rsplit_once('-').map(|(owner, _)| owner)).collect();
    owners.dedup();
    assert_eq!(owners.len(), 5, "an environment has two machines: {labels:?}");
    stack.kill();
}
