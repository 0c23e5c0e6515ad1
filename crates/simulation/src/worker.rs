//! A worker is one invocation of a function: it may die at any outside call, stand still, or run out of its time.

use std::cell::Cell;
use std::future::{Future, pending};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until};

use crate::lock::Lock;

tokio::task_local! {
    static WORKER: Arc<Worker>;
}

pub(crate) struct Worker {
    pub(crate) name: String,
    skew: SignedDuration,
    dead: AtomicBool,
    died: Notify,
    stands_until: Lock<Cell<Option<Instant>>>,
    harmed: AtomicBool,
}

/// How an invocation ended.
#[derive(Debug)]
pub(crate) enum End<T> {
    /// Its own end; `harmed` if it met a fault on its way.
    Done {
        value: T,
        harmed: bool,
    },
    Crashed,
    /// The runtime ended it at its time limit.
    Killed,
}

impl Worker {
    pub(crate) fn new(name: String, skew: SignedDuration) -> Arc<Self> {
        Arc::new(Self {
            name,
            skew,
            dead: AtomicBool::new(false),
            died: Notify::new(),
            stands_until: Lock::new(Cell::new(None)),
            harmed: AtomicBool::new(false),
        })
    }

    /// Runs `work` as this worker until it ends, the worker dies, or `limit` is over. What it left unfinished is dropped.
    pub(crate) async fn run<T>(self: Arc<Self>, limit: Duration, work: impl Future<Output = T>) -> End<T> {
        let worker = self.clone();
        tokio::select! {
            biased;
            () = self.died.notified() => End::Crashed,
            () = sleep(limit) => End::Killed,
            value = WORKER.scope(worker, work) => End::Done { value, harmed: self.harmed.load(Ordering::Relaxed) },
        }
    }

    /// The worker does nothing any more from here on.
    pub(crate) fn crash(&self) {
        self.dead.store(true, Ordering::Relaxed);
        self.died.notify_one();
    }

    pub(crate) fn stand_still(&self, duration: Duration) {
        self.stands_until.hold().set(Some(Instant::now() + duration));
    }

    pub(crate) fn harm(&self) {
        self.harmed.store(true, Ordering::Relaxed);
    }

    /// Resolves when the worker may go on; never, if it is dead.
    pub(crate) async fn able(&self) {
        if self.dead.load(Ordering::Relaxed) {
            pending::<()>().await;
        }
        let until = self.stands_until.hold().get();
        if let Some(until) = until {
            sleep_until(until).await;
        }
    }
}

/// The worker that runs this code, if one does.
pub(crate) fn current() -> Option<Arc<Worker>> {
    WORKER.try_with(Arc::clone).ok()
}

/// How far the current worker's clock is from true time.
pub(crate) fn skew() -> SignedDuration {
    WORKER.try_with(|worker| worker.skew).unwrap_or(SignedDuration::ZERO)
}
