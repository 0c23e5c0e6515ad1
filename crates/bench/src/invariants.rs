//! The invariants, checked from outside: by what trainees were told and what the providers had.

use std::collections::{HashMap, HashSet};

use brihaspati_local::pocket_cloud::{Lifetime, PocketCloud};
use jiff::Timestamp;
use serde_json::Value;

use crate::trainee::Started;

/// The tag that names a machine's environment.
fn owner(lifetime: &Lifetime) -> Option<String> {
    lifetime
        .machine
        .label
        .strip_prefix("lab-")
        .and_then(|rest| rest.rsplit_once('-'))
        .map(|(bare, _)| format!("env_{bare}"))
}

/// While all run: each environment has its machine, and each trainee the address and the secret of their own.
pub(crate) fn while_running(pocket: &PocketCloud, started: &[Started]) -> Vec<String> {
    let mut broken = Vec::new();
    let mut machines: HashMap<String, Vec<Lifetime>> = HashMap::new();
    for lifetime in pocket.lifetimes().into_iter().filter(|lifetime| lifetime.ended_at.is_none()) {
        match owner(&lifetime) {
            Some(owner) => machines.entry(owner).or_default().push(lifetime),
            None => broken.push(format!("no-leak: {} carries no environment's tag", lifetime.machine.label)),
        }
    }
    let mut secrets = HashSet::new();
    for one in started.iter().filter(|one| one.ready_at.is_some()) {
        let own = machines.remove(&one.environment).unwrap_or_default();
        match own.as_slice() {
            [only] if one.terminal_url.contains(&format!("//{}:", only.machine.address)) => {}
            [only] => broken
                .push(format!("no-mix-up: {} has {}, not {}", one.environment, one.terminal_url, only.machine.address)),
            several => broken.push(format!("no-double: {} has {} machines", one.environment, several.len())),
        }
        if one.secret.is_empty() || !secrets.insert(&one.secret) {
            broken.push(format!("no-mix-up: the secret of {} is empty or another's", one.environment));
        }
    }
    let unready: HashSet<&str> =
        started.iter().filter(|one| one.ready_at.is_none()).map(|one| one.environment.as_str()).collect();
    let ownerless = machines.into_keys().filter(|owner| !unready.contains(owner.as_str()));
    broken.extend(ownerless.map(|owner| format!("no-leak: a machine of {owner} is left, which nobody waits for")));
    broken
}

/// At no moment of the run had an environment two machines.
pub(crate) fn never_doubled(pocket: &PocketCloud) -> Vec<String> {
    let mut lives: HashMap<String, Vec<(Timestamp, Timestamp)>> = HashMap::new();
    for lifetime in pocket.lifetimes() {
        if let Some(owner) = owner(&lifetime) {
            let ended_at = lifetime.ended_at.unwrap_or(Timestamp::MAX);
            lives.entry(owner).or_default().push((lifetime.created_at, ended_at));
        }
    }
    let doubled = lives.into_iter().filter(|(_, lives)| {
        let mut lives = lives.clone();
        lives.sort_unstable();
        lives.windows(2).any(|pair| pair[1].0 < pair[0].1)
    });
    doubled.map(|(owner, _)| format!("no-double: {owner} had two machines at once")).collect()
}

/// After the end: no machine is left, and each receipt speaks of a machine that had really gone by then.
pub(crate) fn after_the_end(pocket: &PocketCloud, ended: &[Value]) -> Vec<String> {
    let mut broken = Vec::new();
    for machine in pocket.machines() {
        broken.push(format!("no-leak: {} still exists", machine.label));
    }
    let lifetimes = pocket.lifetimes();
    let ended_at: HashMap<String, Option<Timestamp>> =
        lifetimes.iter().map(|lifetime| (lifetime.machine.id.to_string(), lifetime.ended_at)).collect();
    for view in ended {
        let id = view["id"].as_str().unwrap_or_default();
        let resources = view["receipt"]["resources"].as_array().map(Vec::as_slice).unwrap_or_default();
        if resources.is_empty() {
            broken.push(format!("no-false-receipt: the receipt of {id} names no machine"));
        }
        for resource in resources {
            let machine = resource["id"].as_str().unwrap_or_default();
            let (said, really) = (verified_at(resource), ended_at.get(machine).copied().flatten());
            let holds = matches!((said, really), (Some(said), Some(really)) if really <= said);
            if !holds {
                broken
                    .push(format!("no-false-receipt: {id} says {machine} was gone at {said:?}; it was at {really:?}"));
            }
        }
    }
    broken
}

/// When a receipt's resource was seen to be gone.
pub(crate) fn verified_at(resource: &Value) -> Option<Timestamp> {
    resource["verified_absent_at"].as_str()?.parse().ok()
}
