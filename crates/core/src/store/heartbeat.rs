//! When the reaper ran last: what tells somebody outside that the schedule is alive.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::item::item_of;
use super::{Store, StoreError, keys};

/// Three ticks of the schedule: one may be lost, and a run takes most of a minute where much is due.
const LATE_AFTER: SignedDuration = SignedDuration::from_mins(3);

/// The reaper's last sign of life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// When the newest run that came to its end ended.
    pub last_run_at: Timestamp,
}

impl Heartbeat {
    /// Whether the next run should have ended long ago.
    pub fn is_late(&self, now: Timestamp) -> bool {
        now.duration_since(self.last_run_at) > LATE_AFTER
    }
}

impl Store {
    /// Nothing before the reaper's first run.
    pub async fn heartbeat(&self) -> Result<Option<Heartbeat>, StoreError> {
        self.read(&keys::heartbeat()).await
    }

    /// The reaper ran.
    pub async fn beat(&self, now: Timestamp) -> Result<(), StoreError> {
        self.put(item_of(&keys::heartbeat(), &Heartbeat { last_run_at: now })?).await
    }
}
