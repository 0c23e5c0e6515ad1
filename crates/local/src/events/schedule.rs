//! EventBridge Scheduler: a function at a fixed rate, the first time at once, and never more at the same time than the
//! function's reserved concurrency.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::function::{Function, InvocationError, new_id};
use crate::template::{ACCOUNT, REGION, ScheduleSpec, arn};

pub(crate) struct Schedule {
    spec: ScheduleSpec,
    function: Arc<Function>,
    slots: Arc<Semaphore>,
}

impl Schedule {
    pub(crate) fn new(spec: ScheduleSpec, function: Arc<Function>, reserved_concurrency: Option<usize>) -> Arc<Self> {
        let slots = reserved_concurrency.unwrap_or(Semaphore::MAX_PERMITS);
        Arc::new(Self { spec, function, slots: Arc::new(Semaphore::new(slots)) })
    }

    pub(crate) fn function(&self) -> &str {
        &self.function.name
    }

    /// Runs until `stop`; a run under way is in `tracker`. A tick that finds no free slot is dropped: there is a next one.
    pub(crate) async fn run(self: Arc<Self>, stop: CancellationToken, tracker: TaskTracker) {
        let mut ticks = tokio::time::interval(self.spec.every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = ticks.tick() => {}
            }
            let Ok(slot) = self.slots.clone().try_acquire_owned() else {
                continue;
            };
            let schedule = self.clone();
            tracker.spawn(async move {
                // The function's failure is logged where it is called; the next tick is the retry.
                let _outcome = schedule.function.call(new_id(), schedule.event()).await;
                drop(slot);
            });
        }
    }

    /// One run now, after those that hold all slots.
    pub(crate) async fn run_now(&self) -> Result<Value, InvocationError> {
        let _slot = self.slots.acquire().await;
        self.function.call(new_id(), self.event()).await
    }

    fn event(&self) -> Value {
        json!({
            "version": "0",
            "id": new_id(),
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "account": ACCOUNT,
            "time": Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "region": REGION,
            "resources": [arn(&self.spec.id)],
            "detail": "{}",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::function::testing::function;

    /// How often a function that takes `takes` ran by the end of `minutes`.
    async fn runs(takes: Duration, minutes: u64) -> usize {
        let count = Arc::new(AtomicUsize::new(0));
        let counter = count.clone();
        let function = function(Duration::from_secs(600), move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
            Box::pin(async move {
                tokio::time::sleep(takes).await;
                Ok(Value::Null)
            })
        });
        let spec = ScheduleSpec { id: "Tick".into(), every: Duration::from_secs(60) };
        let stop = CancellationToken::new();
        let running = tokio::spawn(Schedule::new(spec, function, Some(1)).run(stop.clone(), TaskTracker::new()));
        tokio::time::sleep(Duration::from_secs(minutes * 60 + 1)).await;
        stop.cancel();
        running.await.unwrap();
        count.load(Ordering::Relaxed)
    }

    #[tokio::test(start_paused = true)]
    async fn it_runs_at_once_and_then_at_its_rate() {
        assert_eq!(runs(Duration::from_secs(1), 3).await, 4);
    }

    #[tokio::test(start_paused = true)]
    async fn two_runs_never_overlap() {
        assert_eq!(runs(Duration::from_secs(90), 3).await, 2);
    }
}
