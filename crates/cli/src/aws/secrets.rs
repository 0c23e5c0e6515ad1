//! Secrets Manager: the secrets that the stack was told the names of.

use serde::Deserialize;
use serde_json::json;

use super::{Aws, AwsError};

/// Never printed: it has no `Debug`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Secret {
    secret_string: Option<String>,
}

impl Aws {
    /// The secret's text; `None` where it holds none, or bytes.
    pub(crate) async fn secret(&self, name: &str) -> Result<Option<String>, AwsError> {
        let body = json!({ "SecretId": name });
        let answer: Secret = self.json("secretsmanager", "secretsmanager.GetSecretValue", "1.1", &body).await?;
        Ok(answer.secret_string)
    }
}
