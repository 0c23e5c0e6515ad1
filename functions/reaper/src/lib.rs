//! The reaper: once a minute it advances whatever is due and sweeps the providers' inventories.
//!
//! An environment is advanced if and only if its `due_at` has passed. A machine is deleted by the sweep if and only if it
//! carries this installation's tag and no environment owns it (see `provisioning::sweep`). It takes no input, may run
//! twice, and retries nothing: the next tick is the retry.

use std::sync::Arc;

use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::lambda::{self, Error, Invoke};
use brihaspati_core::provisioning::{Provisioner, ReapStatus};
use jiff::Timestamp;
use lambda_runtime::Context;
use serde_json::Value;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    Ok(lambda::consumer(Provisioner::from_settings(settings)?, handle))
}

pub async fn handle(provisioner: Arc<Provisioner>, _event: Value, context: Context) -> Result<ReapStatus, Error> {
    // The runtime ends the run then, whatever it is at.
    let until = Timestamp::try_from(context.deadline())?;
    let status = provisioner.reap(until).await;
    tracing::info!(status = serde_json::to_string(&status)?, "reaped");
    Ok(status)
}
