//! What the checks have found so far, and which of them run now.

use std::collections::{HashSet, VecDeque};

use serde::Serialize;

use super::plan::Check;

/// A check and its last result, as browsers are shown it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Item {
    pub(super) name: String,
    title: String,
    pub(super) passed: Option<bool>,
    pub(super) message: Option<String>,
    /// Unix seconds.
    pub(super) checked_at: Option<u64>,
    /// How often it has run: what tells a result from the one before.
    #[serde(skip)]
    pub(super) runs: u64,
}

/// What one run of a check says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) passed: bool,
    /// One line.
    pub(super) message: Option<String>,
}

/// All checks of the lab, one round of them at a time.
#[derive(Debug)]
pub(crate) struct Board {
    items: Vec<Item>,
    waiting: VecDeque<usize>,
    round: HashSet<usize>,
}

impl Board {
    pub(super) fn new(checks: Vec<Check>) -> Self {
        let item = |Check { name, title }| Item { name, title, passed: None, message: None, checked_at: None, runs: 0 };
        Self { items: checks.into_iter().map(item).collect(), waiting: VecDeque::new(), round: HashSet::new() }
    }

    pub(crate) fn items(&self) -> &[Item] {
        &self.items
    }

    pub(crate) fn is_running(&self) -> bool {
        !self.round.is_empty()
    }

    /// Asks for the check of this name, or for all. Who asks while a round is under way joins it: nothing runs twice
    /// in one round. Returns whether anything was added.
    pub(super) fn join(&mut self, name: Option<&str>) -> bool {
        let before = self.round.len();
        for (index, item) in self.items.iter().enumerate() {
            if name.is_none_or(|name| item.name == name) && self.round.insert(index) {
                self.waiting.push_back(index);
            }
        }
        self.round.len() > before
    }

    /// The check that runs next. Without one the round is over.
    pub(super) fn next(&mut self) -> Option<usize> {
        let next = self.waiting.pop_front();
        if next.is_none() {
            self.round.clear();
        }
        next
    }

    pub(super) fn judge(&mut self, index: usize, verdict: Verdict, now: u64) {
        if let Some(item) = self.items.get_mut(index) {
            item.passed = Some(verdict.passed);
            item.message = verdict.message;
            item.checked_at = Some(now);
            item.runs += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board() -> Board {
        Board::new(["a", "b"].map(|name| Check { name: name.into(), title: String::new() }).into())
    }

    #[test]
    fn who_asks_while_checks_run_joins_the_round() {
        let mut board = board();
        assert!(board.join(Some("b")) && board.is_running());
        assert_eq!(board.next(), Some(1));
        assert!(!board.join(Some("b")), "it runs");
        assert!(board.join(None), "the other one does not yet");
        assert!(!board.join(None));
        assert_eq!((board.next(), board.next()), (Some(0), None));
        assert!(!board.is_running());
        assert!(board.join(None), "a round of its own");
    }

    #[test]
    fn an_unknown_name_asks_for_nothing() {
        let mut board = board();
        assert!(!board.join(Some("c")));
        assert!(!board.is_running());
    }
}
