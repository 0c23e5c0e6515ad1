//! What happened, in order: the story that a failing seed tells, and the hash by which two runs are the same.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

#[derive(Default)]
pub(crate) struct Trace {
    lines: Vec<String>,
    hasher: DefaultHasher,
}

impl Trace {
    pub(crate) fn add(&mut self, at: Duration, who: &str, what: &str) {
        let line = format!("{:>9.3} {who:<16} {what}", at.as_secs_f64());
        line.hash(&mut self.hasher);
        self.lines.push(line);
    }

    pub(crate) fn hash(&self) -> u64 {
        self.hasher.finish()
    }

    pub(crate) fn into_lines(self) -> Vec<String> {
        self.lines
    }
}
