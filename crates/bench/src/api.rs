//! The API as a trainee's portal calls it; what is refused is remembered as what a person would have seen.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::{Client, Method};
use serde_json::Value;

/// Longer than API Gateway waits for any function.
const TIMEOUT: Duration = Duration::from_secs(35);

#[derive(Clone)]
pub(crate) struct Api {
    client: Client,
    origin: String,
    token: Option<String>,
    troubles: Arc<Mutex<Vec<String>>>,
}

impl Api {
    pub(crate) fn new(origin: &str) -> Result<Self> {
        let client = Client::builder().no_proxy().timeout(TIMEOUT).build()?;
        Ok(Self { client, origin: origin.to_owned(), token: None, troubles: Arc::default() })
    }

    /// The same API for somebody else; troubles are noted in the same list.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value> {
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.origin));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.with_context(|| format!("{method} {path} has no answer"))?;
        let status = response.status();
        let answer: Value = response.json().await.unwrap_or_default();
        if !status.is_success() {
            let code = answer["code"].as_str().or_else(|| answer["message"].as_str()).unwrap_or("no reason");
            bail!("{method} {path} answered {status}: {code}");
        }
        Ok(answer)
    }

    /// A call on behalf of a trainee: what goes wrong is what they would have seen.
    pub(crate) async fn seen(&self, method: Method, path: &str) -> Option<Value> {
        match self.call(method, path, None).await {
            Ok(answer) => Some(answer),
            Err(error) => {
                self.trouble(format!("{error:#}"));
                None
            }
        }
    }

    pub(crate) fn trouble(&self, text: String) {
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner).push(text);
    }

    /// Everything that went wrong for a trainee since this was last asked.
    pub(crate) fn take_troubles(&self) -> Vec<String> {
        std::mem::take(&mut self.troubles.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
