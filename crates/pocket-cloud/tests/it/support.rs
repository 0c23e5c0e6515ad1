//! A pocket cloud on a free port and a client that speaks to it.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pocket_cloud::{Isolation, MachineSnapshot, Options, PocketCloud};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub(crate) const LINODE: &str = "linode-token";
pub(crate) const DIGITALOCEAN: &str = "digitalocean-token";
const DEADLINE: Duration = Duration::from_secs(30);

pub(crate) struct TestCloud {
    pub(crate) cloud: PocketCloud,
    pub(crate) client: Client,
}

pub(crate) fn options() -> Options {
    Options::new(LINODE, DIGITALOCEAN)
}

/// As root with the service user, otherwise as oneself.
pub(crate) fn sandboxed() -> Options {
    let mut options = options();
    options.isolation = Isolation::Sandboxed {
        user: Some("brihaspati-sandbox".into()),
        guest: Some(env!("CARGO_BIN_EXE_pocket-guest").into()),
    };
    options
}

impl TestCloud {
    pub(crate) async fn start(options: Options) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let cloud = PocketCloud::start(listener, options).await.expect("the pocket cloud starts");
        let client = Client::builder().no_proxy().timeout(DEADLINE).build().expect("a client");
        Self { cloud, client }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.cloud.address())
    }

    /// One call with the right token for the path; status and JSON body (null when empty).
    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let token = if path.starts_with("/v4") { LINODE } else { DIGITALOCEAN };
        let mut request = self.client.request(method, self.url(path)).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.expect("an answer");
        let status = response.status();
        let text = response.text().await.expect("a body");
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect("JSON") };
        (status, body)
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.call(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.call(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> StatusCode {
        self.call(Method::DELETE, path, None).await.0
    }

    /// A Linode with this label and script; its id.
    pub(crate) async fn linode(&self, label: &str, script: &str) -> u64 {
        let mut body = linode_body(label);
        body["metadata"] = json!({ "user_data": STANDARD.encode(script) });
        let (status, instance) = self.post("/v4/linode/instances", body).await;
        assert_eq!(status, 200, "{instance}");
        instance["id"].as_u64().expect("an id")
    }

    pub(crate) fn machine(&self, id: u64) -> Option<MachineSnapshot> {
        self.cloud.machines().into_iter().find(|machine| machine.id == id)
    }

    /// Waits until a machine is as `condition` wants it.
    pub(crate) async fn wait_for(&self, id: u64, condition: impl Fn(Option<&MachineSnapshot>) -> bool) {
        eventually(&format!("machine {id}"), || condition(self.machine(id).as_ref())).await;
    }

    /// The console of a machine once its user data has ended.
    pub(crate) async fn output(&self, id: u64) -> String {
        let ended = || {
            let console = self.cloud.console(id);
            ["user data finished", "user data failed", "machine failed"].iter().any(|end| console.contains(end))
        };
        eventually(&format!("the console of {id}"), ended).await;
        self.cloud.console(id)
    }
}

pub(crate) fn linode_body(label: &str) -> Value {
    json!({
        "label": label,
        "region": "eu-central",
        "type": "g6-nanode-1",
        "image": "linode/debian12",
        "root_pass": "correct horse battery",
        "tags": ["brihaspati", format!("env:{label}")],
    })
}

pub(crate) fn droplet_body(name: &str) -> Value {
    json!({
        "name": name,
        "region": "fra1",
        "size": "s-1vcpu-1gb",
        "image": "debian-12-x64",
        "tags": ["brihaspati", format!("env:{name}")],
    })
}

/// Polls until the condition holds, or panics after the deadline.
pub(crate) async fn eventually(what: &str, condition: impl Fn() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < DEADLINE, "gave up waiting for {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
