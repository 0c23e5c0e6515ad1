//! The gate in front of and behind every outside call: here workers crash and stand still.

use std::future::pending;
use std::sync::Arc;

use crate::fault::Fault;
use crate::observer::Scope;
use crate::worker::{self, Worker};
use crate::world::World;

/// Before a call. Does not return to a worker that died.
pub(crate) async fn enter(world: &Arc<World>) {
    world.count_step();
    cross(world, Fault::CrashBeforeCall).await;
}

/// After a call.
pub(crate) async fn leave(world: &Arc<World>) {
    cross(world, Fault::CrashAfterCall).await;
}

async fn cross(world: &Arc<World>, crash: Fault) {
    let Some(worker) = worker::current() else { return };
    worker.able().await;
    if strikes(world, crash) {
        die(world, &worker);
        pending::<()>().await;
    }
    if strikes(world, Fault::Pause) {
        let pause = world.hold().dice.millis(500, 8000);
        world.say(&format!("stands still for {} ms", pause.as_millis()));
        worker.stand_still(pause);
        worker.harm();
        worker.able().await;
    }
}

fn strikes(world: &World, fault: Fault) -> bool {
    let state = &mut *world.hold();
    let strikes = state.strikes(fault);
    if strikes {
        state.hindered(Scope::Everything);
    }
    strikes
}

pub(crate) fn die(world: &World, worker: &Worker) {
    world.say("crashes");
    worker.harm();
    worker.crash();
}
