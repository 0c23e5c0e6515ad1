//! The machines' serial consoles: the last output of each, in memory only.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of output kept per machine; a machine can't fill the host by talking.
const KEPT: usize = 64 * 1024;

#[derive(Debug, Clone, Default)]
pub(crate) struct Consoles(Arc<Mutex<HashMap<u64, Vec<u8>>>>);

impl Consoles {
    pub(crate) fn append(&self, id: u64, output: &[u8]) {
        let mut consoles = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let console = consoles.entry(id).or_default();
        console.extend_from_slice(output);
        let excess = console.len().saturating_sub(KEPT);
        console.drain(..excess);
    }

    pub(crate) fn read(&self, id: u64) -> String {
        let consoles = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        consoles.get(&id).map(|console| String::from_utf8_lossy(console).into_owned()).unwrap_or_default()
    }

    pub(crate) fn forget(&self, id: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }
}
