//! The routes a machine may call.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What stands in the user data.
pub(crate) const BOOT_TOKEN: &str = "the-boot-token";
/// What the bundle brings in its place.
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
    expires_at: Option<String>,
    is_old: bool,
    silent: bool,
    reports: Vec<Value>,
    check_refusals: VecDeque<StatusCode>,
    check_reports: Vec<Value>,
    traces: Vec<String>,
    protocols: Vec<String>,
    /// The machine has reported with its own token: the other one is not known any more.
    came_in: bool,
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
            expires_at: None,
            is_old: false,
            silent: false,
            reports: Vec::new(),
            check_refusals: VecDeque::new(),
            check_reports: Vec::new(),
            traces: Vec::new(),
            protocols: Vec::new(),
            came_in: false,
        };
        let state = Arc::new(Mutex::new(answers));
        let router = Router::new()
            .route("/api/environments/{id}/bundle", get(bundle_route))
            .route("/api/environments/{id}/report", post(report_route))
            .route("/api/environments/{id}/checks", post(checks_route))
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

    /// From now on every answer says that the environment ends at this time.
    pub(crate) fn expire_at(&self, time: SystemTime) {
        self.state.lock().unwrap().expires_at = Some(jiff::Timestamp::try_from(time).unwrap().to_string());
    }

    /// It knows nothing of activity, certificates and causes, and refuses what it does not know; and of one token only.
    pub(crate) fn be_old(&self) {
        let mut state = self.state.lock().unwrap();
        state.is_old = true;
        state.bundle.as_object_mut().unwrap().remove("token");
    }

    /// Whether the token of the user data is good for nothing any more.
    pub(crate) fn has_forgotten_the_boot_token(&self) -> bool {
        self.state.lock().unwrap().came_in
    }

    /// It takes reports in and never answers.
    pub(crate) fn fall_silent(&self) {
        self.state.lock().unwrap().silent = true;
    }

    /// The next results of checks are answered with these.
    pub(crate) fn refuse_checks(&self, statuses: &[StatusCode]) {
        self.state.lock().unwrap().check_refusals.extend(statuses);
    }

    /// Whether every refusal has been given.
    pub(crate) fn has_refused_checks(&self) -> bool {
        self.state.lock().unwrap().check_refusals.is_empty()
    }

    /// The reports of checks that were accepted.
    pub(crate) fn check_reports(&self) -> Vec<Value> {
        self.state.lock().unwrap().check_reports.clone()
    }

    /// When the trainee was last at work, as the ready reports say.
    pub(crate) fn active_at(&self) -> Vec<Option<u64>> {
        let state = self.state.lock().unwrap();
        let ready = state.reports.iter().filter(|report| report["stage"] == "ready");
        ready.map(|report| report["active_at"].as_u64()).collect()
    }

    pub(crate) fn stages(&self) -> Vec<String> {
        let stage = |report: &Value| report["stage"].as_str().unwrap().to_owned();
        self.state.lock().unwrap().reports.iter().map(stage).collect()
    }

    pub(crate) fn last_detail(&self) -> String {
        let state = self.state.lock().unwrap();
        state.reports.last().unwrap()["detail"].as_str().unwrap_or_default().to_owned()
    }

    /// What each call named as its protocol.
    pub(crate) fn protocols(&self) -> Vec<String> {
        self.state.lock().unwrap().protocols.clone()
    }

    pub(crate) fn last_report(&self) -> Value {
        self.state.lock().unwrap().reports.last().unwrap().clone()
    }

    pub(crate) fn traces(&self) -> Vec<String> {
        self.state.lock().unwrap().traces.clone()
    }
}

type Shared = State<Arc<Mutex<Answers>>>;

/// Whether it presents its own token, and not that of its user data.
fn admit(answers: &mut Answers, headers: &HeaderMap, id: &str) -> Result<bool, StatusCode> {
    if let Some(status) = answers.always {
        return Err(status);
    }
    answers.traces.push(headers["traceparent"].to_str().unwrap().to_owned());
    answers.protocols.push(headers["brihaspati-protocol"].to_str().unwrap().to_owned());
    let presents = |token: &str| headers["authorization"] == format!("Bearer {token}");
    let known = (presents(TOKEN) && !answers.is_old) || (presents(BOOT_TOKEN) && !answers.came_in);
    if known && id == ENVIRONMENT { Ok(presents(TOKEN)) } else { Err(StatusCode::UNAUTHORIZED) }
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
    let (answer, silent) = take_report(&mut state.lock().unwrap(), &headers, &id, report);
    if silent {
        return std::future::pending().await;
    }
    answer
}

fn take_report(answers: &mut Answers, headers: &HeaderMap, id: &str, report: Value) -> (Response, bool) {
    match admit(answers, headers, id) {
        Ok(own) => answers.came_in |= own,
        Err(status) => return (status.into_response(), false),
    }
    let is_new = report.get("active_at").or(report.get("cause")).is_some() || report["stage"] == "certificate";
    if answers.is_old && is_new {
        return (StatusCode::BAD_REQUEST.into_response(), false);
    }
    answers.reports.push(report);
    (answers.answer(), answers.silent)
}

async fn checks_route(
    State(state): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(report): Json<Value>,
) -> Response {
    let mut answers = state.lock().unwrap();
    if let Err(status) = admit(&mut answers, &headers, &id) {
        return status.into_response();
    }
    if let Some(status) = answers.check_refusals.pop_front() {
        return status.into_response();
    }
    answers.check_reports.push(report);
    answers.answer()
}

impl Answers {
    fn answer(&self) -> Response {
        Json(json!({ "wanted": self.wanted, "expires_at": self.expires_at, "new": {} })).into_response()
    }
}
