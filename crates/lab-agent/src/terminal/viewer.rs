//! One browser that looks at the terminal, as the session sees it.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::messages::{Close, ToBrowser};
use super::viewing::Role;

/// Frames that may wait for a browser: about 1 MB of output.
const QUEUE: usize = 256;
/// With fewer free places than this the shell's output is held back.
const ROOM: usize = QUEUE / 2;
/// How long one viewer may hold back the output for all.
const PATIENCE: Duration = Duration::from_secs(2);

/// What goes to a browser.
#[derive(Debug, Clone)]
pub(super) enum Outgoing {
    Control(ToBrowser),
    Snapshot(Bytes),
    Output(Bytes),
}

/// Tells a viewer's socket to close, and why.
#[derive(Debug, Clone, Default)]
pub(super) struct Dismissal {
    token: CancellationToken,
    reason: Arc<OnceLock<Close>>,
}

impl Dismissal {
    pub(super) fn dismiss(&self, close: Close) {
        self.reason.get_or_init(|| close);
        self.token.cancel();
    }

    /// Waits for the dismissal.
    pub(super) async fn dismissed(&self) -> Close {
        self.token.cancelled().await;
        self.reason.get().copied().unwrap_or(Close::Over)
    }
}

/// The session's end of a viewer.
#[derive(Debug)]
pub(super) struct Viewer {
    pub(super) id: u64,
    pub(super) client: String,
    pub(super) role: Role,
    queue: mpsc::Sender<Outgoing>,
    dismissal: Dismissal,
    behind_since: Option<Instant>,
}

impl Viewer {
    pub(super) fn new(id: u64, client: String, role: Role) -> (Self, mpsc::Receiver<Outgoing>, Dismissal) {
        let (queue, received) = mpsc::channel(QUEUE);
        let dismissal = Dismissal::default();
        let viewer = Self { id, client, role, queue, dismissal: dismissal.clone(), behind_since: None };
        (viewer, received, dismissal)
    }

    /// Queues it. Whoever has no room left misses output and is dismissed: the snapshot of its next connection
    /// brings it up to date.
    pub(super) fn send(&self, outgoing: Outgoing) {
        if self.queue.try_send(outgoing).is_err() {
            self.dismiss(Close::TooSlow);
        }
    }

    pub(super) fn dismiss(&self, close: Close) {
        self.dismissal.dismiss(close);
    }

    pub(super) fn is_dismissed(&self) -> bool {
        self.dismissal.token.is_cancelled()
    }

    /// Whether the output should wait for this viewer. One that makes others wait for too long is dismissed.
    pub(super) fn needs_time(&mut self) -> bool {
        if self.is_dismissed() || self.queue.is_closed() || self.queue.capacity() >= ROOM {
            self.behind_since = None;
            return false;
        }
        if self.behind_since.get_or_insert_with(Instant::now).elapsed() < PATIENCE {
            return true;
        }
        self.dismiss(Close::TooSlow);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_has_no_room_left_is_dismissed_as_too_slow() {
        let (mut viewer, _queue, dismissal) = Viewer::new(1, "a".into(), Role::Owner);
        assert!(!viewer.needs_time());
        for _ in 0..=QUEUE - ROOM {
            viewer.send(Outgoing::Output(Bytes::from_static(b"x")));
        }
        assert!(viewer.needs_time(), "the output waits for a viewer that falls behind");
        for _ in 0..ROOM {
            viewer.send(Outgoing::Output(Bytes::from_static(b"x")));
        }
        assert_eq!(dismissal.dismissed().await, Close::TooSlow);
        assert!(!viewer.needs_time(), "and not for one that was dismissed");
    }
}
