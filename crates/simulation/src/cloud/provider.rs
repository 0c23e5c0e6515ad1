//! A provider's client, as the control plane calls it: the same trait, and between it and the account everything that may
//! happen to a request on its way there and to the answer on its way back.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use brihaspati_core::domain::placement::{Placement, ProviderKind};
use brihaspati_core::domain::price::{SizePrice, SizePrices};
use brihaspati_core::providers::{Lookup, Machine as Shown, MachineSpec, Provider, ProviderError};
use jiff::SignedDuration;
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::account::Operation;
use super::machine::Power;
use super::troubles::{Arrival, Course};
use crate::fault::Fault;
use crate::gate;
use crate::life::Birth;
use crate::observer::Scope;
use crate::worker;
use crate::world::{State, World};

pub(crate) struct SimulatedProvider {
    pub(crate) kind: ProviderKind,
    pub(crate) world: Arc<World>,
}

impl SimulatedProvider {
    /// Sends one request. Once sent it may arrive whatever becomes of its sender.
    async fn call<T, E>(
        &self,
        operation: Operation,
        subject: &str,
        place: Option<&Placement>,
        effect: E,
    ) -> Result<T, ProviderError>
    where
        T: Send + 'static,
        E: FnOnce(&Arc<World>, &mut State, Arrival) -> Result<T, ProviderError> + Send + 'static,
    {
        let (world, kind) = (&self.world, self.kind);
        gate::enter(world).await;
        let course = Course::draw(kind, operation, place, &mut world.hold());
        self.crash_on_the_way();
        let in_time = course.is_in_time();
        let name = format!("{kind} {operation:?} {subject}").to_lowercase();
        let answer = match course {
            Course::Well { there, back } => {
                let arrived = self.send(operation, there, true, effect);
                world.say(&format!("{name} …"));
                let answer = arrived.await.unwrap_or(Err(ProviderError::Garbage));
                sleep(back).await;
                answer
            }
            Course::Refused { after, error } => {
                world.say(&format!("{name} … (will fail)"));
                sleep(after).await;
                Err(error)
            }
            Course::Misheard { there, after, error } => {
                drop(self.send(operation, there, in_time, effect));
                world.say(&format!("{name} … (arrives in {} ms, answer lost)", there.as_millis()));
                sleep(after).await;
                Err(error)
            }
        };
        match &answer {
            Ok(_) => world.say(&format!("{name} answered")),
            Err(error) => world.say(&format!("{name} failed: {error:?}")),
        }
        gate::leave(world).await;
        answer
    }

    /// A request travels by itself.
    fn send<T, E>(
        &self,
        operation: Operation,
        there: Duration,
        in_time: bool,
        effect: E,
    ) -> oneshot::Receiver<Result<T, ProviderError>>
    where
        T: Send + 'static,
        E: FnOnce(&Arc<World>, &mut State, Arrival) -> Result<T, ProviderError> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let (world, kind) = (self.world.clone(), self.kind);
        tokio::spawn(async move {
            sleep(there).await;
            let now = world.time.now();
            let outcome = world.change(|state| {
                let account = state.clouds.account(kind);
                account.admit(operation, now)?;
                effect(&world, state, Arrival { at: now, in_time })
            });
            // Nobody may be waiting any more.
            let _ = sender.send(outcome);
        });
        receiver
    }

    fn crash_on_the_way(&self) {
        let Some(worker) = worker::current() else { return };
        let state = &mut *self.world.hold();
        if !state.strikes(Fault::CrashDuringCall) {
            return;
        }
        state.hindered(Scope::Everything);
        let after = state.dice.millis(0, 600);
        let world = self.world.clone();
        tokio::spawn(async move {
            sleep(after).await;
            gate::die(&world, &worker);
        });
    }
}

/// How much older than now a look-up by label may be. Core counts on 15 s from the last moment at which the create may
/// have arrived (`SETTLE`): 4 s on its way, 8 s until look-ups show the machine, and none to spare in this.
const LOOKUP_LAG: u64 = 8000;
/// How old a list may be in bad weather.
const LIST_LAG: u64 = 40_000;

#[async_trait]
impl Provider for SimulatedProvider {
    fn kind(&self) -> ProviderKind {
        self.kind
    }

