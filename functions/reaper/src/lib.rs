//! The reaper: once a minute it advances whatever is due and sweeps the providers' inventories.
//!
//! An environment is advanced if and only if its `due_at` has passed. A machine is deleted by the sweep if and only if it
//! carries this installation's tag and no environment owns it (see `provisioning::sweep`). It takes no input, may run
//! twice, and retries nothing: the next tick is the retry. Each run is one line in the log, and from there in the metrics.

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
    // The metric filters of template.yaml read these fields.
    tracing::info!(
        due = status.due,
        advanced = status.advanced,
        adopted = status.adopted,
        deleted = status.deleted,
        leaked_and_deleted = status.leaked_and_deleted,
        lost = status.lost,
        failed = status.failed,
        left = status.left,
        machines = status.machines,
        priced = status.priced,
        oldest_overdue_ms = status.oldest_overdue_ms,
        unhealthy_providers = status.unhealthy_providers,
        "reaped"
    );
    Ok(status)
}
