//! The lab's checks: run one after another when the trainee asks and when the lab's schedule says so, shown to
//! everybody at the terminal, and told to the control plane.

mod board;
mod first_line;
mod plan;
mod script;
mod telling;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::account::Account;
use crate::clock::unix_now;
use crate::control_plane::ControlPlane;
use crate::ending::Ending;
use crate::layout::LabDir;
pub(crate) use board::{Board, Item};
pub(crate) use plan::{Plan, SentPlan};
use script::Scripts;

/// Where checks are asked for and their results seen.
#[derive(Clone)]
pub(crate) struct Checks {
    board: Arc<watch::Sender<Board>>,
    asked: Arc<Notify>,
}

impl Checks {
    /// Has the checks run, and their results told, until `stop`.
    pub(crate) fn start(
        plan: Plan,
        lab: LabDir,
        account: Account,
        control_plane: Arc<ControlPlane>,
        ending: Ending,
        stop: CancellationToken,
    ) -> Self {
        let (board, seen) = watch::channel(Board::new(plan.checks));
        let checks = Self { board: Arc::new(board), asked: Arc::new(Notify::new()) };
        let scripts = Scripts { lab, account, limit: plan.limit };
        let running = checks.clone();
        let work = async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = running.run(&scripts, plan.every) => {}
                () = telling::tell(seen, control_plane, ending) => {}
            }
        };
        tokio::spawn(work.in_current_span());
        checks
    }

    /// Asks for the check of this name, or for all.
    pub(crate) fn ask(&self, name: Option<&str>) {
        if self.board.send_if_modified(|board| board.join(name)) {
            self.asked.notify_one();
        }
    }

    /// What there is to see now.
    pub(crate) fn board(&self) -> watch::Ref<'_, Board> {
        self.board.borrow()
    }

    /// Whenever there is something new to see.
    pub(crate) fn subscribe(&self) -> watch::Receiver<Board> {
        self.board.subscribe()
    }

    async fn run(&self, scripts: &Scripts, every: Option<Duration>) {
        let schedule = self.follow(every);
        tokio::pin!(schedule);
        loop {
            tokio::select! {
                () = self.asked.notified() => {}
                () = &mut schedule => {}
            }
            while let Some((index, name)) = self.next() {
                let verdict = scripts.run(&name).await;
                tracing::info!(check.name = %name, check.passed = verdict.passed, "a check has run");
                self.board.send_modify(|board| board.judge(index, verdict, unix_now()));
            }
        }
    }

    /// Asks for all checks whenever their time has come.
    async fn follow(&self, every: Option<Duration>) {
        let Some(every) = every else {
            return std::future::pending().await;
        };
        let mut ticks = interval_at(Instant::now() + every, every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.ask(None);
        }
    }

    /// The check that runs next; what is seen changes when the last one was.
    fn next(&self) -> Option<(usize, String)> {
        let mut next = None;
        self.board.send_if_modified(|board| {
            next = board.next().map(|index| (index, board.items()[index].name.clone()));
            next.is_none()
        });
        next
    }
}
