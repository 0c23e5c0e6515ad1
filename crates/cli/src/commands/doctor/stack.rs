//! The stack itself.

use super::Scene;
use super::finding::{Checked, problem, warning};

pub(super) fn check(scene: &Scene) -> Checked {
    let stack = &scene.deployment.stack;
    let version = scene.deployment.value("Version").unwrap_or("unknown");
    let seen = format!("{}, version {version}", stack.status);
    let reason = stack.reason.as_deref().unwrap_or("see the stack's events");
    match stack.status.as_str() {
        "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE" => Ok(seen),
        // The version before goes on running.
        "UPDATE_ROLLBACK_COMPLETE" => Err(warning(
            format!("the last deploy was rolled back; the version before it runs: {reason}"),
            "fix what the stack's events say, and deploy again",
        )),
        status if status.ends_with("_IN_PROGRESS") => {
            Err(warning(seen, "wait until the deploy has ended, and run the doctor again"))
        }
        _ => Err(problem(format!("{seen}: {reason}"), "fix what the stack's events say, and deploy again")),
    }
}
