//! What happened to environments, announced on the bus. An event only hurries: what must happen is in the table.

use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::{Settings, SettingsError};
use crate::domain::decision::{Decision, decide};
use crate::domain::environment::Environment;
use crate::domain::ids::{ClassId, EnvironmentId, LabSlug, MemberId};
use crate::domain::lifecycle::Status;

pub const SOURCE: &str = "brihaspati";
pub const ENVIRONMENT_CHANGED: &str = "EnvironmentChanged";

/// Who has to act on a change. The rule of `template.yaml` that feeds the `provision` queue reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Needs {
    Provision,
    Nothing,
}

/// The detail of `EnvironmentChanged`. Carries no secret and nothing personal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentChanged {
    pub environment_id: EnvironmentId,
    pub class_id: ClassId,
    pub member_id: MemberId,
    pub lab: LabSlug,
    pub status: Status,
    pub revision: u64,
    pub needs: Needs,
    pub trace_id: String,
}

impl EnvironmentChanged {
    pub(crate) fn needing_provision(environment: &Environment) -> Self {
        Self::of(environment, Needs::Provision)
    }

    fn of(environment: &Environment, needs: Needs) -> Self {
        Self {
            environment_id: environment.id.clone(),
            class_id: environment.class_id.clone(),
            member_id: environment.member_id.clone(),
            lab: environment.lab.clone(),
            status: environment.status(),
            revision: environment.revision,
            needs,
            trace_id: environment.trace_id.clone(),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum EventError {
    #[error("the event cannot be written as JSON")]
    Unwritable(#[from] serde_json::Error),
    #[error("EventBridge did not take the event")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
}

#[derive(Clone)]
pub struct Events {
    client: aws_sdk_eventbridge::Client,
    bus: String,
}

impl Events {
    /// Reads `EVENT_BUS_NAME`, the AWS variables and `AWS_ENDPOINT_URL_EVENTBRIDGE`.
    pub fn from_settings(settings: &Settings) -> Result<Self, SettingsError> {
        let client = settings.aws("AWS_ENDPOINT_URL_EVENTBRIDGE")?.eventbridge();
        Ok(Self::new(client, settings.require("EVENT_BUS_NAME")?))
    }

    pub fn new(client: aws_sdk_eventbridge::Client, bus: impl Into<String>) -> Self {
        Self { client, bus: bus.into() }
    }

    /// Announces a change that somebody else has to act on, if anything is due now.
    pub async fn announce(&self, environment: &Environment, now: Timestamp) {
        let needs = match decide(environment, now) {
            Decision::Wait { .. } => Needs::Nothing,
            _ => Needs::Provision,
        };
        self.publish(&EnvironmentChanged::of(environment, needs)).await;
    }

    /// Announces a change made by who goes on acting.
    pub async fn tell(&self, environment: &Environment) {
        self.publish(&EnvironmentChanged::of(environment, Needs::Nothing)).await;
    }

    /// A lost event costs a minute, until the reaper's next run; failing the request would cost more.
    async fn publish(&self, event: &EnvironmentChanged) {
        // Whoever changed it, under whatever trace id: the line is part of the environment's own story.
        tracing::info!(
            environment.id = %event.environment_id,
            environment.trace_id = event.trace_id,
            environment.status = ?event.status,
            environment.revision = event.revision,
            "environment changed"
        );
        if let Err(error) = self.put(event).await {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::warn!(environment.id = %event.environment_id, %error, cause, "event lost; the reaper will see to it");
        }
    }

    async fn put(&self, event: &EnvironmentChanged) -> Result<(), EventError> {
        let entry = PutEventsRequestEntry::builder()
            .event_bus_name(&self.bus)
            .source(SOURCE)
            .detail_type(ENVIRONMENT_CHANGED)
            .detail(serde_json::to_string(event)?)
            .build();
        let answer =
            self.client.put_events().entries(entry).send().await.map_err(|error| EventError::Refused(error.into()))?;
        match answer.failed_entry_count {
            0 => Ok(()),
            _ => Err(EventError::Refused("the entry failed".into())),
        }
    }
}
