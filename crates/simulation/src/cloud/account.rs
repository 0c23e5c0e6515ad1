//! One cloud account: what a request does when it arrives.

use std::time::Duration;

use brihaspati_core::domain::placement::ProviderKind;
use brihaspati_core::providers::{Lookup, Machine as Shown, MachineSpec, ProviderError};
use jiff::{SignedDuration, Timestamp};

use super::limits::Limit;
use super::machine::Machine;
use super::troubles::Troubles;
use crate::dice::Dice;
use crate::weather::Weather;

pub(crate) struct Account {
    pub(crate) kind: ProviderKind,
    pub(crate) machines: Vec<Machine>,
    pub(crate) creates: Limit,
    pub(crate) requests: Limit,
    pub(crate) troubles: Troubles,
    /// Requests beyond a limit.
    pub(crate) refused: u64,
    next_id: u64,
}

/// What the caller asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Create,
    Find,
    Get,
    Delete,
    List,
}

impl Account {
    /// With the documented limits, or with lower ones: a handful of trainees meets them too.
    pub(crate) fn new(kind: ProviderKind, weather: &mut Weather, dice: &mut Dice) -> Self {
        let low = dice.chance(0.3);
        let (creates, requests) = match (kind, low) {
            (ProviderKind::Linode, false) => (Limit::new(20, 15), Limit::new(1600, 120)),
            (ProviderKind::Linode, true) => (Limit::new(2 + dice.below(3), 15), Limit::new(1600, 120)),
            (ProviderKind::DigitalOcean, _) => (Limit::new(250, 60), Limit::new(250, 60)),
        };
        Self {
            kind,
            machines: Vec::new(),
            creates,
            requests,
            troubles: Troubles::draw(weather, dice),
            refused: 0,
            next_id: match kind {
                ProviderKind::Linode => 1000,
                ProviderKind::DigitalOcean => 5000,
            },
        }
    }

    /// # Errors
    /// 429 where the request is one too many.
    pub(crate) fn admit(&mut self, operation: Operation, now: Timestamp) -> Result<(), ProviderError> {
        let limit = if operation == Operation::Create { &mut self.creates } else { &mut self.requests };
        let mut outcome = limit.admit(now);
        if operation == Operation::Create && outcome.is_ok() {
            outcome = self.requests.admit(now);
        }
        outcome.map_err(|wait| {
            self.refused += 1;
            ProviderError::RateLimited { retry_after: Some(wait + Duration::from_millis(999)) }
        })
    }

    /// # Errors
    /// `LabelInUse` where labels are unique and this one exists.
    pub(crate) fn create(&mut self, spec: &MachineSpec, now: Timestamp) -> Result<&mut Machine, ProviderError> {
        let taken = self.machines.iter().any(|machine| machine.exists() && machine.label == spec.label);
        if taken && self.kind == ProviderKind::Linode {
            return Err(ProviderError::LabelInUse);
        }
        self.next_id += 1;
        let machine = Machine::new(self.kind, self.next_id.to_string(), spec, now).ok_or(ProviderError::Rejected)?;
        self.machines.push(machine);
        self.machines.last_mut().ok_or(ProviderError::Garbage)
    }

    pub(crate) fn get(&self, id: &str, now: Timestamp) -> Lookup {
        let path = match self.kind {
            ProviderKind::Linode => "/v4/linode/instances",
            ProviderKind::DigitalOcean => "/v2/droplets",
        };
        match self.machines.iter().find(|machine| machine.id == id && machine.exists()) {
            Some(machine) => Lookup::Exists(machine.shown(now)),
            None => Lookup::Absent { evidence: format!("GET {path}/{id} answered 404") },
        }
    }

    /// What a list as of `age` ago holds.
    pub(crate) fn listed(&self, age: Duration, now: Timestamp) -> impl Iterator<Item = Shown> {
        let time = now - SignedDuration::try_from(age).unwrap_or_default();
        self.machines.iter().filter(move |machine| machine.is_listed_at(time)).map(move |machine| machine.shown(now))
    }
}
