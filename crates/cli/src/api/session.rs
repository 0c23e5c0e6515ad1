//! Signing in and out, and instructors' accounts.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::{Answer, Api, Payload};
use crate::failure::Failure;

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) display_name: String,
}

/// Who a token speaks for.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Session {
    Instructor { instructor: Account, expires_at: Timestamp },
    Trainee { member: Account, class: SessionClass, expires_at: Timestamp },
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct SessionClass {
    pub(crate) code: String,
    pub(crate) title: String,
}

impl Session {
    pub(crate) fn account(&self) -> &Account {
        match self {
            Self::Instructor { instructor, .. } => instructor,
            Self::Trainee { member, .. } => member,
        }
    }

    pub(crate) fn expires_at(&self) -> Timestamp {
        match self {
            Self::Instructor { expires_at, .. } | Self::Trainee { expires_at, .. } => *expires_at,
        }
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct SignedIn {
    #[serde(flatten)]
    pub(crate) session: Session,
    pub(crate) token: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Instructor {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) display_name: String,
    #[serde(default)]
    pub(crate) disabled: bool,
}

impl Api {
    /// Never repeated: each wrong guess counts.
    pub(crate) async fn login(
        &self,
        class_code: Option<&str>,
        name: &str,
        password: &str,
    ) -> Result<Answer<SignedIn>, Failure> {
        let mut body = json!({ "name": name, "password": password, "session": "bearer" });
        if let Some(code) = class_code {
            body["class_code"] = json!(code);
        }
        self.post("/api/login", Payload::json(&body).once()).await
    }

    pub(crate) async fn session(&self) -> Result<Answer<Session>, Failure> {
        self.get("/api/me").await
    }
}
