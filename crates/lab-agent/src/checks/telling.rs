//! Tells the control plane what the checks have found, where it outlives the machine.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::board::{Board, Item};
use crate::backoff::Backoff;
use crate::control_plane::{CallError, ControlPlane};
use crate::ending::Ending;
use crate::report::{CheckResult, CheckResults};

/// Results of one round go together, but somebody may be watching: none waits longer than this.
const GATHER: Duration = Duration::from_secs(1);
/// Between two reports, however often checks are asked for.
const PAUSE: Duration = Duration::from_secs(1);
/// After so many answers in a row that this machine is unknown, results wait for the next ones.
const UNKNOWN_LIMIT: u32 = 5;

/// What of the board the control plane has heard.
struct Told(Vec<u64>);

/// Tells what is new, the latest result of each check, for as long as there are checks; the caller ends it.
pub(super) async fn tell(mut board: watch::Receiver<Board>, control_plane: Arc<ControlPlane>, ending: Ending) {
    let mut told = Told(vec![0; board.borrow().items().len()]);
    let mut backoff = Backoff::default();
    let mut unknown = 0;
    while board.wait_for(|board| told.lacks(board)).await.is_ok() {
        // Late is as good as the end of the round.
        let _gathered = timeout(GATHER, board.wait_for(|board| !board.is_running())).await.is_ok();
        let (results, heard) = told.news(&board.borrow_and_update());
        let error = match control_plane.report_checks(&results).await {
            Ok(answer) => {
                ending.heed(&answer);
                (told, backoff, unknown) = (heard, Backoff::default(), 0);
                sleep(PAUSE).await;
                continue;
            }
            Err(error) => error,
        };
        tracing::warn!(checks = results.results.len(), error = %error, "results of checks did not arrive");
        match error {
            CallError::Gone => return ending.now("the environment is over"),
            // These will never be taken, the next ones may.
            CallError::Refused(_) => told = heard,
            CallError::Unknown(_) if unknown + 1 >= UNKNOWN_LIMIT => {
                unknown = 0;
                if board.changed().await.is_err() {
                    return;
                }
            }
            CallError::Unknown(_) => unknown += 1,
            CallError::Unavailable { .. } => {}
        }
        sleep(backoff.next(error.retry_after())).await;
    }
}

impl Told {
    fn lacks(&self, board: &Board) -> bool {
        board.items().iter().zip(&self.0).any(|(item, told)| item.runs > *told)
    }

    /// What is to be told, and what has been heard afterwards.
    fn news(&self, board: &Board) -> (CheckResults, Self) {
        let new = board.items().iter().zip(&self.0).filter(|(item, told)| item.runs > **told);
        let results = new.filter_map(|(item, _)| result(item)).collect();
        (CheckResults { results }, Self(board.items().iter().map(|item| item.runs).collect()))
    }
}

fn result(item: &Item) -> Option<CheckResult> {
    Some(CheckResult {
        name: item.name.clone(),
        passed: item.passed?,
        message: item.message.clone().unwrap_or_default(),
        at: item.checked_at?,
    })
}
