//! The machine's own end. A thread of its own, so that nothing the agent does or fails to do can keep a machine alive.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::poweroff::{power_off, schedule};
use crate::report::{Answer, Wanted};

/// The clock is looked at this often: a machine that slept, or whose clock was set, still ends in time.
const LOOK_EVERY: Duration = Duration::from_secs(20);
/// At the deadline the control plane is asked once more, since it may have been moved. It has this long to answer.
pub(crate) const LAST_CALL_LIMIT: Duration = Duration::from_secs(5);

/// Ends the machine when asked, and at its deadline in any case.
#[derive(Debug, Clone)]
pub(crate) struct Ending(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    plan: Mutex<Plan>,
    changed: Condvar,
    last_call: Notify,
    shutdown: Vec<String>,
    /// One at a time, so that the newest deadline is the one that stays.
    scheduling: Mutex<()>,
    begun: CancellationToken,
    given_up: CancellationToken,
}

#[derive(Debug)]
struct Plan {
    deadline: SystemTime,
    /// Why the machine is to end before its deadline.
    order: Option<&'static str>,
    awaits_answer: bool,
}

impl Ending {
    /// Starts watching. `poweroff` is the command that switches the machine off, `shutdown` the one that has the system do
    /// so later: it was scheduled at boot, and moves with the deadline.
    pub(crate) fn watch(deadline: SystemTime, poweroff: Vec<String>, shutdown: Vec<String>) -> std::io::Result<Self> {
        let ending = Self(Arc::new(Inner {
            plan: Mutex::new(Plan { deadline, order: None, awaits_answer: false }),
            changed: Condvar::new(),
            last_call: Notify::new(),
            shutdown,
            scheduling: Mutex::new(()),
            begun: CancellationToken::new(),
            given_up: CancellationToken::new(),
        }));
        let watched = Arc::clone(&ending.0);
        let span = tracing::Span::current();
        std::thread::Builder::new().name("ending".into()).spawn(move || {
            let _entered = span.enter();
            let reason = watched.wait();
            tracing::info!(reason, "the machine ends");
            watched.begun.cancel();
            power_off(&poweroff);
            watched.given_up.cancel();
        })?;
        Ok(ending)
    }

    /// Does what the control plane wants: ends the machine, or keeps it until the deadline as it is now.
    pub(crate) fn heed(&self, answer: &Answer) {
        match answer.wanted {
            Wanted::Gone => self.now("no longer wanted"),
            Wanted::Running => {
                if let Some(expires_at) = answer.expires_at {
                    self.at(expires_at.into());
                }
            }
        }
    }

    /// Ends the machine now.
    pub(crate) fn now(&self, reason: &'static str) {
        self.0.lock().order.get_or_insert(reason);
        self.0.changed.notify_all();
    }

    fn at(&self, deadline: SystemTime) {
        let mut plan = self.0.lock();
        if plan.deadline != deadline {
            tracing::info!(from = %written(plan.deadline), to = %written(deadline), "the deadline has moved");
            plan.deadline = deadline;
            self.0.changed.notify_all();
            drop(plan);
            let moved = Arc::clone(&self.0);
            let spawned = std::thread::Builder::new().name("shutdown".into()).spawn(move || moved.schedule_shutdown());
            if let Err(error) = spawned {
                tracing::warn!(error = %error, "the system's own shutdown stays where it was");
            }
        }
    }

    /// Resolves when the deadline has come and somebody should ask whether it still holds.
    pub(crate) async fn last_call(&self) {
        self.0.last_call.notified().await;
    }

    /// The control plane was asked; what it said was heeded.
    pub(crate) fn last_call_is_answered(&self) {
        self.0.lock().awaits_answer = false;
        self.0.changed.notify_all();
    }

    /// Resolves when the end has begun: nothing is served from then on.
    pub(crate) async fn begun(&self) {
        self.0.begun.cancelled().await;
    }

    /// Resolves when every attempt to switch the machine off was made and it still runs.
    pub(crate) async fn given_up(&self) {
        self.0.given_up.cancelled().await;
    }
}

impl Inner {
    /// Waits for the end and says why it has come.
    fn wait(&self) -> &'static str {
        let mut plan = self.lock();
        loop {
            plan = self.wait_for_deadline(plan);
            if plan.order.is_none() {
                plan.awaits_answer = true;
                self.last_call.notify_one();
                let waited = self
                    .changed
                    .wait_timeout_while(plan, LAST_CALL_LIMIT, |plan| plan.awaits_answer && plan.order.is_none());
                plan = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
            if let Some(reason) = plan.order {
                return reason;
            }
            if plan.is_due() {
                return "deadline";
            }
        }
    }

    /// Has the system end the machine a minute after the deadline, whatever becomes of this program.
    fn schedule_shutdown(&self) {
        let _alone = self.scheduling.lock().unwrap_or_else(PoisonError::into_inner);
        let left = self.lock().deadline.duration_since(SystemTime::now()).unwrap_or_default();
        let minutes = left.as_secs().div_ceil(60) + 1;
        schedule(&self.shutdown, minutes);
    }

    /// Returns also when the end is ordered.
    fn wait_for_deadline<'a>(&self, mut plan: MutexGuard<'a, Plan>) -> MutexGuard<'a, Plan> {
        while plan.order.is_none()
            && let Ok(left) = plan.deadline.duration_since(SystemTime::now())
            && !left.is_zero()
        {
            let waited = self.changed.wait_timeout(plan, left.min(LOOK_EVERY));
            plan = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        plan
    }

    fn lock(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Plan {
    fn is_due(&self) -> bool {
        self.deadline <= SystemTime::now()
    }
}

fn written(time: SystemTime) -> String {
    jiff::Timestamp::try_from(time).map_or_else(|_| "never".to_owned(), |time| time.to_string())
}
