//! What went over the bus lately, as an archive on AWS would keep it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

const MAX_EVENTS: usize = 1_000;

/// The newest events, the oldest first. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Archive(Arc<Mutex<VecDeque<Value>>>);

impl Archive {
    pub(crate) fn keep(&self, event: &Value) {
        let mut events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if events.len() == MAX_EVENTS {
            events.pop_front();
        }
        events.push_back(event.clone());
    }

    pub(crate) fn events(&self) -> Vec<Value> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
