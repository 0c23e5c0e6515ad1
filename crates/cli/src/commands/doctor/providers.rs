//! The providers' tokens: known, with the rights to make and delete machines, in an account that is large enough.

use super::finding::{Checked, problem, warning};
use crate::clouds::{Cloud, CloudKind, MachineLimit};

/// Of the check of the token, and of the check of the limit.
pub(super) fn names(kind: CloudKind) -> (&'static str, &'static str) {
    match kind {
        CloudKind::Linode => ("linode-token", "linode-limit"),
        CloudKind::DigitalOcean => ("digitalocean-token", "digitalocean-limit"),
    }
}

pub(super) async fn token(cloud: &Cloud) -> Checked {
    let missing = cloud.missing_rights().await?;
    if missing.is_empty() {
        return Ok("valid, with the rights to make and delete machines".to_owned());
    }
    Err(problem(
        format!("valid, but lacks {}", missing.join(" and ")),
        format!(
            "make a {} token that has it, store it in its secret, and deploy with another SecretsRevision",
            cloud.kind
        ),
    ))
}

pub(super) fn no_token(kind: CloudKind, why: &str) -> Checked {
    Err(problem(
        why,
        format!("store a {kind} token in the secret that the stack names, and deploy with another SecretsRevision"),
    ))
}

/// `others`: a class finds places at another provider, too.
pub(super) async fn limit(cloud: &Cloud, class_size: Option<u32>, others: bool) -> Checked {
    let limit = match cloud.machine_limit().await {
        Ok(limit) => limit,
        Err(error) if error.is_denied() => MachineLimit::NotTold,
        Err(error) => return Err(error.into()),
    };
    match (limit, class_size) {
        (MachineLimit::Machines(limit), Some(people)) if limit < u64::from(people) => {
            let seen = format!("the account may have {limit} machines; a class of {people} needs as many");
            let fix = format!("ask {} for a higher limit, some days before class", cloud.kind);
            Err(if others { warning(seen, fix) } else { problem(seen, fix) })
        }
        (MachineLimit::Machines(limit), _) => Ok(format!("the account may have {limit} machines")),
        (MachineLimit::NotTold, None) => Ok(format!("{} does not tell it here", cloud.kind)),
        (MachineLimit::NotTold, Some(people)) => Err(warning(
            format!("{} does not tell it here; a class of {people} needs as many machines", cloud.kind),
            match cloud.kind {
                CloudKind::Linode => "ask Linode's support what the account's limit is, some days before class",
                CloudKind::DigitalOcean => "look at Settings > Droplet limit, or give the token the scope account:read",
            },
        )),
    }
}