    async fn create(&self, spec: &MachineSpec) -> Result<Shown, ProviderError> {
        let wanted = spec.clone();
        let kind = self.kind;
        let effect = move |world: &Arc<World>, state: &mut State, arrival: Arrival| {
            let now = arrival.at;
            let listed_in = match kind {
                ProviderKind::Linode => state.dice.millis(0, 500),
                ProviderKind::DigitalOcean => state.dice.millis(0, 3000),
            };
            let listed_in = if state.strikes(Fault::ListStale) { state.dice.millis(0, LOOKUP_LAG) } else { listed_in };
            let address_in = match kind {
                ProviderKind::Linode => Duration::ZERO,
                ProviderKind::DigitalOcean if state.strikes(Fault::SlowAddress) => state.dice.millis(5000, 60_000),
                ProviderKind::DigitalOcean => state.dice.millis(500, 8000),
            };
            let reused = state.strikes(Fault::AddressReused);
            let address = state.clouds.address(reused);
            let machine = state.clouds.account(kind).create(&wanted, now)?;
            machine.in_time = arrival.in_time;
            machine.address = Some(address);
            machine.address_at = now + SignedDuration::try_from(address_in).unwrap_or_default();
            machine.listed_at = now + SignedDuration::try_from(listed_in).unwrap_or_default();
            let (shown, line) = (machine.shown(now), format!("{kind} machine {} {}", machine.id, machine.label));
            state.trace.add(world.time.elapsed(), "", &format!("{line} exists"));
            // Nobody brings machines to life any more only when the run is over.
            let _ = world.births.send(Birth { kind, id: shown.id.clone() });
            Ok(shown)
        };
        self.call(Operation::Create, &spec.label, Some(&spec.placement), effect).await
    }

    async fn find(&self, label: &str) -> Result<Vec<Shown>, ProviderError> {
        let (kind, wanted) = (self.kind, label.to_owned());
        let effect = move |_: &Arc<World>, state: &mut State, arrival: Arrival| {
            let found = state.clouds.account(kind).listed(Duration::ZERO, arrival.at);
            Ok(found.filter(|machine| machine.label == wanted).collect())
        };
        self.call(Operation::Find, label, None, effect).await
    }

    async fn get(&self, id: &str) -> Result<Lookup, ProviderError> {
        let (kind, wanted) = (self.kind, id.to_owned());
        let effect = move |_: &Arc<World>, state: &mut State, arrival: Arrival| {
            Ok(state.clouds.account(kind).get(&wanted, arrival.at))
        };
        self.call(Operation::Get, id, None, effect).await
    }

    async fn delete(&self, id: &str) -> Result<(), ProviderError> {
        let (kind, wanted) = (self.kind, id.to_owned());
        let effect = move |world: &Arc<World>, state: &mut State, _: Arrival| {
            delete(world, state, kind, &wanted);
            Ok(())
        };
        self.call(Operation::Delete, id, None, effect).await
    }

    async fn list(&self, tag: &str) -> Result<Vec<Shown>, ProviderError> {
        let (kind, wanted) = (self.kind, tag.to_owned());
        let effect = move |_: &Arc<World>, state: &mut State, arrival: Arrival| {
            let stale = state.strikes(Fault::ListStale);
            let age = if stale { state.dice.millis(0, LIST_LAG) } else { Duration::ZERO };
            let partial = state.strikes(Fault::ListPartial);
            if partial {
                state.hindered(Scope::Provider(kind));
            }
            let tagged = |account: &super::Account, id: &str| {
                account.machines.iter().any(|machine| machine.id == id && machine.carries(&wanted))
            };
            let account = state.clouds.account(kind);
            let mut listed: Vec<Shown> =
                account.listed(age, arrival.at).filter(|machine| tagged(account, &machine.id)).collect();
            if partial {
                listed.retain(|_| state.dice.chance(0.5));
            }
            Ok(listed)
        };
        self.call(Operation::List, tag, None, effect).await
    }

    async fn prices(&self) -> Result<SizePrices, ProviderError> {
        let only_one = SizePrice { hourly_micro_usd: 10_000, regions: [].into() };
        let effect =
            move |_: &Arc<World>, _: &mut State, _: Arrival| Ok(SizePrices::from([("s".to_owned(), only_one)]));
        self.call(Operation::List, "prices", None, effect).await
    }
}

/// Begins a deletion, if the provider takes it seriously.
fn delete(world: &Arc<World>, state: &mut State, kind: ProviderKind, id: &str) {
    let Some(machine) = state.clouds.machine(kind, id).filter(|machine| machine.exists()) else { return };
    state.observer.check_deletion(machine);
    let is_new = machine.power == Power::Starting;
    let ignored = if state.strikes(Fault::DeleteIgnored) {
        state.hindered(Scope::Provider(kind));
        true
    } else {
        // A droplet that is still `new`.
        is_new && kind == ProviderKind::DigitalOcean && state.dice.chance(0.5)
    };
    if ignored {
        state.trace.add(world.time.elapsed(), "", &format!("{kind} ignores the deletion of {id}"));
        return;
    }
    if let Some(machine) = state.clouds.machine(kind, id) {
        machine.deleting = true;
    }
    let slow = state.strikes(Fault::SlowDelete);
    let takes = if slow { state.dice.millis(5000, 60_000) } else { state.dice.millis(0, 3000) };
    if slow {
        state.hindered(Scope::Provider(kind));
    }
    let (world, id) = (world.clone(), id.to_owned());
    tokio::spawn(async move {
        sleep(takes).await;
        world.change(|state| {
            state.clouds.vanish(kind, &id, world.time.now());
            state.trace.add(world.time.elapsed(), "", &format!("{kind} machine {id} is gone"));
        });
    });
}
