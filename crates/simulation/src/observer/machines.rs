//! Machines and their owners: no-leak, no-double, no-overstay.

use brihaspati_core::domain::lifecycle::Phase;
use jiff::{SignedDuration, Timestamp};

use super::{Invariant, Observer};
use crate::cloud::{Clouds, Machine, Power};

/// From losing its owner to being gone.
const LEAK: SignedDuration = SignedDuration::from_mins(10);
/// From its deadline to being gone; where something stood in the way until lately, there is a tick more.
const OVERSTAY: SignedDuration = SignedDuration::from_mins(2);
const OVERSTAY_AFTER_HINDRANCE: SignedDuration = SignedDuration::from_mins(3);
/// Until a machine has switched itself off: its minute of grace, whole minutes, and its agent's look at the clock.
const SELF_SHUTDOWN: SignedDuration = SignedDuration::from_secs(140);

impl Observer {
    pub(super) fn check_machines(&mut self, clouds: &Clouds, now: Timestamp) {
        let existing: Vec<&Machine> = clouds.machines().filter(|machine| machine.exists()).collect();
        for (index, machine) in existing.iter().enumerate() {
            let is_twin = |other: &&&Machine| other.orders.environment == machine.orders.environment && other.in_time;
            // Of one whose create came later than anybody can wait for only its end is promised.
            let twin = existing[..index].iter().find(is_twin).filter(|_| machine.in_time);
            if let Some(twin) = twin {
                self.violated(Invariant::NoDouble, format!("{} and {} exist at once", twin.label, machine.label));
            }
            self.check_owner(machine, now);
            self.check_deadline(machine, now);
        }
    }

    fn is_owned(&self, machine: &Machine) -> bool {
        let Some(known) = self.environments.get(&machine.orders.environment) else { return false };
        match &known.environment.phase {
            Phase::Creating { attempt, .. } => attempt.number == machine.attempt(),
            Phase::Booting { machine: own, .. }
            | Phase::Ready { machine: own, .. }
            | Phase::Deleting { machine: own, .. } => own.provider == machine.provider && own.id == machine.id,
            Phase::Requested { .. } | Phase::Gone { .. } | Phase::Failed { .. } => false,
        }
    }

    /// A request to delete this machine has arrived.
    pub(crate) fn check_deletion(&mut self, machine: &Machine) {
        let Some(known) = self.environments.get(&machine.orders.environment) else { return };
        let wanted = known.environment.is_wanted() && !matches!(known.environment.phase, Phase::Deleting { .. });
        if wanted && self.is_owned(machine) {
            self.violated(Invariant::NoSelfHarm, format!("{} is wanted and is being deleted", machine.label));
        }
    }

    fn check_owner(&mut self, machine: &Machine, now: Timestamp) {
        let key = (machine.provider, machine.id.clone());
        if self.is_owned(machine) {
            self.ownerless.remove(&key);
            return;
        }
        let since = *self.ownerless.entry(key).or_insert(now);
        if now > since.max(self.last_hindrance(machine.provider)) + LEAK {
            self.violated(Invariant::NoLeak, format!("{} has had no owner since {since} and exists", machine.label));
        }
    }

    fn check_deadline(&mut self, machine: &Machine, now: Timestamp) {
        let over = machine.time_is_over_at();
        let hindered = self.last_hindrance(machine.provider);
        if now > (over + OVERSTAY).max(hindered + OVERSTAY_AFTER_HINDRANCE) {
            self.violated(Invariant::NoOverstay, format!("{} exists, and its time was over at {over}", machine.label));
        }
        // Whatever becomes of the control plane.
        if let Some(booted) = machine.booted_at.filter(|_| machine.power == Power::Running) {
            let boot = booted.duration_since(machine.created_at);
            if now > over + SELF_SHUTDOWN + boot {
                self.violated(
                    Invariant::NoOverstay,
                    format!("{} runs, and its time was over at {over}", machine.label),
                );
            }
        }
    }
}
