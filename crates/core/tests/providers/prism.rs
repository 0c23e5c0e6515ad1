//! Prism answers with a provider's own API description, and refuses what that description does not allow.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio_util::sync::{CancellationToken, DropGuard};

/// Seconds on an idle machine, a minute on one that compiles.
const READY_WITHIN: Duration = Duration::from_secs(180);

pub(crate) struct Prism {
    pub(crate) url: String,
    /// Killed when dropped.
    _process: Child,
}

impl Prism {
    /// A mock of `specification`, or nothing, with a line that says why, where this machine lacks what it takes.
    pub(crate) async fn mocking(specification: &str) -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let program = present(root.join("tests/contract/node_modules/.bin/prism"), "run `npm ci` in tests/contract")?;
        let specification = root.join("../shared/specs").join(specification);
        let specification = present(specification, "the providers' API descriptions are not part of this tree")?;

        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let mut process = Command::new(program)
            .args(["mock", "--host", "127.0.0.1", "--port", &port.to_string()])
            .arg(specification)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let listening = async {
            while let Some(line) = lines.next_line().await.unwrap() {
                if line.contains("Prism is listening") {
                    return;
                }
            }
            panic!("prism ended before it listened");
        };
        tokio::time::timeout(READY_WITHIN, listening).await.expect("prism listens in time");
        // It goes on writing; a full or closed pipe would stop it.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Some(Self { url: format!("http://127.0.0.1:{port}"), _process: process })
    }

    /// The same mock, answering everything with this status: Prism takes such wishes in a header, which no client sends.
    pub(crate) async fn answering(&self, status: u16) -> Answering {
        self.wishing(Wish { status: Some(status), ..self.no_wish() }).await
    }

    /// The same mock, whose lists end with their first page.
    pub(crate) async fn ending_lists(&self) -> Answering {
        self.wishing(Wish { last_page: true, ..self.no_wish() }).await
    }

    fn no_wish(&self) -> Wish {
        Wish { status: None, last_page: false, mock: self.url.clone(), http: reqwest::Client::new() }
    }

    async fn wishing(&self, wish: Wish) -> Answering {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let stop = CancellationToken::new();
        let served = axum::serve(listener, Router::new().fallback(pass_on).with_state(wish));
        tokio::spawn(stop.clone().run_until_cancelled_owned(async { served.await.unwrap() }));
        Answering { url, _server: stop.drop_guard() }
    }
}

pub(crate) struct Answering {
    pub(crate) url: String,
    _server: DropGuard,
}

#[derive(Clone)]
struct Wish {
    status: Option<u16>,
    last_page: bool,
    mock: String,
    http: reqwest::Client,
}

async fn pass_on(State(wish): State<Wish>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let mut request = wish.http.request(method, format!("{}{uri}", wish.mock)).headers(headers).body(body);
    if let Some(status) = wish.status {
        request = request.header("prefer", format!("code={status}"));
    }
    let answer = request.send().await.unwrap();
    let mut response = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        response = response.header(name, value);
    }
    let mut body = answer.text().await.unwrap();
    if wish.last_page {
        // As long as before: the length was told.
        body = body.replace(r#""next":"#, r#""late":"#);
    }
    response.body(Body::from(body)).unwrap()
}

fn present(path: PathBuf, otherwise: &str) -> Option<PathBuf> {
    if path.exists() {
        return Some(path);
    }
    // Written past the test harness, which shows only what failing tests print.
    let _ = writeln!(std::io::stderr(), "SKIPPED a provider contract, for there is no {}: {otherwise}", path.display());
    None
}
