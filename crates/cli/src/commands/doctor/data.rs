//! The table: there, whole, and safe from mistakes.

use super::Scene;
use super::finding::{Checked, DRIFT, problem, warning};

/// As the template names them.
const INDEXES: [&str; 3] = ["due", "class", "room"];

pub(super) async fn table(scene: &Scene) -> Checked {
    let name = scene.deployment.require("TableName")?;
    let table = scene.aws.table(name).await?;
    if table.table_status != "ACTIVE" {
        return Err(problem(
            format!("{name} is {}", table.table_status),
            "wait until it is ACTIVE; if it is being deleted, restore it from its backup",
        ));
    }
    for wanted in INDEXES {
        let found = table.global_secondary_indexes.iter().find(|index| index.index_name == wanted);
        let Some(index) = found else {
            return Err(problem(format!("{name} has no index “{wanted}”"), DRIFT));
        };
        // Left out of an answer, it is as active as its table.
        let status = index.index_status.as_deref().unwrap_or("ACTIVE");
        if status != "ACTIVE" {
            return Err(problem(format!("the index “{wanted}” is {status}"), "wait until it is ACTIVE"));
        }
    }
    Ok(format!("{name} is active, with its indexes {}", INDEXES.join(", ")))
}

pub(super) async fn backups(scene: &Scene) -> Checked {
    let name = scene.deployment.require("TableName")?;
    let (table, recovery) = tokio::join!(scene.aws.table(name), scene.aws.has_point_in_time_recovery(name));
    if !recovery? {
        return Err(problem(
            "point-in-time recovery is off: what is lost in the table stays lost",
            format!(
                "aws dynamodb update-continuous-backups --point-in-time-recovery-specification \
                 PointInTimeRecoveryEnabled=true --table-name {name}"
            ),
        ));
    }
    match (table?.deletion_protection_enabled, scene.deployment.data_is_protected()) {
        (true, _) => Ok("point-in-time recovery and deletion protection are on".to_owned()),
        (false, true) => Err(problem(
            "deletion protection is off, though the stack asks for it",
            format!("aws dynamodb update-table --deletion-protection-enabled --table-name {name}"),
        )),
        (false, false) => Err(warning(
            "deletion protection is off (ProtectData=false)",
            "deploy with ProtectData=true before people's work is in it",
        )),
    }
}

pub(super) async fn housekeeping(scene: &Scene) -> Checked {
    let name = scene.deployment.require("TableName")?;
    match scene.aws.time_to_live(name).await?.as_deref() {
        Some("ttl") => Ok("what ended long ago is removed".to_owned()),
        Some(other) => Err(problem(format!("time to live goes by “{other}”, not by “ttl”"), DRIFT)),
        None => Err(problem(
            "time to live is off: the table only grows",
            format!(
                "aws dynamodb update-time-to-live --time-to-live-specification Enabled=true,AttributeName=ttl --table-name \
                 {name}"
            ),
        )),
    }
}
