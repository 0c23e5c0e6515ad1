//! When the trainee was last at work: typed in the terminal, or asked a tab for something.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::clock::unix_now;

/// The one note of it; 0 is none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Activity(Arc<AtomicU64>);

impl Activity {
    /// The trainee is at work now.
    pub(crate) fn note(&self) {
        self.0.store(unix_now(), Ordering::Relaxed);
    }

    /// In Unix seconds; none before the lab was ready.
    pub(crate) fn last(&self) -> Option<u64> {
        Some(self.0.load(Ordering::Relaxed)).filter(|at| *at > 0)
    }
}
