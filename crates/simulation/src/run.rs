//! One run: everything that a seed decides, from the first Play to the end of the last machine.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::sleep;

use crate::class::trainees;
use crate::dice::Dice;
use crate::fault::Fault;
use crate::functions::Functions;
use crate::observer::{Invariant, Violation};
use crate::schedule;
use crate::weather::Weather;
use crate::world::World;

/// From good weather until everything must be over: the longest lab, its start, its end, and a boot in vain.
const AFTERMATH: Duration = Duration::from_mins(45);

/// What came of a run.
#[derive(Debug)]
pub struct Outcome {
    pub seed: u64,
    pub violation: Option<Violation>,
    /// Outside calls.
    pub steps: u64,
    pub faults: BTreeMap<Fault, u64>,
    pub environments: usize,
    pub machines: usize,
    pub virtual_time: Duration,
    pub trace: Vec<String>,
    /// The same for the same seed.
    pub trace_hash: u64,
}

/// Runs one seed, on a runtime of its own.
///
/// # Errors
/// Where the simulation itself could not be set up.
pub fn run(seed: u64) -> Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
    // Jitter of the code under test and of the AWS clients.
    fastrand::seed(seed);
    runtime.block_on(simulate(seed))
}

async fn simulate(seed: u64) -> Result<Outcome> {
    let mut dice = Dice::new(seed);
    let weather = Weather::of(&mut dice);
    let clears_after = weather.clears_after;
    let trainees = trainees(&mut dice);
    let (queue, messages) = unbounded_channel();
    let (births, born) = unbounded_channel();
    let world = World::new(dice, weather, queue, births);
    let functions = Arc::new(Functions::new(&world)?);

    tokio::spawn(schedule::deliver(world.clone(), functions.clone(), messages));
    tokio::spawn(schedule::bring_to_life(world.clone(), functions.clone(), born));
    tokio::spawn(schedule::tick(world.clone(), functions.clone()));
    tokio::spawn(schedule::vandalise(world.clone()));
    let people: Vec<_> =
        trainees.into_iter().map(|trainee| tokio::spawn(trainee.work(world.clone(), functions.clone()))).collect();

    let story = async {
        sleep(clears_after).await;
        world.change(|state| {
            state.weather.clears();
            state.trace.add(clears_after, "", "the weather clears");
            state.observer.weather_clears(world.time.now());
        });
        for person in people {
            // A trainee who panicked is a broken simulation, and is seen below.
            let _ = person.await;
        }
        let until = world.time.elapsed() + AFTERMATH;
        while world.time.elapsed() < until {
            sleep(Duration::from_secs(5)).await;
            world.look();
            let state = world.hold();
            if state.observer.is_over(&state.clouds) {
                return;
            }
        }
        world.violated(Invariant::NoDeadEnd, "not everything has come to its end");
    };
    tokio::select! {
        biased;
        () = world.broken.notified() => {}
        () = story => {}
    }
    Ok(outcome(seed, &world))
}

fn outcome(seed: u64, world: &World) -> Outcome {
    let state = &mut *world.hold();
    let trace = std::mem::take(&mut state.trace);
    Outcome {
        seed,
        violation: state.observer.violation().cloned(),
        steps: state.steps,
        faults: state.weather.struck.clone(),
        environments: state.observer.environments(),
        machines: state.clouds.machines().count(),
        virtual_time: world.time.elapsed(),
        trace_hash: trace.hash(),
        trace: trace.into_lines(),
    }
}
