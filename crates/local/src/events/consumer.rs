//! The event source mapping: takes batches from a queue to a function, so many at once and no more, and deletes what the
//! function dealt with.

use std::collections::HashSet;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::queue::{Queue, Received};
use crate::function::{Function, new_id};
use crate::template::QueueSource;

pub(crate) struct Consumer {
    pub(crate) queue: Arc<Queue>,
    pub(crate) function: Arc<Function>,
    pub(crate) source: QueueSource,
}

impl Consumer {
    /// Works until `stop`; batches under way are in `tracker`.
    pub(crate) async fn run(self, stop: CancellationToken, tracker: TaskTracker) {
        let slots = Arc::new(Semaphore::new(self.source.maximum_concurrency));
        let consumer = Arc::new(self);
        loop {
            let next = async {
                let slot = slots.clone().acquire_owned().await;
                (slot, consumer.queue.receive(consumer.source.batch_size).await)
            };
            let (slot, batch) = tokio::select! {
                () = stop.cancelled() => return,
                next = next => next,
            };
            let consumer = consumer.clone();
            tracker.spawn(async move {
                consumer.work(&batch).await;
                drop(slot);
            });
        }
    }

    async fn work(&self, batch: &[Received]) {
        let event = json!({ "Records": batch.iter().map(Received::record).collect::<Vec<_>>() });
        // Whatever failed is not touched: it comes back by itself.
        let Ok(answer) = self.function.call(new_id(), event).await else {
            return;
        };
        let failed = if self.source.reports_failures { failed(&answer) } else { Some(HashSet::new()) };
        let Some(failed) = failed else {
            tracing::error!("{} answered its batch with something else than failures", self.function.name);
            return;
        };
        for message in batch.iter().filter(|message| !failed.contains(&message.id)) {
            self.queue.delete(message);
        }
    }
}

/// The messages that a batch answer names; `None` where the whole batch counts as failed.
fn failed(answer: &Value) -> Option<HashSet<String>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        #[serde(default)]
        batch_item_failures: Option<Vec<Failure>>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Failure {
        item_identifier: String,
    }
    if answer.is_null() {
        return Some(HashSet::new());
    }
    let answer = Answer::deserialize(answer).ok()?;
    let failures = answer.batch_item_failures.unwrap_or_default();
    failures.into_iter().map(|failure| Some(failure.item_identifier).filter(|id| !id.is_empty())).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::Duration;

    use super::*;
    use crate::function::testing::function;

    const VISIBILITY: Duration = Duration::from_secs(30);

    /// Runs a consumer over `bodies`; gives back what the function saw and what is left after `time`.
    async fn consume(
        bodies: &[&str],
        batch_size: usize,
        answer: impl Fn(&Value) -> Value + Send + Sync + 'static,
        time: Duration,
    ) -> (Vec<String>, usize) {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = seen.clone();
        let function = function(Duration::from_secs(5), move |event| {
            for record in event["Records"].as_array().unwrap() {
                log.lock().unwrap().push(record["body"].as_str().unwrap().to_owned());
            }
            let answer = answer(&event);
            Box::pin(async move { Ok(answer) })
        });
        let queue = Queue::new("Work", VISIBILITY, None);
        for body in bodies {
            queue.send((*body).to_owned());
        }
        let source = QueueSource { queue: "Work".into(), batch_size, maximum_concurrency: 2, reports_failures: true };
        let stop = CancellationToken::new();
        let consumer = Consumer { queue: queue.clone(), function, source };
        let running = tokio::spawn(consumer.run(stop.clone(), TaskTracker::new()));
        tokio::time::sleep(time).await;
        stop.cancel();
        running.await.unwrap();
        let seen = seen.lock().unwrap().clone();
        (seen, queue.len())
    }

    #[tokio::test(start_paused = true)]
    async fn only_the_failed_messages_of_a_batch_come_back() {
        let fail_b = |event: &Value| {
            let records = event["Records"].as_array().unwrap().iter();
            let failed = records.filter(|record| record["body"] == "b");
            json!({"batchItemFailures": failed.map(|record| json!({"itemIdentifier": record["messageId"]})).collect::<Vec<_>>()})
        };
        let (seen, left) = consume(&["a", "b", "c"], 3, fail_b, VISIBILITY + Duration::from_secs(1)).await;
        assert_eq!((seen, left), (["a", "b", "c", "b"].map(str::to_owned).to_vec(), 1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_dealt_with_batch_is_deleted() {
        let (seen, left) = consume(&["a", "b"], 5, |_| json!({"batchItemFailures": []}), VISIBILITY * 2).await;
        assert_eq!((seen.len(), left), (2, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_without_sense_fails_the_whole_batch() {
        let nameless = |_: &Value| json!({"batchItemFailures": [{"itemIdentifier": ""}]});
        let (_, left) = consume(&["a", "b"], 5, nameless, Duration::from_secs(1)).await;
        assert_eq!(left, 2);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_batches_run_at_once_than_allowed() {
        let running = Arc::new(Mutex::new((0_usize, 0_usize)));
        let counter = running.clone();
        let function = function(Duration::from_secs(5), move |_| {
            let counter = counter.clone();
            Box::pin(async move {
                {
                    let mut counts = counter.lock().unwrap();
                    counts.0 += 1;
                    counts.1 = counts.1.max(counts.0);
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
                counter.lock().unwrap().0 -= 1;
                Ok(Value::Null)
            })
        });
        let queue = Queue::new("Work", VISIBILITY, None);
        for _ in 0..6 {
            queue.send("a".into());
        }
        let source =
            QueueSource { queue: "Work".into(), batch_size: 1, maximum_concurrency: 2, reports_failures: true };
        let stop = CancellationToken::new();
        let tracker = TaskTracker::new();
        let task = tokio::spawn(Consumer { queue: queue.clone(), function, source }.run(stop.clone(), tracker.clone()));
        tokio::time::sleep(Duration::from_secs(10)).await;
        stop.cancel();
        task.await.unwrap();
        assert_eq!((queue.len(), running.lock().unwrap().1), (0, 2));
    }
}
