//! Which input of which client has been taken, so that nothing is typed twice.

use std::collections::VecDeque;

/// Clients remembered, of which at most as many as there are sockets are connected.
const MOST_CLIENTS: usize = 256;

/// The clients seen, the latest to say hello last.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    clients: VecDeque<Client>,
}

#[derive(Debug)]
struct Client {
    id: String,
    applied: u64,
    viewer: Option<u64>,
}

/// What to do with an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// New: type it.
    Fresh,
    /// Sent again: it has been typed.
    Repeated,
    /// From a connection that a newer one of the same client has replaced.
    Replaced,
}

/// What a hello found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// The last input taken.
    pub(super) applied: u64,
    /// The connection that this hello replaces.
    pub(super) replaced: Option<u64>,
}

impl Ledger {
    /// `viewer` speaks for the client `id` from now on.
    pub(super) fn hello(&mut self, id: String, viewer: u64) -> Known {
        let found = self.clients.iter().position(|client| client.id == id);
        let mut client =
            found.and_then(|place| self.clients.remove(place)).unwrap_or(Client { id, applied: 0, viewer: None });
        let known = Known { applied: client.applied, replaced: client.viewer.replace(viewer) };
        if self.clients.len() >= MOST_CLIENTS
            && let Some(absent) = self.clients.iter().position(|client| client.viewer.is_none())
        {
            self.clients.remove(absent);
        }
        self.clients.push_back(client);
        known
    }

    pub(super) fn goodbye(&mut self, viewer: u64) {
        if let Some(client) = self.of(viewer) {
            client.viewer = None;
        }
    }

    /// Notes the input as taken if it is new.
    pub(super) fn take(&mut self, viewer: u64, seq: u64) -> Verdict {
        match self.of(viewer) {
            None => Verdict::Replaced,
            Some(client) if seq <= client.applied => Verdict::Repeated,
            Some(client) => {
                client.applied = seq;
                Verdict::Fresh
            }
        }
    }

    fn of(&mut self, viewer: u64) -> Option<&mut Client> {
        self.clients.iter_mut().find(|client| client.viewer == Some(viewer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_input_is_recognised_across_connections() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.hello("a".into(), 1), Known { applied: 0, replaced: None });
        assert_eq!(ledger.take(1, 1), Verdict::Fresh);
        assert_eq!(ledger.take(1, 2), Verdict::Fresh);
        ledger.goodbye(1);
        assert_eq!(ledger.hello("a".into(), 2), Known { applied: 2, replaced: None });
        assert_eq!(ledger.take(2, 2), Verdict::Repeated);
        assert_eq!(ledger.take(2, 3), Verdict::Fresh);
    }

    #[test]
    fn what_an_old_connection_still_sends_is_not_typed() {
        let mut ledger = Ledger::default();
        ledger.hello("a".into(), 1);
        assert_eq!(ledger.hello("a".into(), 2), Known { applied: 0, replaced: Some(1) });
        assert_eq!(ledger.take(1, 1), Verdict::Replaced);
        ledger.goodbye(1);
        assert_eq!(ledger.take(2, 1), Verdict::Fresh);
    }

    #[test]
    fn the_table_is_bounded_and_keeps_who_is_connected() {
        let mut ledger = Ledger::default();
        ledger.hello("stays".into(), 0);
        for viewer in 1..2000 {
            ledger.hello(format!("client-{viewer}"), viewer);
            ledger.goodbye(viewer);
        }
        assert_eq!(ledger.clients.len(), MOST_CLIENTS);
        assert_eq!(ledger.take(0, 1), Verdict::Fresh);
    }
}
