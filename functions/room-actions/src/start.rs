//! Starting for somebody, and starting anew.

use brihaspati_core::auth::random_secret;
use brihaspati_core::desk::{Played, Whose};
use brihaspati_core::domain::environment::{Environment, NewEnvironment, Secrets};
use brihaspati_core::domain::ids::{EnvironmentId, LabSlug};
use brihaspati_core::domain::lab::Lab;
use brihaspati_core::domain::member::Member;
use brihaspati_core::http::ApiError;
use ulid::Ulid;

use crate::{ActionResult, Outcome, State, Task};

pub(crate) async fn start(state: &State, task: &Task, member: &Member) -> Result<ActionResult, ApiError> {
    let Some(slug) = &task.wanted.lab else {
        return Err(ApiError::invalid_field("lab", "is needed to start"));
    };
    let Some(lab) = state.admin.store.lab(&task.class.id, slug).await? else {
        return Err(ApiError::invalid_field("lab", "the class has no such lab"));
    };
    if member.suspended_at.is_some() {
        return Ok(ActionResult::refused(&member.id, None, "is suspended"));
    }
    let prospects = state.admission.prospects(&task.class, member, std::slice::from_ref(&lab)).await?;
    let prospect = prospects.into_iter().next();
    let here = prospect.as_ref().and_then(|prospect| prospect.environment.as_ref());
    if let Some(live) = here.filter(|environment| environment.occupies_its_lab() && environment.is_wanted()) {
        return Ok(match live.work.started_by.as_ref() == Some(&task.wanted.id) {
            true => ActionResult::new(&member.id, Some(live), Outcome::Done),
            false => ActionResult::nothing(&member.id, Some(live), "is running already"),
        });
    }
    if task.wanted.preview {
        return Ok(match prospect.and_then(|prospect| prospect.refusal) {
            None => ActionResult::new(&member.id, None, Outcome::WouldDo),
            Some(refusal) => ActionResult::refused(&member.id, None, refusal.reason()),
        });
    }
    play(state, task, member, &lab).await
}

async fn play(state: &State, task: &Task, member: &Member, lab: &Lab) -> Result<ActionResult, ApiError> {
    let new = || NewEnvironment {
        id: EnvironmentId::new(Ulid::new()),
        secrets: Secrets {
            access: random_secret(),
            machine_token: random_secret(),
            boot_token: None,
            viewer: random_secret(),
        },
        trace_id: task.trace_id.clone(),
        by_action: Some(task.wanted.id.clone()),
    };
    Ok(match state.desk.play(&task.class, member, lab, new).await? {
        Played::Running(environment) => ActionResult::new(&member.id, Some(&environment), Outcome::Done),
        Played::Refused(refusal) => ActionResult::refused(&member.id, None, refusal.reason()),
        Played::StillDeleting => ActionResult::refused(
            &member.id,
            None,
            "the previous machine is still being deleted; try again in a moment",
        ),
        Played::Contended => ActionResult::refused(&member.id, None, "Play is being pressed elsewhere; try again"),
    })
}

/// Stops what runs, and once that is gone starts it anew. The environment remembers by which action it was stopped: the
/// same one goes on where it was, however often it comes.
pub(crate) async fn restart(state: &State, task: &Task, member: &Member) -> Result<Vec<ActionResult>, ApiError> {
    let desk = state.admin.store.desk(&member.id).await?;
    let mut results = Vec::new();
    for environment in state.admin.store.on_desk(&desk).await? {
        if task.wanted.is_for(&environment) {
            results.extend(restart_one(state, task, member, &environment).await?);
        }
    }
    if results.is_empty() {
        results.push(ActionResult::nothing(&member.id, None, "nothing is running"));
    }
    Ok(results)
}

async fn restart_one(
    state: &State,
    task: &Task,
    member: &Member,
    environment: &Environment,
) -> Result<Option<ActionResult>, ApiError> {
    let action = &task.wanted.id;
    let ours = environment.work.restarted_by.as_ref() == Some(action);
    let stopping = || Some(ActionResult::new(&member.id, Some(environment), Outcome::Stopping));
    match (environment.occupies_its_lab(), environment.is_wanted()) {
        (true, true) if task.wanted.preview => {
            let reason = format!(
                "{}: the machine and everything on it is deleted, and a new one is started",
                environment.lab_title
            );
            let result = ActionResult::new(&member.id, Some(environment), Outcome::WouldDo);
            Ok(Some(ActionResult { reason: Some(reason), ..result }))
        }
        (true, true) if environment.work.started_by.as_ref() == Some(action) => {
            Ok(Some(ActionResult::new(&member.id, Some(environment), Outcome::Done)))
        }
        (true, true) => {
            let whose = Whose::Class(&task.class.id);
            let restart = |environment: &mut Environment, now| environment.restart_by(action, &task.by, now);
            state.desk.change(whose, &environment.id, restart).await?;
            Ok(stopping())
        }
        (true, false) if ours => Ok(stopping()),
        (false, _) if ours && !task.wanted.preview => {
            let slug: &LabSlug = &environment.lab;
            let Some(lab) = state.admin.store.lab(&task.class.id, slug).await? else {
                return Ok(Some(ActionResult::refused(
                    &member.id,
                    Some(environment),
                    "the class has this lab no more",
                )));
            };
            Ok(Some(play(state, task, member, &lab).await?))
        }
        _ => Ok(None),
    }
}
