//! DynamoDB in a file: the embedded database behind a door that lets each function do what its policy allows.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Router, routing::post};
use dynoxide::{Database, DynoxideError};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::amz_json::{Version, answer, target};
use crate::callers::{Callers, caller};
use crate::template::TableSpec;

/// Opens the file and creates the tables that it does not hold yet.
pub(crate) fn open(file: &Path, tables: &[TableSpec]) -> Result<Database> {
    let path = file.to_str().context("the state directory's path is not valid UTF-8")?;
    let database = Database::new(path).with_context(|| format!("the table's file {path} cannot be opened"))?;
    for table in tables {
        create(&database, table).with_context(|| format!("table {}", table.id))?;
    }
    Ok(database)
}

fn create(database: &Database, table: &TableSpec) -> Result<()> {
    match database.create_table(serde_json::from_value(table.create.clone())?) {
        Ok(_) => {}
        Err(DynoxideError::ResourceInUseException(_)) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    if let Some(request) = &table.time_to_live {
        database.update_time_to_live(serde_json::from_value(request.clone())?)?;
    }
    Ok(())
}

/// The database's own endpoint, without the door.
pub(crate) async fn serve(listener: TcpListener, database: Database, stop: CancellationToken) {
    if let Err(error) = dynoxide::server::serve_with_shutdown(listener, database, stop.cancelled_owned()).await {
        tracing::error!(error, "the embedded DynamoDB ended");
    }
}

/// How often each function performed each operation, by their names.
#[derive(Clone, Default)]
pub(crate) struct Calls(Arc<Mutex<HashMap<(String, String), u64>>>);

impl Calls {
    pub(crate) fn of(&self, function: &str, operation: &str) -> u64 {
        let calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        calls.get(&(function.to_owned(), operation.to_owned())).copied().unwrap_or_default()
    }

    fn count(&self, function: &str, operation: &str) {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *calls.entry((function.to_owned(), operation.to_owned())).or_default() += 1;
    }
}

/// The endpoint that functions are given.
pub(crate) struct Door {
    database: String,
    client: reqwest::Client,
    callers: Arc<Callers>,
    calls: Calls,
}

impl Door {
    pub(crate) fn new(database: SocketAddr, callers: Arc<Callers>, calls: Calls) -> Result<Self> {
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build()?;
        Ok(Self { database: format!("http://{database}/"), client, callers, calls })
    }

    pub(crate) async fn serve(self, listener: TcpListener, stop: CancellationToken) {
        let router = Router::new().route("/", post(pass)).with_state(Arc::new(self));
        if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await {
            tracing::error!(%error, "the DynamoDB endpoint ended");
        }
    }

    async fn forward(&self, headers: HeaderMap, body: Bytes) -> Result<Response> {
        let answer = self.client.post(&self.database).headers(headers).body(body).send().await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await.map_err(|error| anyhow!(error))?;
        Ok((status, headers, body).into_response())
    }
}

async fn pass(State(door): State<Arc<Door>>, headers: HeaderMap, body: Bytes) -> Response {
    let operation = target(&headers).split('.').nth(1).unwrap_or_default();
    door.calls.count(caller(&headers), operation);
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    if let Err(denied) = door.callers.check_dynamodb(&headers, operation, &request) {
        return error(StatusCode::BAD_REQUEST, "AccessDeniedException", &denied);
    }
    match door.forward(headers, body).await {
        Ok(response) => response,
        Err(cause) => error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", &cause.to_string()),
    }
}

fn error(status: StatusCode, code: &str, message: &str) -> Response {
    let body = json!({ "__type": format!("com.amazon.coral.service#{code}"), "message": message });
    answer(Version::V1_0, status, &body)
}
