//! Waiting without a function that runs: a message to the `provision` queue that is delivered when there is something to
//! do again. Like an event it only hurries: a lost one costs a minute, until the reaper's next run.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use crate::config::{Settings, SettingsError};
use crate::domain::environment::Environment;
use crate::events::EnvironmentChanged;

/// The longest delay SQS takes. Who is woken too early sends itself the next message.
const LONGEST: Duration = Duration::from_secs(900);

#[derive(Clone)]
pub struct Wakeups {
    client: aws_sdk_sqs::Client,
    queue_url: String,
}

impl Wakeups {
    /// Reads `PROVISION_QUEUE_URL`, the AWS variables and `AWS_ENDPOINT_URL_SQS`.
    pub fn from_settings(settings: &Settings) -> Result<Self, SettingsError> {
        let client = settings.aws("AWS_ENDPOINT_URL_SQS")?.sqs();
        Ok(Self::new(client, settings.require("PROVISION_QUEUE_URL")?))
    }

    pub fn new(client: aws_sdk_sqs::Client, queue_url: impl Into<String>) -> Self {
        Self { client, queue_url: queue_url.into() }
    }

    /// Has the environment looked at in the last second before `at`.
    pub async fn wake(&self, environment: &Environment, at: Timestamp, now: Timestamp) {
        let wait = Duration::try_from(at.duration_since(now)).unwrap_or_default().min(LONGEST);
        let delay = i32::try_from(wait.as_secs()).unwrap_or_default();
        // The same envelope as EventBridge's: who reads the queue need not know who wrote.
        let body = json!({ "detail": EnvironmentChanged::needing_provision(environment) }).to_string();
        let call = self.client.send_message().queue_url(&self.queue_url).message_body(body).delay_seconds(delay);
        if let Err(error) = call.send().await {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::warn!(environment.id = %environment.id, %error, cause, "wake-up lost; the reaper will see to it");
        }
    }
}
