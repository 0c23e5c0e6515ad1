//! What a pocket cloud was asked for and what it had, for whoever wants to know afterwards: how often a rate limit was
//! hit, and every machine's time from its create to its end.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use axum::http::{Method, StatusCode};
use jiff::Timestamp;

use crate::machine::{Machine, MachineSnapshot, Provider};

/// Machines that ended are remembered up to this number, the oldest forgotten first.
const MAX_ENDED: usize = 10_000;

/// A kind of request that has limits or costs of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Call {
    CreateMachine,
    ReadMachine,
    ListMachines,
    DeleteMachine,
    Other,
}

/// How many requests of one kind there were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// All that were answered.
    pub answered: u64,
    /// Those of them answered 429, whether by a limit or by a staged failure.
    pub throttled: u64,
}

/// A machine from its create to the moment it was no longer there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lifetime {
    pub machine: MachineSnapshot,
    pub created_at: Timestamp,
    /// `None` as long as it exists.
    pub ended_at: Option<Timestamp>,
}

impl Call {
    pub(crate) fn of(method: &Method, path: &str) -> Self {
        let path = path.trim_end_matches('/');
        let collection = path.ends_with("/instances") || path.ends_with("/droplets");
        let one = path.rsplit_once('/').is_some_and(|(parent, id)| {
            (parent.ends_with("/instances") || parent.ends_with("/droplets")) && id.parse::<u64>().is_ok()
        });
        match *method {
            Method::POST if collection => Self::CreateMachine,
            Method::GET if collection => Self::ListMachines,
            Method::GET if one => Self::ReadMachine,
            Method::DELETE if one || collection => Self::DeleteMachine,
            _ => Self::Other,
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Ledger(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    calls: BTreeMap<(Provider, Call), Count>,
    living: HashMap<u64, Lifetime>,
    ended: VecDeque<Lifetime>,
}

impl Ledger {
    pub(crate) fn answered(&self, provider: Provider, call: Call, status: StatusCode) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = entries.calls.entry((provider, call)).or_default();
        count.answered += 1;
        count.throttled += u64::from(status == StatusCode::TOO_MANY_REQUESTS);
    }

    pub(crate) fn began(&self, machine: &Machine) {
        let lifetime = Lifetime { machine: machine.into(), created_at: machine.created_at, ended_at: None };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).living.insert(machine.id, lifetime);
    }

    pub(crate) fn ended(&self, id: u64) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(lifetime) = entries.living.remove(&id) else { return };
        if entries.ended.len() == MAX_ENDED {
            entries.ended.pop_front();
        }
        entries.ended.push_back(Lifetime { ended_at: Some(Timestamp::now()), ..lifetime });
    }

    pub(crate) fn calls(&self) -> BTreeMap<(Provider, Call), Count> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).calls.clone()
    }

    pub(crate) fn lifetimes(&self) -> Vec<Lifetime> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.ended.iter().chain(entries.living.values()).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_told_apart_by_what_they_ask_for() {
        for (method, path, call) in [
            (Method::POST, "/v4/linode/instances", Call::CreateMachine),
            (Method::POST, "/v2/droplets/", Call::CreateMachine),
            (Method::GET, "/v4/linode/instances/7", Call::ReadMachine),
            (Method::GET, "/v2/droplets", Call::ListMachines),
            (Method::DELETE, "/v2/droplets/7", Call::DeleteMachine),
            (Method::DELETE, "/v2/droplets", Call::DeleteMachine),
            (Method::POST, "/v4/linode/instances/7/boot", Call::Other),
            (Method::GET, "/v2/droplets/7/firewalls", Call::Other),
        ] {
            assert_eq!(Call::of(&method, path), call, "{method} {path}");
        }
    }
}
