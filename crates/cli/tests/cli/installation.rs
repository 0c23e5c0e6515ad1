//! An installation that answers what a test told it to, and a person's computer beside it.

use std::path::Path;

use assert_cmd::Command;
use serde_json::{Value, json};
use tempfile::TempDir;
use wiremock::matchers::{method, path, query_param_is_missing};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

pub(crate) const CLASS: &str = "/api/admin/classes/cls_1";

pub(crate) struct Installation {
    pub(crate) server: MockServer,
    /// Home, settings folder and working folder.
    pub(crate) home: TempDir,
}

pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", self.stdout, self.stderr))
    }

    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}{}", self.stdout, self.stderr);
        self
    }
}

impl Installation {
    pub(crate) async fn start() -> Self {
        Self { server: MockServer::start().await, home: TempDir::new().unwrap() }
    }

    /// With the class `DEVSECOPS`, so that commands find it by its code.
    pub(crate) async fn with_class() -> Self {
        let this = Self::start().await;
        let mut summary = class();
        summary["seats"] = json!(100);
        let page = json!({ "classes": [summary], "next_cursor": null });
        let list = Mock::given(method("GET")).and(path("/api/admin/classes")).and(query_param_is_missing("cursor"));
        list.respond_with(ResponseTemplate::new(200).set_body_json(page)).mount(&this.server).await;
        this
    }

    pub(crate) async fn answers(&self, verb: &str, at: &str, answer: ResponseTemplate) {
        Mock::given(method(verb)).and(path(at)).respond_with(answer).mount(&self.server).await;
    }

    /// The program without a token: only what the test passes.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("brihaspati"));
        command.env_clear().env("HOME", self.home.path()).env("XDG_CONFIG_HOME", self.home.path()).env("TZ", "UTC");
        command.current_dir(self.home.path()).timeout(std::time::Duration::from_secs(60));
        command
    }

    /// The program with the operator's token for this installation.
    pub(crate) async fn run(&self, line: &str) -> Run {
        self.run_with(&line.split_whitespace().collect::<Vec<_>>(), "").await
    }

    pub(crate) async fn run_with(&self, arguments: &[&str], stdin: &str) -> Run {
        let mut command = self.command();
        command.env("BRIHASPATI_URL", self.server.uri()).env("BRIHASPATI_TOKEN", "operator-token");
        command.args(arguments).write_stdin(stdin);
        finished(command).await
    }

    /// What was asked with `verb` at `at`, oldest first.
    pub(crate) async fn asked(&self, verb: &str, at: &str) -> Vec<Request> {
        let requests = self.server.received_requests().await.unwrap();
        requests.into_iter().filter(|request| request.method.as_str() == verb && request.url.path() == at).collect()
    }

    pub(crate) async fn bodies(&self, verb: &str, at: &str) -> Vec<Value> {
        self.asked(verb, at).await.iter().map(|request| request.body_json().unwrap()).collect()
    }

    pub(crate) fn file(&self, name: &str, content: &str) -> String {
        let path = self.home.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

pub(crate) async fn finished(mut command: Command) -> Run {
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

pub(crate) fn ok(document: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(document)
}

pub(crate) fn problem(status: u16, code: &str, detail: &str) -> ResponseTemplate {
    let document = json!({ "type": "about:blank", "title": "Refused", "status": status, "code": code,
        "detail": detail, "trace_id": "0af7651916cd43dd8448eb211c80319c" });
    ResponseTemplate::new(status).set_body_raw(document.to_string(), "application/problem+json")
}

pub(crate) fn class() -> Value {
    json!({ "id": "cls_1", "code": "DEVSECOPS", "title": "DevSecOps", "state": "open", "time_zone": "Europe/Berlin",
        "opens_at": null, "closes_at": null, "seats": 100, "environments_per_trainee": 2, "idle_minutes": null,
        "max_extra_minutes": 60, "trainee_extension_minutes": 0, "providers": ["linode", "digitalocean"],
        "budget_micro_usd": null, "viewing": "ask", "instructors": ["ins_1"], "created_at": "2026-11-20T08:00:00Z",
        "archived_at": null, "spending": null, "people": 41 })
}

/// What others may do with a file: nothing, where it holds codes or people's data.
#[cfg(unix)]
pub(crate) fn mode(path: &Path) -> u32 {
    std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(path).unwrap()) & 0o777
}
