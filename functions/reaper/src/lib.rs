//! The reaper: once a minute it advances whatever is due and sweeps the providers' inventories.
//!
//! An environment is advanced if and only if its `due_at` has passed. A machine is deleted by the sweep if and only if it
//! carries this installation's tag and no environment owns it (see `provisioning::sweep`). It takes no input, may run
//! twice, and retries nothing: the next tick is the retry.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::lambda::{self, Error, Invoke};
use brihaspati_core::provisioning::{Patience, Progress, Provisioner};
use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use lambda_runtime::Context;
use serde::Serialize;
use serde_json::Value;

/// Environments advanced at the same time.
const CONCURRENCY: usize = 50;
/// An abandoned attempt is looked up twice, 15 s apart, and made anew in one run. Of several hundred environments that
/// expire together, each is asked to be deleted in one run.
const PATIENCE: Patience = Patience { starting: Duration::from_secs(20), ending: Duration::from_secs(2) };
/// Most environments taken from each shard of the due index in one run.
const BATCH: i32 = 250;
/// What is kept of the function's time (55 s) when the last environment is taken up: its patience, and the sweep. Starts
/// that hang on a provider in trouble must not keep the sweep from its leaks.
const RESERVE: SignedDuration = SignedDuration::from_secs(42);
/// What the sweep leaves for a call under way and the status line.
const SWEEP_RESERVE: SignedDuration = SignedDuration::from_secs(12);

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    Ok(lambda::consumer(Provisioner::from_settings(settings)?, handle))
}

/// One run, as it is logged.
#[derive(Debug, Default, Serialize)]
pub struct Status {
    pub due: usize,
    pub advanced: usize,
    pub failed: usize,
    pub left: usize,
    pub oldest_overdue_ms: i64,
    pub machines: usize,
    pub leaked_and_deleted: usize,
    pub lost: usize,
}

pub async fn handle(provisioner: Arc<Provisioner>, _event: Value, context: Context) -> Result<Status, Error> {
    let now = Timestamp::now();
    let mut status = Status::default();
    let due = match provisioner.store().due(now, BATCH).await {
        Ok(due) => due,
        // The sweep is worth doing all the same.
        Err(error) => {
            tracing::error!(%error, "what is due could not be read");
            status.failed += 1;
            Vec::new()
        }
    };
    status.due = due.len();
    status.oldest_overdue_ms =
        due.first().map_or(0, |first| now.as_millisecond().saturating_sub(first.at.as_millisecond()));

    let outcomes = stream::iter(due)
        .map(|due| {
            let (provisioner, context) = (&provisioner, &context);
            async move {
                if time_left(context) < RESERVE {
                    return None;
                }
                Some(provisioner.advance(&due.id, PATIENCE).await)
            }
        })
        .buffer_unordered(CONCURRENCY)
        .collect::<Vec<_>>()
        .await;
    for outcome in outcomes {
        match outcome {
            None => status.left += 1,
            Some(Ok(Progress::Done | Progress::Waits(_))) => status.advanced += 1,
            Some(Ok(Progress::Unfinished)) => status.left += 1,
            Some(Err(error)) => {
                tracing::error!(%error, "an environment could not be advanced");
                status.failed += 1;
            }
        }
    }

    let until = Timestamp::now() + time_left(&context) - SWEEP_RESERVE;
    let sweep = provisioner.sweep(until).await;
    status.machines = sweep.machines;
    status.leaked_and_deleted = sweep.leaked_and_deleted;
    status.lost = sweep.lost;
    status.failed += sweep.failed;
    status.left += sweep.left;
    tracing::info!(status = serde_json::to_string(&status).unwrap_or_default(), "reaped");
    Ok(status)
}

/// Until the runtime ends this run.
fn time_left(context: &Context) -> SignedDuration {
    let left = context.deadline().duration_since(SystemTime::now()).unwrap_or_default();
    SignedDuration::try_from(left).unwrap_or(SignedDuration::ZERO)
}
