//! The one session of a machine: shell, screen, viewers and ledger under one lock, so that a snapshot and the output
//! after it meet exactly, and an input is noted as taken in the moment it is queued.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc::{self, OwnedPermit};

use super::ledger::{Ledger, Verdict};
use super::messages::{Close, Hello, Size, ToBrowser};
use super::screen::Screen;
use super::shell::{Input, Listener, Shell};
use super::viewer::{Dismissal, Outgoing, Viewer};
use crate::account::Account;

const FIRST_SIZE: Size = Size { cols: 80, rows: 24 };
/// Between two looks whether a viewer has caught up.
const BREATH: Duration = Duration::from_millis(5);
/// Brings a terminal that a program may have left in any state back to where a shell can start: main screen, default
/// attributes and modes (soft reset), no mouse, no bracketed paste, a new line.
const FRESH_START: &[u8] = b"\x1b[?1049l\x1b[!p\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[m\r\n";

pub(super) struct Session {
    account: Account,
    state: Mutex<State>,
}

struct State {
    size: Size,
    screen: Screen,
    shell: Option<Shell>,
    /// Counts shells, so that a late word of an earlier one is recognised.
    generation: u64,
    viewers: Vec<Viewer>,
    viewers_seen: u64,
    ledger: Ledger,
    over: bool,
}

/// A viewer's place in the session; the queue begins with the welcome and the snapshot.
pub(super) struct Seat {
    pub(super) viewer: u64,
    pub(super) queue: mpsc::Receiver<Outgoing>,
    pub(super) dismissal: Dismissal,
}

/// The way to one particular shell.
pub(super) struct Keyboard {
    generation: u64,
    pub(super) queue: mpsc::Sender<Input>,
}

/// What became of an input.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Typed {
    Taken,
    /// Another shell has taken the place of this one: ask for its keyboard.
    ShellChanged,
}

impl Session {
    pub(super) fn new(account: Account) -> Arc<Self> {
        let state = State {
            size: FIRST_SIZE,
            screen: Screen::new(FIRST_SIZE),
            shell: None,
            generation: 0,
            viewers: Vec::new(),
            viewers_seen: 0,
            ledger: Ledger::default(),
            over: false,
        };
        Arc::new(Self { account, state: Mutex::new(state) })
    }

    /// Seats a viewer whose secret was right.
    pub(super) fn attach(self: &Arc<Self>, hello: &Hello) -> io::Result<Seat> {
        let mut state = self.lock();
        state.resize(Size::clamped(hello.cols, hello.rows));
        self.ensure_shell(&mut state)?;
        state.viewers_seen += 1;
        let id = state.viewers_seen;
        let known = state.ledger.hello(hello.client.clone(), id);
        if let Some(old) = state.viewers.iter().find(|viewer| Some(viewer.id) == known.replaced) {
            old.dismiss(Close::Replaced);
        }
        let (viewer, queue, dismissal) = Viewer::new(id, hello.client.clone());
        let Size { cols, rows } = state.size;
        let welcome = ToBrowser::Welcome { applied: known.applied, cols, rows, readonly: false };
        viewer.send(Outgoing::Control(welcome));
        viewer.send(Outgoing::Snapshot(state.screen.snapshot().into()));
        state.viewers.push(viewer);
        Ok(Seat { viewer: id, queue, dismissal })
    }

    pub(super) fn detach(&self, viewer: u64) {
        let mut state = self.lock();
        state.viewers.retain(|seated| seated.id != viewer);
        state.ledger.goodbye(viewer);
    }

    /// The keyboard of the running shell, or of a new one.
    pub(super) fn keyboard(self: &Arc<Self>) -> io::Result<Keyboard> {
        let mut state = self.lock();
        let queue = self.ensure_shell(&mut state)?;
        Ok(Keyboard { generation: state.generation, queue })
    }

