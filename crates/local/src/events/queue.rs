//! A queue with the promises of SQS: what was received and not deleted comes back after the visibility time-out, and what
//! came back too often goes to the dead-letter queue. It lives in memory: as in production, what is lost with it is found
//! by its due time.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::function::new_id;
use crate::template::{REGION, arn};

pub(crate) struct Queue {
    id: String,
    visibility_timeout: Duration,
    dead_letters: Option<DeadLetters>,
    messages: Mutex<VecDeque<Message>>,
    arrived: Notify,
}

pub(crate) struct DeadLetters {
    pub(crate) queue: Arc<Queue>,
    pub(crate) max_receive_count: u32,
}

#[derive(Clone)]
struct Message {
    id: String,
    body: String,
    sent_at: Timestamp,
    first_received_at: Option<Timestamp>,
    receive_count: u32,
    visible_at: Instant,
}

/// A message as a consumer sees it, until it deletes it or the visibility time-out passes.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) id: String,
    receipt: u32,
    record: Value,
}

impl Received {
    /// One record of the event that Lambda hands to the function.
    pub(crate) fn record(&self) -> Value {
        self.record.clone()
    }
}

impl Queue {
    pub(crate) fn new(id: &str, visibility_timeout: Duration, dead_letters: Option<DeadLetters>) -> Arc<Self> {
        Arc::new(Self {
            id: id.to_owned(),
            visibility_timeout,
            dead_letters,
            messages: Mutex::default(),
            arrived: Notify::new(),
        })
    }

