//! A whole local system as a test sees it: free ports, machines that only call home.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use brihaspati_local::{Local, LocalOptions};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn options(state: &TempDir) -> LocalOptions {
    LocalOptions::new(&root(), state.path())
}

struct Browser {
    origin: String,
    client: Client,
    token: String,
}

impl Browser {
    async fn sign_in(local: &Local) -> Self {
        let demo = local.demo().unwrap();
        let mut browser = Self { origin: local.url().to_owned(), client: Client::new(), token: String::new() };
        let ada = &demo.trainees[0];
        let login =
            json!({"class_code": demo.class_code, "name": ada.name, "password": ada.password, "session": "bearer"});
        let (status, session) = browser.call(Method::POST, "/api/login", Some(login)).await;
        assert_eq!(status, StatusCode::OK, "{session}");
        browser.token = session["token"].as_str().unwrap().to_owned();
        browser
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let mut request = self.client.request(method, format!("{}{path}", self.origin)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        (response.status(), response.json().await.unwrap_or_default())
    }

    async fn wait_for(&self, environment: &str, status: &str) -> Value {
        let waiting = async {
            loop {
                let (_, view) = self.call(Method::GET, &format!("/api/environments/{environment}"), None).await;
                if view["status"] == status {
                    return view;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), waiting).await.unwrap_or_else(|_| panic!("never became {status}"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_play_reaches_a_machine_and_a_stop_its_receipt() {
    let state = tempfile::tempdir().unwrap();
    let local = Local::start(LocalOptions { seed: true, ..options(&state) }).await.unwrap();
    let browser = Browser::sign_in(&local).await;
    let (status, labs) = browser.call(Method::GET, "/api/labs", None).await;
    assert_eq!(status, StatusCode::OK);
    let lab = labs["labs"][0]["slug"].as_str().unwrap();

    let (status, started) = browser.call(Method::POST, &format!("/api/labs/{lab}/start"), None).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{started}");
    let id = started["id"].as_str().unwrap();
    browser.wait_for(id, "ready").await;
    assert_eq!(local.pocket().machines().len(), 1);

    browser.call(Method::POST, &format!("/api/environments/{id}/stop"), None).await;
    let gone = browser.wait_for(id, "gone").await;
    assert_eq!(gone["receipt"]["reason"], "stopped", "{gone}");
    assert!(local.pocket().machines().is_empty());
    assert_eq!(local.queue_length("ProvisionDeadLetters"), Some(0));
    let reaped = local.invoke_reaper().await.unwrap();
    assert_eq!((&reaped["failed"], &reaped["leaked_and_deleted"]), (&json!(0), &json!(0)), "{reaped}");
    local.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_finds_the_class_of_the_first() {
    let state = tempfile::tempdir().unwrap();
    let first = Local::start(LocalOptions { seed: true, ..options(&state) }).await.unwrap();
    let demo = first.demo().unwrap().clone();
    first.shutdown().await;
    let second = Local::start(LocalOptions { seed: true, ..options(&state) }).await.unwrap();
    assert_eq!(second.demo(), Some(&demo));
    Browser::sign_in(&second).await;
    second.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn systems_of_one_process_do_not_see_each_other() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, two) = tokio::join!(Local::start(options(&here)), Local::start(options(&there)));
    let (one, two) = (one.unwrap(), two.unwrap());
    let create = |origin: &str, token: &str| {
        let request = Client::new().post(format!("{origin}/api/admin/classes")).bearer_auth(token);
        request.json(&json!({"code": "SAME-CODE", "title": "A class"})).send()
    };
    assert_eq!(create(one.url(), one.operator_token()).await.unwrap().status(), StatusCode::CREATED);
    assert_eq!(create(two.url(), two.operator_token()).await.unwrap().status(), StatusCode::CREATED);
    assert_eq!(create(two.url(), one.operator_token()).await.unwrap().status(), StatusCode::UNAUTHORIZED);
    one.shutdown().await;
    two.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_is_named_with_what_to_do() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let state = tempfile::tempdir().unwrap();
    let error = Local::start(LocalOptions { port, ..options(&state) }).await.err().unwrap();
    let text = format!("{error:#}");
    assert!(text.contains(&port.to_string()) && text.contains("PORT"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_that_the_template_does_not_declare_is_refused() {
    let state = tempfile::tempdir().unwrap();
    let parameters = [("Misspelt".to_owned(), "1".to_owned())].into();
    let error = Local::start(LocalOptions { parameters, ..options(&state) }).await.err().unwrap();
    assert!(format!("{error:#}").contains("Misspelt"), "{error:#}");
}
