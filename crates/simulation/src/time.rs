//! Simulated time: the runtime's paused clock, which jumps to the next timer whenever nobody has anything to do.

use std::time::Duration;

use async_trait::async_trait;
use brihaspati_core::clock::Clock;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use crate::worker;

/// When every run begins: 2026-01-01T00:00:00Z.
const BEGINNING: i64 = 1_767_225_600;

/// True time, which no worker's clock shows exactly.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Time {
    began: Instant,
}

impl Time {
    pub(crate) fn starting_now() -> Self {
        Self { began: Instant::now() }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    pub(crate) fn now(&self) -> Timestamp {
        let elapsed = SignedDuration::try_from(self.elapsed()).unwrap_or(SignedDuration::MAX);
        Timestamp::from_second(BEGINNING).unwrap_or(Timestamp::UNIX_EPOCH) + elapsed
    }
}

/// What a worker reads: true time, and its own computer's error.
pub(crate) struct WorkerClock(pub(crate) Time);

#[async_trait]
impl Clock for WorkerClock {
    fn now(&self) -> Timestamp {
        self.0.now() + worker::skew()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
