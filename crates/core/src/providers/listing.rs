//! A list as its pages come in. Pages are hostile too: they may repeat themselves, be endless, or be enormous.

use std::collections::HashSet;

use super::Machine;

/// Pages read of one list: 25,000 Linodes or 10,000 droplets. More is an error, never a silently shorter list.
pub(super) const MAX_PAGES: u32 = 50;

/// What was read so far, every machine once. A list that changes between two pages repeats some.
#[derive(Default)]
pub(super) struct Listing {
    pub(super) machines: Vec<Machine>,
    seen: HashSet<String>,
}

impl Listing {
    /// Adds a page, and tells whether there was anything new on it: pages that go on without are a circle.
    pub(super) fn add(&mut self, page: impl IntoIterator<Item = Machine>) -> bool {
        let before = self.machines.len();
        self.machines.extend(page.into_iter().filter(|machine| self.seen.insert(machine.id.clone())));
        self.machines.len() > before
    }
}
