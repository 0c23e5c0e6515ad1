//! The keys that sign sessions, as they are stored.

use super::Scene;
use super::finding::{Checked, problem, warning};
use crate::session_keys::SessionKeys;

pub(super) async fn session_keys(scene: &Scene) -> Checked {
    let name = scene.deployment.require("SessionKeysSecret")?;
    let fix = "store what `brihaspati keys new` prints, and deploy with another SecretsRevision; everybody signs in anew then";
    let Some(text) = scene.aws.secret(name).await? else {
        return Err(problem(format!("{name} holds no text"), fix));
    };
    let keys: SessionKeys = text.parse().map_err(|error| problem(format!("{name}: {error}"), fix))?;
    keys.check().map_err(|error| problem(format!("{name}: {error}"), fix))?;
    match keys.rotation() {
        None => Ok(format!("{name} is well formed")),
        Some(step) => {
            Err(warning(format!("{name} is in the middle of a rotation: {step}"), "`brihaspati keys rotate`"))
        }
    }
}