    /// The logical id.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn send(&self, body: String) {
        self.send_after(body, Duration::ZERO);
    }

    /// Sends a message that nobody can receive before `delay` has passed; gives its id.
    pub(crate) fn send_after(&self, body: String, delay: Duration) -> String {
        let id = new_id();
        self.push(Message {
            id: id.clone(),
            body,
            sent_at: Timestamp::now(),
            first_received_at: None,
            receive_count: 0,
            visible_at: Instant::now() + delay,
        });
        id
    }

    fn push(&self, message: Message) {
        self.lock().push_back(message);
        self.arrived.notify_waiters();
    }

    /// Waits for at least one message and takes up to `most`.
    pub(crate) async fn receive(&self, most: usize) -> Vec<Received> {
        loop {
            let arrived = self.arrived.notified();
            tokio::pin!(arrived);
            arrived.as_mut().enable();
            let received = self.take_visible(most);
            if !received.is_empty() {
                return received;
            }
            let next = self.lock().iter().map(|message| message.visible_at).min();
            match next {
                Some(visible_at) => tokio::select! {
                    () = arrived => {}
                    () = tokio::time::sleep_until(visible_at) => {}
                },
                None => arrived.await,
            }
        }
    }

    fn take_visible(&self, most: usize) -> Vec<Received> {
        let now = Instant::now();
        let mut received = Vec::new();
        let mut dead = Vec::new();
        self.lock().retain_mut(|message| {
            if message.visible_at > now || received.len() == most {
                return true;
            }
            if self.dead_letters.as_ref().is_some_and(|dead| message.receive_count >= dead.max_receive_count) {
                dead.push(message.clone());
                return false;
            }
            message.receive_count += 1;
            message.first_received_at.get_or_insert_with(Timestamp::now);
            message.visible_at = now + self.visibility_timeout;
            received.push(self.received(message));
            true
        });
        self.bury(dead);
        received
    }

    fn bury(&self, dead: Vec<Message>) {
        let Some(dead_letters) = &self.dead_letters else {
            return;
        };
        for message in dead {
            tracing::error!(
                queue = self.id,
                message.id,
                "a message of {} failed too often and is a dead letter",
                self.id
            );
            dead_letters.queue.push(Message { receive_count: 0, visible_at: Instant::now(), ..message });
        }
    }

    fn received(&self, message: &Message) -> Received {
        let millis = |at: Timestamp| at.as_millisecond().to_string();
        let record = json!({
            "messageId": message.id,
            "receiptHandle": format!("{}#{}", message.id, message.receive_count),
            "body": message.body,
            "attributes": {
                "ApproximateReceiveCount": message.receive_count.to_string(),
                "SentTimestamp": millis(message.sent_at),
                "ApproximateFirstReceiveTimestamp": millis(message.first_received_at.unwrap_or(message.sent_at)),
            },
            "messageAttributes": {},
            "md5OfBody": format!("{:x}", md5::compute(&message.body)),
            "eventSource": "aws:sqs",
            "eventSourceARN": arn(&self.id),
            "awsRegion": REGION,
        });
        Received { id: message.id.clone(), receipt: message.receive_count, record }
    }

    /// Deletes what was dealt with. A message that came back in between and was received again stays, as in SQS.
    pub(crate) fn delete(&self, received: &Received) {
        self.lock().retain(|message| message.id != received.id || message.receive_count != received.receipt);
    }

    /// Messages that wait or are being worked on.
    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Message>> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VISIBILITY: Duration = Duration::from_secs(30);

    fn queue_with_dead_letters() -> (Arc<Queue>, Arc<Queue>) {
        let dead = Queue::new("Dead", VISIBILITY, None);
        let letters = DeadLetters { queue: dead.clone(), max_receive_count: 2 };
        (Queue::new("Work", VISIBILITY, Some(letters)), dead)
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_that_is_not_deleted_comes_back_after_the_visibility_time_out() {
        let queue = Queue::new("Work", VISIBILITY, None);
        queue.send("a".into());
        let started = Instant::now();
        let first = queue.receive(10).await;
        let second = queue.receive(10).await;
        assert_eq!(first[0].id, second[0].id);
        assert!(started.elapsed() >= VISIBILITY);
        assert_eq!(second[0].record()["attributes"]["ApproximateReceiveCount"], "2");
        assert_eq!(second[0].record()["body"], "a");
    }

    #[tokio::test(start_paused = true)]
    async fn a_deleted_message_is_gone() {
        let queue = Queue::new("Work", VISIBILITY, None);
        queue.send("a".into());
        let received = queue.receive(1).await;
        queue.delete(&received[0]);
        assert_eq!(queue.len(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_receipt_is_worth_nothing_once_the_message_was_received_again() {
        let queue = Queue::new("Work", VISIBILITY, None);
        queue.send("a".into());
        let first = queue.receive(1).await;
        let _second = queue.receive(1).await;
        queue.delete(&first[0]);
        assert_eq!(queue.len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_received_too_often_becomes_a_dead_letter() {
        let (queue, dead) = queue_with_dead_letters();
        queue.send("poison".into());
        for _ in 0..2 {
            assert_eq!(queue.receive(1).await.len(), 1);
        }
        let third = tokio::time::timeout(VISIBILITY * 3, queue.receive(1)).await;
        assert!(third.is_err(), "it was delivered again");
        assert_eq!((queue.len(), dead.len()), (0, 1));
        assert_eq!(dead.receive(1).await[0].record()["body"], "poison");
    }

    #[tokio::test(start_paused = true)]
    async fn a_delayed_message_waits_and_holds_up_nobody_else() {
        let queue = Queue::new("Work", VISIBILITY, None);
        let started = Instant::now();
        queue.send_after("later".into(), Duration::from_secs(12));
        queue.send("now".into());
        assert_eq!(queue.receive(10).await[0].record()["body"], "now");
        assert_eq!(started.elapsed(), Duration::ZERO);
        assert_eq!(queue.receive(10).await[0].record()["body"], "later");
        assert!(started.elapsed() >= Duration::from_secs(12) && started.elapsed() < Duration::from_secs(13));
    }

    #[tokio::test(start_paused = true)]
    async fn a_waiting_consumer_is_woken_by_a_message() {
        let queue = Queue::new("Work", VISIBILITY, None);
        let waiting = tokio::spawn({
            let queue = queue.clone();
            async move { queue.receive(1).await.len() }
        });
        tokio::task::yield_now().await;
        queue.send("a".into());
        assert_eq!(waiting.await.unwrap(), 1);
    }
}
