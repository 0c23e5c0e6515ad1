//! The local stack as a process of its own, which can be killed, and what its providers say.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use journeys::{Session, program, root, within};
use reqwest::{Client, Method};
use serde_json::Value;
use tempfile::TempDir;

/// The program on ports and state of the test's own.
pub(super) struct Stack {
    process: Child,
    state: TempDir,
    port: u16,
    pocket_port: u16,
    client: Client,
}

impl Stack {
    pub(super) async fn start() -> Self {
        let state = tempfile::tempdir().unwrap();
        let (port, pocket_port) = (free_port(), free_port());
        let client = Client::builder().no_proxy().timeout(Duration::from_secs(30)).build().unwrap();
        let process = launch(state.path(), port, pocket_port);
        let stack = Self { process, state, port, pocket_port, client };
        stack.up().await;
        stack
    }

    /// SIGKILL, after which nothing of the program runs, and a new start on the same state.
    pub(super) async fn kill_and_start(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.process = launch(self.state.path(), self.port, self.pocket_port);
        self.up().await;
    }

    async fn up(&self) {
        let up = within(Duration::from_secs(60), async || {
            let answer = self.anonymous().request(Method::GET, "/api/health").send().await.ok()?;
            answer.status().is_success().then_some(())
        });
        up.await.expect("the stack did not come up");
    }

    pub(super) fn anonymous(&self) -> Session {
        Session::new(self.client.clone(), &format!("http://127.0.0.1:{}", self.port), None)
    }

    pub(super) fn operator(&self) -> Session {
        self.anonymous().with_token(&self.secret("operator_token"))
    }

    fn secret(&self, name: &str) -> String {
        let secrets = std::fs::read(self.state.path().join("secrets.json")).unwrap();
        let secrets: Value = serde_json::from_slice(&secrets).unwrap();
        secrets[name].as_str().unwrap().to_owned()
    }

    /// Every machine at both providers, by their own word: the environments they are tagged with, and their addresses.
    pub(super) async fn machines(&self) -> BTreeMap<String, Vec<String>> {
        let linodes = self.list("/v4/linode/instances?page_size=500", "linode_token").await;
        let droplets = self.list("/v2/droplets?per_page=200", "digitalocean_token").await;
        let linodes = linodes["data"].as_array().unwrap().iter().map(|linode| (linode, &linode["ipv4"][0]));
        let droplets = droplets["droplets"].as_array().unwrap().iter();
        let droplets = droplets.map(|droplet| (droplet, &droplet["networks"]["v4"][0]["ip_address"]));
        let mut machines: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (machine, address) in linodes.chain(droplets) {
            // A Linode's label is a droplet's name.
            let label = machine["label"].as_str().or(machine["name"].as_str()).unwrap_or_default();
            let owner =
                label.strip_prefix("lab-").and_then(|rest| rest.rsplit_once('-')).map_or(label, |(owner, _)| owner);
            machines.entry(format!("env_{owner}")).or_default().push(address.as_str().unwrap_or_default().to_owned());
        }
        machines
    }

    async fn list(&self, path: &str, token: &str) -> Value {
        let url = format!("http://127.0.0.1:{}{path}", self.pocket_port);
        let answer = self.client.get(url).bearer_auth(self.secret(token)).send().await.unwrap();
        assert!(answer.status().is_success(), "{path} answered {}", answer.status());
        answer.json().await.unwrap()
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn launch(state: &Path, port: u16, pocket_port: u16) -> Child {
    let mut command = Command::new(program("brihaspati-local"));
    command.arg("--root").arg(root()).arg("--state-dir").arg(state);
    // Nothing runs in these machines: any file will do for the agent that they would download.
    command.arg("--agent").arg(root().join("LICENSE")).args(["--no-demo", "--no-sandbox", "--boot-delay", "0.3"]);
    command.args(["--port", &port.to_string(), "--pocket-port", &pocket_port.to_string()]);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
