//! Tells the control plane, in order and without making anything else wait, how far the machine is.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::activity::Activity;
use crate::backoff::Backoff;
use crate::control_plane::{CallError, ControlPlane};
use crate::ending::{Ending, LAST_CALL_LIMIT};
use crate::report::{Report, Stage};

/// After so many answers in a row that this machine is unknown, a report is dropped.
const UNKNOWN_LIMIT: u32 = 5;

/// How often the last word, *ready* or *failed*, is repeated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// In any case.
    pub(crate) sign_of_life: Duration,
    /// While the trainee is at work.
    pub(crate) activity: Duration,
}

/// The queue of reports.
pub(crate) struct Reporter {
    reports: mpsc::Sender<Report>,
    latest: watch::Sender<Report>,
}

struct Delivery {
    control_plane: Arc<ControlPlane>,
    ending: Ending,
    activity: Activity,
    pace: Pace,
    stop: CancellationToken,
}

/// The last word that the control plane was told, and when.
struct Told {
    report: Report,
    at: Instant,
}

impl Reporter {
    /// Starts delivering.
    pub(crate) fn start(
        control_plane: Arc<ControlPlane>,
        ending: Ending,
        activity: Activity,
        pace: Pace,
        stop: CancellationToken,
    ) -> Self {
        let (reports, queue) = mpsc::channel(8);
        let (latest, to_repeat) = watch::channel(Report::stage(Stage::AgentStarted));
        let last_call = last_call(Arc::clone(&control_plane), ending.clone(), to_repeat, stop.clone());
        tokio::spawn(last_call.in_current_span());
        let delivery = Delivery { control_plane, ending, activity, pace, stop };
        tokio::spawn(delivery.run(queue).in_current_span());
        Self { reports, latest }
    }

    pub(crate) async fn tell(&self, report: Report) {
        tracing::info!(stage = ?report.stage, "stage reached");
        self.latest.send_replace(report.clone());
        if self.reports.send(report).await.is_err() {
            tracing::debug!("reports are over");
        }
    }
}

impl Delivery {
    async fn run(self, mut queue: mpsc::Receiver<Report>) {
        let mut told: Option<Told> = None;
        let mut tells_activity = true;
        loop {
            let mut next = tokio::select! {
                () = self.stop.cancelled() => return,
                next = queue.recv() => match next {
                    Some(report) => report,
                    None => return,
                },
                report = self.repetition(told.as_ref()) => report,
            };
            next.active_at = self.activity.last().filter(|_| tells_activity && next.stage == Stage::Ready);
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = self.tell(&mut next, &mut tells_activity) => {}
            }
            let is_last_word = matches!(next.stage, Stage::Ready | Stage::Failed);
            told = is_last_word.then(|| Told { report: next, at: Instant::now() });
        }
    }

    /// A control plane that is older than this agent refuses what it does not know: it hears of stages alone.
    async fn tell(&self, report: &mut Report, tells_activity: &mut bool) {
        let refused = self.deliver(report).await;
        let (activity, cause) = (report.active_at, report.cause);
        if refused && (activity.is_some() || cause.is_some()) {
            (report.active_at, report.cause) = (None, None);
            *tells_activity &= activity.is_none();
            self.deliver(report).await;
        }
    }

    /// The last word, when it is time to say it again; never without one.
    async fn repetition(&self, told: Option<&Told>) -> Report {
        let Some(Told { report, at }) = told else {
            return std::future::pending().await;
        };
        let sign_of_life = sleep_until(*at + self.pace.sign_of_life);
        tokio::pin!(sign_of_life);
        loop {
            tokio::select! {
                () = &mut sign_of_life => break,
                () = sleep(self.pace.activity), if report.active_at.is_some() => {
                    if self.activity.last() != report.active_at {
                        break;
                    }
                }
            }
        }
        report.clone()
    }

    /// Repeats until the report arrived or can't; the machine's deadline stops it in any case. Returns whether the
    /// control plane refuses this report.
    async fn deliver(&self, report: &Report) -> bool {
        let mut backoff = Backoff::default();
        let mut unknown = 0;
        loop {
            let error = match self.control_plane.report(report).await {
                Ok(answer) => {
                    self.ending.heed(&answer);
                    return false;
                }
                Err(CallError::Gone) => {
                    self.ending.now("the environment is over");
                    return false;
                }
                Err(error) => error,
            };
            tracing::warn!(stage = ?report.stage, error = %error, "a report did not arrive");
            unknown += u32::from(matches!(error, CallError::Unknown(_)));
            // A trainee may be at work: being unknown for a while is no reason to end the machine. Its deadline, the
            // reaper and the inventory sweep will.
            if matches!(error, CallError::Refused(_)) || unknown >= UNKNOWN_LIMIT {
                return matches!(error, CallError::Refused(_));
            }
            sleep(backoff.next(error.retry_after())).await;
        }
    }
}

/// Asks at the deadline whether it still holds, whatever else waits to be told.
async fn last_call(
    control_plane: Arc<ControlPlane>,
    ending: Ending,
    to_repeat: watch::Receiver<Report>,
    stop: CancellationToken,
) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = ending.last_call() => {}
        }
        let report = to_repeat.borrow().clone();
        let ask = async {
            let mut backoff = Backoff::default();
            loop {
                match control_plane.report(&report).await {
                    Ok(answer) => return ending.heed(&answer),
                    Err(CallError::Gone | CallError::Unknown(_) | CallError::Refused(_)) => return,
                    Err(error) => sleep(backoff.next(error.retry_after())).await,
                }
            }
        };
        if timeout(LAST_CALL_LIMIT, ask).await.is_err() {
            tracing::warn!("nobody said whether the deadline still holds");
        }
        ending.last_call_is_answered();
    }
}
