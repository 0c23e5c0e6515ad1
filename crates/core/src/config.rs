//! Configuration from environment variables, each problem named with the variable and the fix.

use std::collections::HashMap;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region, SharedHttpClient, retry::RetryConfig, timeout::TimeoutConfig};
use aws_smithy_http_client::tls::{Provider as TlsProvider, rustls_provider::CryptoMode};

use crate::domain::secret::Secret;
use crate::domain::traffic::{Limit, Limits};

/// A variable that is missing or wrong. The message never repeats the value: it may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("environment variable {name} {problem}")]
pub struct SettingsError {
    name: String,
    problem: String,
}

impl SettingsError {
    pub fn new(name: &str, problem: impl Into<String>) -> Self {
        Self { name: name.to_owned(), problem: problem.into() }
    }
}

/// The variables a function was given. On Lambda they are the process's own; the local stack hands each function the
/// ones that `template.yaml` names for it.
#[derive(Clone, Default)]
pub struct Settings(HashMap<String, String>);

impl Settings {
    pub fn from_process() -> Self {
        Self(std::env::vars().collect())
    }

    pub fn from_map(variables: HashMap<String, String>) -> Self {
        Self(variables)
    }

    /// The value, with an empty one counted as absent.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    pub fn require(&self, name: &str) -> Result<&str, SettingsError> {
        self.get(name).ok_or_else(|| SettingsError::new(name, "is missing; set it for this function in template.yaml"))
    }

    pub fn secret(&self, name: &str) -> Option<Secret> {
        self.get(name).map(Secret::from)
    }

    /// What is deployed: `VERSION`, or `dev` where nobody said.
    pub fn version(&self) -> &str {
        self.get("VERSION").unwrap_or("dev")
    }

    /// An absolute http(s) URL without a trailing slash.
    pub fn url(&self, name: &str) -> Result<String, SettingsError> {
        let text = self.require(name)?;
        check_url(name, text)
    }

    pub fn url_or(&self, name: &str, default: &str) -> Result<String, SettingsError> {
        check_url(name, self.get(name).unwrap_or(default))
    }

    /// Reads `LINODE_CREATE_LIMIT` and `DIGITALOCEAN_LIMIT`: `20/15` is 20 requests in 15 s. The defaults are what the
    /// providers document (<https://techdocs.akamai.com/linode-api/reference/rate-limits>,
    /// <https://docs.digitalocean.com/reference/api/>); an account may have been granted more.
    pub fn limits(&self) -> Result<Limits, SettingsError> {
        let limit = |name: &str, default: &str| -> Result<Limit, SettingsError> {
            let text = self.get(name).unwrap_or(default);
            text.parse()
                .map_err(|error: crate::domain::traffic::InvalidLimit| SettingsError::new(name, error.to_string()))
        };
        Ok(Limits {
            linode_creates: limit("LINODE_CREATE_LIMIT", "20/15")?,
            digitalocean: limit("DIGITALOCEAN_LIMIT", "250/60")?,
        })
    }

    /// What the AWS clients need, from the variables that Lambda sets (`AWS_REGION`, `AWS_ACCESS_KEY_ID`, …) and the
    /// SDKs' documented `AWS_ENDPOINT_URL_<SERVICE>`. Lambda's credentials live as long as its sandbox, so the usual
    /// provider chain, with its probes of disk and network, would only slow a cold start.
    pub fn aws(&self, endpoint_variable: &str) -> Result<AwsSettings, SettingsError> {
        let credentials = Credentials::new(
            self.require("AWS_ACCESS_KEY_ID")?,
            self.require("AWS_SECRET_ACCESS_KEY")?,
            self.get("AWS_SESSION_TOKEN").map(str::to_owned),
            None,
            "lambda",
        );
        Ok(AwsSettings {
            region: Region::new(self.require("AWS_REGION")?.to_owned()),
            credentials: SharedCredentialsProvider::new(credentials),
            endpoint: self.get(endpoint_variable).map(str::to_owned),
            http: None,
        })
    }
}

fn check_url(name: &str, text: &str) -> Result<String, SettingsError> {
    let valid = reqwest::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if valid {
        Ok(text.trim_end_matches('/').to_owned())
    } else {
        Err(SettingsError::new(name, "is not an absolute http or https URL"))
    }
}

/// Region, credentials, endpoint and transport of one AWS client.
#[derive(Clone)]
pub struct AwsSettings {
    region: Region,
    credentials: SharedCredentialsProvider,
    endpoint: Option<String>,
    http: Option<SharedHttpClient>,
}

/// An attempt may take 3 s and a call with its retries 10 s: shorter than any function's time-out.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(3))
        .operation_timeout(Duration::from_secs(10))
        .build()
}

fn https() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new().tls_provider(TlsProvider::Rustls(CryptoMode::Ring)).build_https()
}

/// The same for every service; their configuration types have nothing but their methods' names in common.
macro_rules! client {
    ($settings:ident, $sdk:ident) => {{
        let mut config = $sdk::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client($settings.http.unwrap_or_else(https))
            .timeout_config(timeouts())
            .retry_config(RetryConfig::standard().with_max_attempts(3))
            .region($settings.region)
            .credentials_provider($settings.credentials);
        config.set_endpoint_url($settings.endpoint);
        $sdk::Client::from_conf(config.build())
    }};
}

impl AwsSettings {
    /// Over another transport than HTTPS.
    #[must_use]
    pub fn over(mut self, http: SharedHttpClient) -> Self {
        self.http = Some(http);
        self
    }

    pub fn dynamodb(self) -> aws_sdk_dynamodb::Client {
        client!(self, aws_sdk_dynamodb)
    }

    pub fn eventbridge(self) -> aws_sdk_eventbridge::Client {
        client!(self, aws_sdk_eventbridge)
    }

    pub fn sqs(self) -> aws_sdk_sqs::Client {
        client!(self, aws_sdk_sqs)
    }
}
