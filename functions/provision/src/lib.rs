//! The `provision` queue: brings environments forward as soon as something about them changed.

use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::events::EnvironmentChanged;
use brihaspati_core::lambda::{self, Error, Invoke};
use brihaspati_core::provisioning::{Patience, Provisioner};
use futures::future::join_all;
use lambda_runtime::Context;
use serde::Deserialize;
use tracing::Instrument;

/// For what comes at once. Whoever has to wait longer is woken by another message, and holds up nobody meanwhile.
const PATIENCE: Patience = Patience { starting: Duration::from_secs(5), ending: Duration::from_secs(5) };

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    Ok(lambda::consumer(Provisioner::from_settings(settings)?, handle))
}

/// What EventBridge puts into the queue.
#[derive(Deserialize)]
struct Envelope {
    detail: EnvironmentChanged,
}

/// Advances the environment of each message; the messages of those that could not be are left in the queue.
pub async fn handle(
    provisioner: Arc<Provisioner>,
    event: SqsEvent,
    _context: Context,
) -> Result<SqsBatchResponse, Error> {
    let outcomes = join_all(event.records.iter().map(|message| take(&provisioner, message))).await;
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = outcomes.into_iter().filter_map(Result::err).collect();
    Ok(response)
}

/// # Errors
/// The message is to be left in the queue.
async fn take(provisioner: &Provisioner, message: &SqsMessage) -> Result<(), BatchItemFailure> {
    let left = |error: &dyn std::fmt::Display| {
        tracing::error!(message.id = message.message_id, %error, "left in the queue");
        let mut failure = BatchItemFailure::default();
        failure.item_identifier = message.message_id.clone().unwrap_or_default();
        failure
    };
    let body = message.body.as_deref().unwrap_or_default();
    let changed = serde_json::from_str::<Envelope>(body).map_err(|error| left(&error))?.detail;
    let span = tracing::info_span!("message", trace_id = changed.trace_id, environment.id = %changed.environment_id);
    async {
        let advanced = provisioner.advance(&changed.environment_id, PATIENCE).await.map_err(|error| left(&error))?;
        tracing::info!(?advanced, "advanced");
        Ok(())
    }
    .instrument(span)
    .await
}
