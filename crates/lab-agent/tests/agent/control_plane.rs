//! The two routes a machine may call.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub(crate) const TOKEN: &str = "the-machine-token";
pub(crate) const ENVIRONMENT: &str = "env_01test";

#[derive(Clone)]
pub(crate) struct ControlPlane {
    pub(crate) url: String,
    state: Arc<Mutex<Answers>>,
}

struct Answers {
    bundle: Value,
    refusals: VecDeque<StatusCode>,
    always: Option<StatusCode>,
    wanted: &'static str,
    reports: Vec<Value>,
    traces: Vec<String>,
}

impl ControlPlane {
    pub(crate) async fn start(bundle: Value) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/api", listener.local_addr().unwrap());
        let answers = Answers {
            bundle,
            refusals: VecDeque::new(),
            always: None,
            wanted: "running",
            reports: Vec::new(),
            traces: Vec::new(),
        };
        let state = Arc::new(Mutex::new(answers));
        let router = Router::new()
            .route("/api/environments/{id}/bundle", get(bundle_route))
            .route("/api/environments/{id}/report", post(report_route))
            .with_state(Arc::clone(&state));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, state }
    }

    /// The next bundle calls are answered with these.
    pub(crate) fn refuse_bundle(&self, statuses: &[StatusCode]) {
        self.state.lock().unwrap().refusals.extend(statuses);
    }

    /// Every call is answered with this.
    pub(crate) fn always_answer(&self, status: StatusCode) {
        self.state.lock().unwrap().always = Some(status);
    }

    pub(crate) fn want_gone(&self) {
        self.state.lock().unwrap().wanted = "gone";
    }

    pub(crate) fn stages(&self) -> Vec<String> {
        let stage = |report: &Value| report["stage"].as_str().unwrap().to_owned();
        self.state.lock().unwrap().reports.iter().map(stage).collect()
    }

    pub(crate) fn last_detail(&self) -> String {
        let state = self.state.lock().unwrap();
        state.reports.last().unwrap()["detail"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn traces(&self) -> Vec<String> {
        self.state.lock().unwrap().traces.clone()
    }
}

type Shared = State<Arc<Mutex<Answers>>>;

fn admit(answers: &mut Answers, headers: &HeaderMap, id: &str) -> Result<(), StatusCode> {
    if let Some(status) = answers.always {
        return Err(status);
    }
    answers.traces.push(headers["traceparent"].to_str().unwrap().to_owned());
    let known = headers["authorization"] == format!("Bearer {TOKEN}") && id == ENVIRONMENT;
    if known { Ok(()) } else { Err(StatusCode::UNAUTHORIZED) }
}

async fn bundle_route(State(state): Shared, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let mut answers = state.lock().unwrap();
    if let Err(status) = admit(&mut answers, &headers, &id) {
        return status.into_response();
    }
    match answers.refusals.pop_front() {
        Some(status) => status.into_response(),
        None => Json(answers.bundle.clone()).into_response(),
    }
}

async fn report_route(
    State(state): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(report): Json<Value>,
) -> Response {
    let mut answers = state.lock().unwrap();
    if let Err(status) = admit(&mut answers, &headers, &id) {
        return status.into_response();
    }
    answers.reports.push(report);
    Json(json!({ "wanted": answers.wanted, "expires_at": "2030-01-01T00:00:00Z" })).into_response()
}
