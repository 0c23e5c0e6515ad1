//! The machine's clock, as it is written down.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970; 0 on a machine that believes to live before.
pub(crate) fn unix_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
