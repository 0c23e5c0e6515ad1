use reqwest::{Client, Method};
use serde_json::Value;

/// A status and a body, as a client sees them.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
    /// The body where it is no JSON, such as CSV.
    pub plain: String,
    /// Empty where there is none.
    pub etag: String,
    /// In seconds, where the answer names a time to try again.
    pub retry_after: Option<u32>,
}

impl Answer {
    /// The problem's `code`.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// A list of the body; empty where it is not there.
    pub fn list(&self, name: &str) -> &[Value] {
        self.body[name].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    /// A text of the body, such as `id` or `lab.slug`; empty where it is not there.
    pub fn text(&self, path: &str) -> &str {
        let found = path.split('.').try_fold(&self.body, |value, name| value.get(name));
        found.and_then(Value::as_str).unwrap_or_default()
    }
}

/// Somebody who calls the API with a token, or without.
#[derive(Clone)]
pub struct Session {
    client: Client,
    origin: String,
    token: Option<String>,
}

impl Session {
    pub fn new(client: Client, origin: &str, token: Option<&str>) -> Self {
        Self { client, origin: origin.to_owned(), token: token.map(str::to_owned) }
    }

    /// The same caller with another token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str) -> Answer {
        self.send(self.request(Method::POST, path)).await
    }

    pub async fn send_json(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.send(self.request(method, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    pub async fn send_bytes(&self, method: Method, path: &str, content_type: &str, body: Vec<u8>) -> Answer {
        self.send(self.request(method, path).header("content-type", content_type).body(body)).await
    }

    /// Writes over what was read under this tag.
    pub async fn edit(&self, path: &str, etag: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PUT, path).header("if-match", etag).json(body)).await
    }

    /// What changed since this tag; status 304 where nothing did.
    pub async fn get_unless(&self, path: &str, etag: &str) -> Answer {
        self.send(self.request(Method::GET, path).header("if-none-match", etag)).await
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.origin));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// # Panics
    /// When there is no answer at all, or an error answer that is no problem document.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap_or_else(|error| panic!("no answer: {error}"));
        let status = response.status().as_u16();
        let header = |name: &str| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
        };
        let (kind, etag, retry_after) = (header("content-type"), header("etag"), header("retry-after").parse().ok());
        let text = response.text().await.unwrap_or_default();
        let body: Value = serde_json::from_str(&text).unwrap_or_default();
        if status >= 400 {
            assert_eq!(kind, "application/problem+json", "{status}: {text}");
            for field in ["type", "title", "status", "code", "detail", "trace_id"] {
                assert!(!body[field].is_null(), "a problem without {field}: {text}");
            }
            assert_eq!(body["status"], status);
        }
        let plain = if body.is_null() { text } else { String::new() };
        Answer { status, body, plain, etag, retry_after }
    }
}