    /// Types what has not been typed before.
    pub(super) fn type_in(
        &self,
        viewer: u64,
        generation: u64,
        place: OwnedPermit<Input>,
        seq: u64,
        data: String,
    ) -> Typed {
        let mut state = self.lock();
        if state.generation != generation || state.shell.is_none() {
            return Typed::ShellChanged;
        }
        let Some(client) = state.viewers.iter().find(|seated| seated.id == viewer).map(|v| v.client.clone()) else {
            return Typed::Taken;
        };
        match state.ledger.take(viewer, seq) {
            Verdict::Fresh => {
                place.send(Input { client, seq, data });
            }
            Verdict::Repeated => state.tell(&client, ToBrowser::Ack { seq }),
            Verdict::Replaced => {}
        }
        Typed::Taken
    }

    pub(super) fn resize(&self, size: Size) {
        self.lock().resize(size);
    }

    pub(super) fn pong(&self, viewer: u64) {
        if let Some(viewer) = self.lock().viewers.iter().find(|seated| seated.id == viewer) {
            viewer.send(Outgoing::Control(ToBrowser::Pong));
        }
    }

    /// Ends the shell and dismisses everybody; no new shell is started.
    pub(super) fn end(&self) {
        let mut state = self.lock();
        state.over = true;
        if let Some(shell) = &mut state.shell {
            shell.hang_up();
        }
        for viewer in &state.viewers {
            viewer.dismiss(Close::Over);
        }
    }

    fn ensure_shell(self: &Arc<Self>, state: &mut State) -> io::Result<mpsc::Sender<Input>> {
        if let Some(shell) = &state.shell {
            return Ok(shell.input());
        }
        if state.over {
            return Err(io::Error::other("the machine ends"));
        }
        if state.generation > 0 {
            state.show(FRESH_START);
        }
        state.generation += 1;
        let shell = Shell::start(&self.account, state.size, state.generation, self)?;
        tracing::info!(shell.generation = state.generation, "a shell has started");
        let input = shell.input();
        state.shell = Some(shell);
        Ok(input)
    }

    /// No code panics while it holds the lock; should it, the session is still the best there is.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn resize(&mut self, size: Size) {
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

    fn show(&mut self, bytes: &[u8]) {
        let text = self.screen.feed(bytes);
        if !text.is_empty() {
            self.tell_all(&Outgoing::Output(text.into()));
        }
    }

    fn tell_all(&self, outgoing: &Outgoing) {
        for viewer in self.viewers.iter().filter(|viewer| !viewer.is_dismissed()) {
            viewer.send(outgoing.clone());
        }
    }

    fn tell(&self, client: &str, message: ToBrowser) {
        let of_client = |viewer: &&Viewer| viewer.client == client && !viewer.is_dismissed();
        if let Some(viewer) = self.viewers.iter().find(of_client) {
            viewer.send(Outgoing::Control(message));
        }
    }
}

impl Listener for Arc<Session> {
    fn wait_for_room(&self) {
        loop {
            let waiting = self.lock().viewers.iter_mut().filter_map(|viewer| viewer.needs_time().then_some(())).count();
            if waiting == 0 {
                return;
            }
            thread::sleep(BREATH);
        }
    }

    fn output(&self, generation: u64, bytes: &[u8]) {
        let mut state = self.lock();
        if state.generation == generation && state.shell.is_some() {
            state.show(bytes);
        }
    }

    fn typed(&self, input: &Input) {
        self.lock().tell(&input.client, ToBrowser::Ack { seq: input.seq });
    }

    fn ended(&self, generation: u64) {
        let mut state = self.lock();
        if state.generation == generation && state.shell.take().is_some() {
            tracing::info!(shell.generation = generation, "the shell has ended");
            state.tell_all(&Outgoing::Control(ToBrowser::Exit));
        }
    }
}

impl Keyboard {
    pub(super) fn generation(&self) -> u64 {
        self.generation
    }
}
