//! Actions on environments that are there.

use std::sync::atomic::{AtomicU32, Ordering};

use brihaspati_core::desk::Whose;
use brihaspati_core::domain::environment::Environment;
use brihaspati_core::domain::member::Member;
use brihaspati_core::http::ApiError;

use crate::{Action, ActionResult, Outcome, State, Task};

/// One result for each environment that the action is for, or one that says that there is none.
pub(crate) async fn apply(state: &State, task: &Task, member: &Member) -> Result<Vec<ActionResult>, ApiError> {
    let desk = state.admin.store.desk(&member.id).await?;
    let environments = state.admin.store.on_desk(&desk).await?;
    let mut results = Vec::new();
    for environment in environments.iter().filter(|environment| task.wanted.is_for(environment)) {
        if environment.is_wanted() && !environment.phase.is_end() {
            results.push(one(state, task, member, environment).await?);
        }
    }
    if results.is_empty() {
        results.push(ActionResult::nothing(&member.id, None, "nothing is running"));
    }
    Ok(results)
}

async fn one(state: &State, task: &Task, member: &Member, environment: &Environment) -> Result<ActionResult, ApiError> {
    let result = |outcome| Ok(ActionResult::new(&member.id, Some(environment), outcome));
    let wanted = &task.wanted;
    match wanted.action {
        Action::Extend if environment.work.extensions.iter().any(|known| known.id == wanted.id) => {
            return result(Outcome::Done);
        }
        Action::Extend if environment.extra_minutes_left() == 0 => {
            let reason = "as much time was added as the class allows";
            return Ok(ActionResult::refused(&member.id, Some(environment), reason));
        }
        Action::LowerHand if environment.work.hand.is_none() => {
            return Ok(ActionResult::nothing(&member.id, Some(environment), "no hand is raised"));
        }
        _ => {}
    }
    if wanted.preview {
        return Ok(ActionResult {
            reason: foreseen(task, environment),
            ..ActionResult::new(&member.id, Some(environment), Outcome::WouldDo)
        });
    }
    let added = AtomicU32::new(0);
    let changed =
        state.desk.change(Whose::Class(&task.class.id), &environment.id, |environment, now| match wanted.action {
            Action::Stop => environment.stop_by(&task.by, now),
            Action::Extend => {
                let minutes = environment.extend(&wanted.id, wanted.minutes.unwrap_or(0), &task.by, now);
                added.store(minutes, Ordering::Relaxed);
            }
            Action::LowerHand => environment.raise_hand(false, None, now),
            Action::Start | Action::Restart | Action::Message => {}
        });
    changed.await?;
    let reason = match (wanted.action, added.into_inner()) {
        (Action::Extend, minutes) => Some(format!("{minutes} minutes were added")),
        _ => None,
    };
    Ok(ActionResult { reason, ..ActionResult::new(&member.id, Some(environment), Outcome::Done) })
}

/// What an action would come to, where that is not plain.
fn foreseen(task: &Task, environment: &Environment) -> Option<String> {
    match task.wanted.action {
        Action::Stop => Some(format!("{}: the machine and everything on it is deleted", environment.lab_title)),
        Action::Extend => {
            let minutes = task.wanted.minutes.unwrap_or(0).min(environment.extra_minutes_left());
            Some(format!("{}: {minutes} minutes are added", environment.lab_title))
        }
        Action::Start | Action::Restart | Action::Message | Action::LowerHand => None,
    }
}
