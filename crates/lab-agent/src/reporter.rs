//! Tells the control plane, in order and without making anything else wait, how far the machine is.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::backoff::Backoff;
use crate::control_plane::{CallError, ControlPlane, Report, Stage, Wanted};
use crate::ending::Ending;

/// After so many answers in a row that this machine is unknown, a report is dropped.
const UNKNOWN_LIMIT: u32 = 5;

/// The queue of reports.
pub(crate) struct Reporter {
    reports: mpsc::Sender<Report>,
    task: JoinHandle<()>,
}

struct Delivery {
    control_plane: Arc<ControlPlane>,
    ending: Ending,
    stop: CancellationToken,
}

impl Reporter {
    /// Starts delivering; the last word, *ready* or *failed*, is repeated every `sign_of_life`.
    pub(crate) fn start(
        control_plane: Arc<ControlPlane>,
        ending: Ending,
        sign_of_life: Duration,
        stop: CancellationToken,
    ) -> Self {
        let (reports, queue) = mpsc::channel(8);
        let delivery = Delivery { control_plane, ending, stop };
        let task = tokio::spawn(delivery.run(queue, sign_of_life).in_current_span());
        Self { reports, task }
    }

    pub(crate) async fn tell(&self, report: Report) {
        tracing::info!(stage = ?report.stage, "stage reached");
        if self.reports.send(report).await.is_err() {
            tracing::debug!("reports are over");
        }
    }

    /// Waits until everything was delivered, at most for `limit`.
    pub(crate) async fn finish(self, limit: Duration) {
        drop(self.reports);
        if timeout(limit, self.task).await.is_err() {
            tracing::warn!("not every report could be delivered");
        }
    }
}

impl Delivery {
    async fn run(self, mut queue: mpsc::Receiver<Report>, sign_of_life: Duration) {
        let mut last: Option<Report> = None;
        loop {
            let next = tokio::select! {
                () = self.stop.cancelled() => return,
                next = queue.recv() => match next {
                    Some(report) => report,
                    None => return,
                },
                () = sleep(sign_of_life), if last.is_some() => match last.take() {
                    Some(report) => report,
                    None => continue,
                },
            };
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = self.deliver(&next) => {}
            }
            last = matches!(next.stage, Stage::Ready | Stage::Failed).then_some(next);
        }
    }

    /// Repeats until the report arrived or can't; the machine's deadline stops it in any case.
    async fn deliver(&self, report: &Report) {
        let mut backoff = Backoff::default();
        let mut unknown = 0;
        loop {
            let error = match self.control_plane.report(report).await {
                Ok(Wanted::Running) => return,
                Ok(Wanted::Gone) => return self.ending.now("no longer wanted"),
                Err(CallError::Gone) => return self.ending.now("the environment is over"),
                Err(error) => error,
            };
            tracing::warn!(stage = ?report.stage, error = %error, "a report did not arrive");
            unknown += u32::from(matches!(error, CallError::Unknown(_)));
            // A trainee may be at work: being unknown for a while is no reason to end the machine. Its deadline, the
            // reaper and the inventory sweep will.
            if matches!(error, CallError::Refused(_)) || unknown >= UNKNOWN_LIMIT {
                return;
            }
            sleep(backoff.next(error.retry_after())).await;
        }
    }
}
