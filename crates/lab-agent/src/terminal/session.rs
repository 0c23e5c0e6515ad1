//! The one session of a machine: shell, screen, viewers and ledger under one lock, so that a snapshot and the output
//! after it meet exactly, and an input is noted as taken in the moment it is queued.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc::{self, OwnedPermit};

use super::ledger::Verdict;
use super::messages::{Close, Hello, Size, ToBrowser};
use super::shell::{Input, Listener, Shell};
use super::state::State;
use super::viewer::{Dismissal, Outgoing, Viewer};
use super::viewing::{Mode, Role};
use crate::account::Account;
use crate::activity::Activity;
use crate::checks::Checks;

/// Between two looks whether a viewer has caught up.
const BREATH: Duration = Duration::from_millis(5);
/// Brings a terminal that a program may have left in any state back to where a shell can start: main screen, default
/// attributes and modes (soft reset), no mouse, no bracketed paste, a new line.
const FRESH_START: &[u8] = b"\x1b[?1049l\x1b[!p\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[m\r\n";

pub(super) struct Session {
    account: Account,
    checks: Checks,
    activity: Activity,
    state: Mutex<State>,
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
    pub(super) fn new(account: Account, mode: Mode, checks: Checks, activity: Activity) -> Arc<Self> {
        Arc::new(Self { account, checks, activity, state: Mutex::new(State::new(mode)) })
    }

    /// Seats somebody whose secret was right. Watchers are seated only where they are allowed, and change nothing:
    /// they start no shell and bring no size.
    pub(super) fn attach(self: &Arc<Self>, hello: &Hello, role: Role) -> Result<Seat, Close> {
        let mut state = self.lock();
        if role.is_owner() {
            state.resize(Size::clamped(hello.cols, hello.rows));
            self.ensure_shell(&mut state)?;
        } else if state.mode() == Mode::Off {
            return Err(Close::NotAllowed);
        }
        state.viewers_seen += 1;
        let id = state.viewers_seen;
        let client = role.client(&hello.client);
        let known = state.ledger.hello(client.clone(), id);
        if let Some(old) = state.viewers.iter().find(|viewer| Some(viewer.id) == known.replaced) {
            old.dismiss(Close::Replaced);
        }
        let readonly = !role.is_owner();
        let (viewer, queue, dismissal) = Viewer::new(id, client, role);
        let Size { cols, rows } = state.size;
        let viewing = state.mode();
        let welcome = ToBrowser::Welcome { applied: known.applied, cols, rows, readonly, viewing };
        viewer.send(Outgoing::Control(welcome));
        viewer.send(Outgoing::Snapshot(state.screen.snapshot().into()));
        viewer.send(Outgoing::Control(self.checks_now()));
        state.viewers.push(viewer);
        let mode = state.mode();
        if !state.watch(mode) {
            state.tell(id, state.viewing());
        }
        Ok(Seat { viewer: id, queue, dismissal })
    }

    pub(super) fn detach(&self, viewer: u64) {
        let mut state = self.lock();
        state.viewers.retain(|seated| seated.id != viewer);
        state.ledger.goodbye(viewer);
        let mode = state.mode();
        state.watch(mode);
    }

    /// The keyboard of the running shell, or of a new one; none for who may not type.
    pub(super) fn keyboard(self: &Arc<Self>, viewer: u64) -> Result<Option<Keyboard>, Close> {
        let mut state = self.lock();
        if state.typist(viewer).is_none() {
            return Ok(None);
        }
        let queue = self.ensure_shell(&mut state)?;
        Ok(Some(Keyboard { generation: state.generation, queue }))
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
        let Some(typist) = state.typist(viewer) else {
            return Typed::Taken;
        };
        let (client, is_owner) = (typist.client.clone(), typist.role.is_owner());
        match state.ledger.take(viewer, seq) {
            Verdict::Fresh => {
                if is_owner {
                    self.activity.note();
                }
                place.send(Input { client, seq, data });
            }
            Verdict::Repeated => state.acknowledge(&client, seq),
            Verdict::Replaced => {}
        }
        Typed::Taken
    }

    /// The trainee's window has another size; a watcher's does not count.
    pub(super) fn resize(&self, viewer: u64, size: Size) {
        let mut state = self.lock();
        if state.is_owner(viewer) {
            state.resize(size);
        }
    }

    /// The trainee says what watchers may do; a watcher says nothing.
    pub(super) fn allow(&self, viewer: u64, mode: Mode) {
        let mut state = self.lock();
        if !state.is_owner(viewer) {
            return;
        }
        if mode == Mode::Off {
            for watcher in state.viewers.iter().filter(|viewer| !viewer.role.is_owner()) {
                watcher.dismiss(Close::NotAllowed);
            }
        }
        tracing::info!(viewing.mode = ?mode, "the trainee says who may look on");
        state.watch(mode);
    }

    /// The trainee asks for the check of this name, or for all.
    pub(super) fn check(&self, viewer: u64, name: Option<&str>) {
        if self.lock().is_owner(viewer) {
            self.checks.ask(name);
        }
    }

    /// Shows everybody what the checks have found.
    pub(super) fn show_checks(&self) {
        self.lock().tell_all(&Outgoing::Control(self.checks_now()));
    }

    pub(super) fn pong(&self, viewer: u64) {
        self.lock().tell(viewer, ToBrowser::Pong);
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

    fn checks_now(&self) -> ToBrowser {
        let board = self.checks.board();
        ToBrowser::Checks { running: board.is_running(), items: board.items().to_vec() }
    }

    fn ensure_shell(self: &Arc<Self>, state: &mut State) -> Result<mpsc::Sender<Input>, Close> {
        if let Some(shell) = &state.shell {
            return Ok(shell.input());
        }
        if state.over {
            return Err(Close::Over);
        }
        if state.generation > 0 {
            state.show(FRESH_START);
        }
        state.generation += 1;
        let started = Shell::start(&self.account, state.size, state.generation, self);
        let shell = started.map_err(|error| {
            tracing::error!(error = %error, "cannot start a shell");
            Close::NoShell
        })?;
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
        self.lock().acknowledge(&input.client, input.seq);
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
