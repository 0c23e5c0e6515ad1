//! A cloud that says what the test wrote down, one answer per request, and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

pub(crate) enum Answer {
    Is(Response),
    /// The connection stays open and nothing comes.
    Never,
}

pub(crate) fn json(status: u16, body: &Value) -> Answer {
    text(status, body.to_string())
}

pub(crate) fn text(status: u16, body: impl Into<Body>) -> Answer {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    Answer::Is(response)
}

impl Answer {
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        if let Self::Is(response) = &mut self {
            response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        self
    }
}

/// One request as it arrived.
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

#[derive(Clone)]
struct Script {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

pub(crate) struct ScriptedCloud {
    pub(crate) url: String,
    script: Script,
    _server: DropGuard,
}

impl ScriptedCloud {
    pub(crate) async fn answering(answers: impl IntoIterator<Item = Answer>) -> Self {
        let script = Script { answers: Arc::new(Mutex::new(answers.into_iter().collect())), asked: Arc::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(next_answer).with_state(script.clone());
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        tokio::spawn(async move {
            tokio::select! {
                served = axum::serve(listener, router) => served.unwrap(),
                () = stopped.cancelled() => {}
            }
        });
        Self { url, script, _server: stop.drop_guard() }
    }

    /// What was asked since the last time somebody looked.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.script.asked.lock().unwrap())
    }
}

async fn next_answer(
    State(script): State<Script>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    script.asked.lock().unwrap().push(Asked {
        method,
        path: uri.path().to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        headers,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    });
    let answer = script.answers.lock().unwrap().pop_front();
    match answer {
        Some(Answer::Is(response)) => response,
        Some(Answer::Never) => std::future::pending().await,
        None => panic!("the script has no further answer"),
    }
}
