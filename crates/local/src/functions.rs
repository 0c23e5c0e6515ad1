//! The functions' own crates by folder name, held against the template in both directions.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};

use crate::function::Build;
use crate::template::FunctionSpec;

/// Every folder of `functions/`.
pub fn implementations() -> BTreeMap<&'static str, Build> {
    BTreeMap::from([
        ("assistance", assistance::build as Build),
        ("class-environments", class_environments::build),
        ("class-events", class_events::build),
        ("class-labs", class_labs::build),
        ("class-people", class_people::build),
        ("class-usage", class_usage::build),
        ("classes", classes::build),
        ("environment", environment::build),
        ("environment-bundle", environment_bundle::build),
        ("environment-checks", environment_checks::build),
        ("environment-guide", environment_guide::build),
        ("environment-report", environment_report::build),
        ("extend-lab", extend_lab::build),
        ("health", health::build),
        ("instructors", instructors::build),
        ("join", join::build),
        ("join-links", join_links::build),
        ("list-environments", list_environments::build),
        ("list-labs", list_labs::build),
        ("list-providers", list_providers::build),
        ("login", login::build),
        ("logout", logout::build),
        ("me", me::build),
        ("provision", provision::build),
        ("reaper", reaper::build),
        ("room", room::build),
        ("room-actions", room_actions::build),
        ("start-lab", start_lab::build),
        ("stop-lab", stop_lab::build),
    ])
}

/// Refuses a deployed function without code, and code that nobody deploys.
pub(crate) fn check(specs: &[FunctionSpec], implementations: &BTreeMap<&str, Build>) -> Result<()> {
    let deployed: BTreeSet<&str> = specs.iter().map(|spec| spec.name.as_str()).collect();
    let written: BTreeSet<&str> = implementations.keys().copied().collect();
    let list = |names: BTreeSet<&str>| names.into_iter().collect::<Vec<_>>().join(", ");
    let (codeless, undeployed) = (list(&deployed - &written), list(&written - &deployed));
    ensure!(codeless.is_empty(), "template.yaml deploys functions that crates/local does not know: {codeless}");
    ensure!(undeployed.is_empty(), "functions that template.yaml does not deploy: {undeployed}");
    Ok(())
}
