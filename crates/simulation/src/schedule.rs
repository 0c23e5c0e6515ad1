//! What happens by itself: messages are delivered, the reaper ticks, machines come to life, strangers interfere.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep, sleep_until};

use crate::aws::Message;
use crate::fault::Fault;
use crate::functions::Functions;
use crate::life::{self, Birth};
use crate::observer::Scope;
use crate::worker::End;
use crate::world::World;

/// `VisibilityTimeout` and `maxReceiveCount` of `template.yaml`.
const VISIBILITY: Duration = Duration::from_secs(360);
const MAX_RECEIVES: u32 = 5;
/// Provision functions that run at the same time.
const CONCURRENCY: usize = 8;
/// The reaper's schedule.
const TICK: Duration = Duration::from_secs(60);

/// Hands each message to a worker until one is done with it, at least once.
pub(crate) async fn deliver(world: Arc<World>, functions: Arc<Functions>, mut messages: UnboundedReceiver<Message>) {
    let places = Arc::new(Semaphore::new(CONCURRENCY));
    while let Some(message) = messages.recv().await {
        let (world, functions, places) = (world.clone(), functions.clone(), places.clone());
        tokio::spawn(async move {
            for _ in 0..MAX_RECEIVES {
                let Ok(place) = places.acquire().await else { return };
                let received = Instant::now();
                let done = functions.provision(&message).await;
                drop(place);
                if done && !world.hold().strikes(Fault::MessageTwice) {
                    return;
                }
                let again = if done { world.hold().dice.millis(10, 30_000) } else { VISIBILITY };
                sleep_until(received + again).await;
            }
        });
    }
}

pub(crate) async fn bring_to_life(world: Arc<World>, functions: Arc<Functions>, mut born: UnboundedReceiver<Birth>) {
    while let Some(birth) = born.recv().await {
        tokio::spawn(life::live(world.clone(), functions.clone(), birth));
    }
}

/// The reaper, once a minute and never two at once.
pub(crate) async fn tick(world: Arc<World>, functions: Arc<Functions>) {
    let phase = world.hold().dice.between(Duration::ZERO, TICK);
    let mut next = Instant::now() + phase;
    loop {
        sleep_until(next).await;
        next += TICK;
        let missed = {
            let state = &mut *world.hold();
            let missed = state.strikes(Fault::TickMissed);
            if missed {
                state.hindered(Scope::Everything);
            }
            missed
        };
        if missed {
            world.say("a tick is missed");
            continue;
        }
        if let End::Done { value, .. } = functions.reap().await {
            world.say(&format!("reaped {value:?}"));
        }
    }
}

/// Somebody with access to the account deletes machines, and makes some that carry our tag.
pub(crate) async fn vandalise(world: Arc<World>) {
    loop {
        let pause = world.hold().dice.millis(10_000, 120_000);
        sleep(pause).await;
        let now = world.time.now();
        world.change(|state| {
            if state.strikes(Fault::StrayMachine) {
                state.clouds.stray(&mut state.dice, now);
            }
            if !state.strikes(Fault::DestroyedByOthers) {
                return;
            }
            let victims: Vec<_> = state
                .clouds
                .machines()
                .filter(|machine| machine.exists())
                .map(|m| (m.provider, m.id.clone()))
                .collect();
            let Some((kind, id)) = victims.get(state.dice.below(victims.len())).cloned() else { return };
            if let Some(machine) = state.clouds.machine(kind, &id) {
                machine.destroyed = true;
            }
            state.clouds.vanish(kind, &id, now);
            let elapsed = state.elapsed();
            state.trace.add(elapsed, "", &format!("{kind} machine {id} is destroyed by somebody else"));
        });
    }
}
