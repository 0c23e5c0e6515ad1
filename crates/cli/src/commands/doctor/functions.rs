//! The two functions that make and delete machines: switched on, and deployed with the secrets that are stored now.

use super::Scene;
use super::finding::{Checked, problem, warning};
use crate::clouds::CloudKind;
use crate::commands::emergency::brake::Part;

pub(super) async fn provisioning(scene: &Scene) -> Checked {
    for part in Part::ALL {
        let name = scene.deployment.require(part.output())?;
        let (function, reserved) = tokio::join!(scene.aws.function(name), scene.aws.reserved_concurrency(name));
        let (function, reserved) = (function?, reserved?);
        if reserved == Some(0) {
            return Err(problem(
                format!("{} is switched off, as an emergency stop leaves it", part.word()),
                "find out why; then: brihaspati emergency-stop --release",
            ));
        }
        if part.normal(scene.deployment.reserves_concurrency()).is_some() && reserved.is_none() {
            return Err(warning(
                format!("{} has no concurrency of its own: a busy account can keep it from running", part.word()),
                format!(
                    "aws lambda put-function-concurrency --reserved-concurrent-executions 1 --function-name {name}"
                ),
            ));
        }
        let (state, update) = (function.state.as_deref(), function.last_update_status.as_deref());
        if matches!(state, Some("Failed" | "Pending")) || update == Some("Failed") {
            let seen =
                format!("{} is {}, its last update {}", part.word(), state.unwrap_or("?"), update.unwrap_or("?"));
            return Err(problem(seen, "deploy the stack again"));
        }
    }
    Ok("provision and reaper may run".to_owned())
}

/// Secrets are read at deploy: a token that was replaced since then is not in use yet.
pub(super) async fn deployed_secrets(scene: &Scene) -> Checked {
    let provision = scene.aws.function(scene.deployment.require(Part::Provision.output())?).await?;
    let mut used = Vec::new();
    for kind in CloudKind::ALL {
        let Some(name) = scene.deployment.token_secret(kind) else { continue };
        let variable = match kind {
            CloudKind::Linode => "LINODE_TOKEN",
            CloudKind::DigitalOcean => "DIGITALOCEAN_TOKEN",
        };
        let stored = scene.aws.secret(name).await?.unwrap_or_default();
        let Some(deployed) = provision.variable(variable) else {
            return Err(problem(format!("provision has no {kind} token"), "deploy the stack again"));
        };
        if deployed.trim() != stored.trim() {
            return Err(problem(
                format!("the {kind} token in use is not the one in {name}"),
                "deploy with another SecretsRevision: secrets are read then, and only where the stack itself changes",
            ));
        }
        used.push(kind.title());
    }
    match used.is_empty() {
        true => Err(problem(
            "no provider is configured: nobody can start a lab",
            "deploy with LinodeTokenSecret or DigitalOceanTokenSecret",
        )),
        false => Ok(format!("the stored tokens are in use: {}", used.join(", "))),
    }
}
