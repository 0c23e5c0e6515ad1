//! The independent observer: looks at the clouds' true state, the table's raw items and what trainees are shown, after
//! every step, and knows the invariants by name.

mod access;
mod machines;
mod records;
mod settled;

use std::collections::{BTreeMap, BTreeSet};

use brihaspati_core::domain::environment::Environment;
use brihaspati_core::domain::placement::ProviderKind;
use brihaspati_core::machine_url::MachineUrl;
use jiff::Timestamp;

use crate::aws::Table;
use crate::cloud::Clouds;

/// What must hold. The first six are the promises of `docs/invariants.md`; the others keep the simulation honest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invariant {
    /// A machine is owned by a live environment, or gone within 10 minutes.
    NoLeak,
    /// An environment never has two machines.
    NoDouble,
    /// Nothing outlives its deadline by more than 2 minutes.
    NoOverstay,
    /// Nobody receives another's address, secret or receipt, and a machine speaks for its own environment only.
    NoMixUp,
    /// Every environment reaches ready, gone or failed in bounded time, and `failed` says why.
    NoDeadEnd,
    /// `gone` only after the machines are; the receipt lists them all; no secret is left.
    NoFalseReceipt,
    /// Trainees see no errors but documented conflicts and the table's failures.
    NoError,
    /// Nothing is deleted that somebody still wants.
    NoSelfHarm,
    /// Without faults every Play becomes ready.
    Liveness,
    /// Without faults no provider has to say 429.
    WithinLimits,
    /// The control plane asks nothing of the simulated services that they do not know.
    Faithful,
}

impl Invariant {
    pub fn name(self) -> &'static str {
        match self {
            Self::NoLeak => "no-leak",
            Self::NoDouble => "no-double",
            Self::NoOverstay => "no-overstay",
            Self::NoMixUp => "no-mix-up",
            Self::NoDeadEnd => "no-dead-end",
            Self::NoFalseReceipt => "no-false-receipt",
            Self::NoError => "no-error",
            Self::NoSelfHarm => "no-self-harm",
            Self::Liveness => "liveness",
            Self::WithinLimits => "within-limits",
            Self::Faithful => "faithful",
        }
    }
}

/// An invariant that did not hold, and what was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub invariant: Invariant,
    pub what: String,
}

/// What a fault keeps from being done in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Everything,
    Provider(ProviderKind),
}

/// An environment as its raw item says, and what was noted about it.
struct Known {
    environment: Environment,
    /// Every secret that its item ever held.
    secrets: BTreeSet<String>,
    /// Since when it is neither ready nor at its end.
    unsettled_since: Option<Timestamp>,
    was_ready: bool,
}

pub(crate) struct Observer {
    calm: bool,
    machine_url: Option<MachineUrl>,
    environments: BTreeMap<String, Known>,
    /// Since when machines have no owner, by provider and id.
    ownerless: BTreeMap<(ProviderKind, String), Timestamp>,
    hindered: Option<Timestamp>,
    hindered_providers: BTreeMap<ProviderKind, Timestamp>,
    cleared_at: Option<Timestamp>,
    violation: Option<Violation>,
}

impl Observer {
    /// `calm`: nothing is going to go wrong in this run.
    pub(crate) fn new(calm: bool) -> Self {
        Self {
            calm,
            machine_url: crate::functions::machine_url().ok(),
            environments: BTreeMap::new(),
            ownerless: BTreeMap::new(),
            hindered: None,
            hindered_providers: BTreeMap::new(),
            cleared_at: None,
            violation: None,
        }
    }

    pub(crate) fn violation(&self) -> Option<&Violation> {
        self.violation.as_ref()
    }

    /// The first one counts: what follows may be its consequence.
    pub(crate) fn violated(&mut self, invariant: Invariant, what: String) {
        self.violation.get_or_insert(Violation { invariant, what });
    }

    pub(crate) fn hindered(&mut self, scope: Scope, now: Timestamp) {
        match scope {
            Scope::Everything => self.hindered = Some(now),
            Scope::Provider(kind) => {
                self.hindered_providers.insert(kind, now);
            }
        }
    }

    pub(crate) fn weather_clears(&mut self, now: Timestamp) {
        self.cleared_at = Some(now);
        self.hindered(Scope::Everything, now);
    }

    /// When something last kept the control plane from acting on this provider, if anything did.
    fn last_hindrance(&self, kind: ProviderKind) -> Timestamp {
        let provider = self.hindered_providers.get(&kind).copied();
        self.hindered.into_iter().chain(provider).max().unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Checks everything, and returns what became of environments, for the trace.
    pub(crate) fn look(&mut self, table: &mut Table, clouds: &Clouds, now: Timestamp) -> Vec<String> {
        let news = self.read_records(table, clouds, now);
        self.check_machines(clouds, now);
        self.check_access(clouds, now);
        self.check_settled(clouds, now);
        news
    }

    /// Whether all environments are at their end and nothing exists.
    pub(crate) fn is_over(&self, clouds: &Clouds) -> bool {
        self.environments.values().all(|known| known.environment.phase.is_end())
            && clouds.machines().all(|machine| !machine.exists())
    }

    pub(crate) fn environments(&self) -> usize {
        self.environments.len()
    }
}
