//! What the session keeps under its lock.

use super::ledger::Ledger;
use super::messages::{Size, ToBrowser};
use super::screen::Screen;
use super::shell::Shell;
use super::viewer::{Outgoing, Viewer};
use super::viewing::{Mode, Viewing};

const FIRST_SIZE: Size = Size { cols: 80, rows: 24 };

pub(super) struct State {
    pub(super) size: Size,
    pub(super) screen: Screen,
    pub(super) shell: Option<Shell>,
    /// Counts shells, so that a late word of an earlier one is recognised.
    pub(super) generation: u64,
    pub(super) viewers: Vec<Viewer>,
    pub(super) viewers_seen: u64,
    pub(super) ledger: Ledger,
    /// What everybody was last told of the watching.
    viewing: Viewing,
    pub(super) over: bool,
}

impl State {
    pub(super) fn new(mode: Mode) -> Self {
        Self {
            size: FIRST_SIZE,
            screen: Screen::new(FIRST_SIZE),
            shell: None,
            generation: 0,
            viewers: Vec::new(),
            viewers_seen: 0,
            ledger: Ledger::default(),
            viewing: Viewing { mode, watching: Vec::new() },
            over: false,
        }
    }

    pub(super) fn resize(&mut self, size: Size) {
        if self.size == size {
            return;
        }
        self.size = size;
        self.screen.resize(size);
        if let Some(shell) = &self.shell {
            shell.resize(size);
        }
        self.tell_all(&Outgoing::Control(ToBrowser::Size { cols: size.cols, rows: size.rows }));
    }

    pub(super) fn show(&mut self, bytes: &[u8]) {
        let text = self.screen.feed(bytes);
        if !text.is_empty() {
            self.tell_all(&Outgoing::Output(text.into()));
        }
    }

    pub(super) fn tell_all(&self, outgoing: &Outgoing) {
        for viewer in self.viewers.iter().filter(|viewer| !viewer.is_dismissed()) {
            viewer.send(outgoing.clone());
        }
    }

    pub(super) fn tell(&self, viewer: u64, message: ToBrowser) {
        if let Some(viewer) = self.viewer(viewer) {
            viewer.send(Outgoing::Control(message));
        }
    }

    pub(super) fn acknowledge(&self, client: &str, seq: u64) {
        let of_client = |viewer: &&Viewer| viewer.client == client && !viewer.is_dismissed();
        if let Some(viewer) = self.viewers.iter().find(of_client) {
            viewer.send(Outgoing::Control(ToBrowser::Ack { seq }));
        }
    }

    pub(super) fn is_owner(&self, viewer: u64) -> bool {
        self.viewer(viewer).is_some_and(|viewer| viewer.role.is_owner())
    }

    /// The viewer, if it may type now.
    pub(super) fn typist(&self, viewer: u64) -> Option<&Viewer> {
        self.viewer(viewer).filter(|viewer| viewer.role.may_type(self.mode()))
    }

    pub(super) fn mode(&self) -> Mode {
        self.viewing.mode
    }

    /// Tells everybody of the watching, if it is not as they were last told. Returns whether it was told.
    pub(super) fn watch(&mut self, mode: Mode) -> bool {
        let viewing = Viewing::of(mode, &self.viewers);
        let changed = viewing != self.viewing;
        if changed {
            self.viewing = viewing;
            self.tell_all(&Outgoing::Control(self.viewing()));
        }
        changed
    }

    pub(super) fn viewing(&self) -> ToBrowser {
        ToBrowser::Viewing { mode: self.viewing.mode, watching: self.viewing.watching.clone() }
    }

    fn viewer(&self, id: u64) -> Option<&Viewer> {
        self.viewers.iter().find(|seated| seated.id == id)
    }
}
