//! Everything outside the code under test, behind one lock: table, bus, queue, clouds, and who watches them.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedSender;

use crate::aws::{Message, Table};
use crate::cloud::Clouds;
use crate::dice::Dice;
use crate::fault::Fault;
use crate::life::Birth;
use crate::lock::Lock;
use crate::observer::{Invariant, Observer, Scope};
use crate::time::Time;
use crate::trace::Trace;
use crate::weather::Weather;
use crate::worker::{self, Worker};

pub(crate) struct World {
    pub(crate) time: Time,
    pub(crate) queue: UnboundedSender<Message>,
    pub(crate) births: UnboundedSender<Birth>,
    /// Told when an invariant is broken: the run ends there.
    pub(crate) broken: Notify,
    state: Lock<State>,
}

pub(crate) struct State {
    time: Time,
    pub(crate) dice: Dice,
    pub(crate) weather: Weather,
    pub(crate) table: Table,
    pub(crate) clouds: Clouds,
    pub(crate) observer: Observer,
    pub(crate) trace: Trace,
    pub(crate) steps: u64,
    workers: u64,
}

impl World {
    pub(crate) fn new(
        mut dice: Dice,
        mut weather: Weather,
        queue: UnboundedSender<Message>,
        births: UnboundedSender<Birth>,
    ) -> Arc<Self> {
        let time = Time::starting_now();
        let clouds = Clouds::new(&mut weather, &mut dice);
        let state = State {
            time,
            observer: Observer::new(weather.is_calm()),
            dice,
            weather,
            table: Table::default(),
            clouds,
            trace: Trace::default(),
            steps: 0,
            workers: 0,
        };
        Arc::new(Self { time, queue, births, broken: Notify::new(), state: Lock::new(state) })
    }

    pub(crate) fn hold(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.hold()
    }

    /// Changes something in the world; the observer looks at what came of it.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let state = &mut *self.hold();
        let outcome = change(state);
        self.observe(state);
        outcome
    }

    pub(crate) fn look(&self) {
        self.observe(&mut self.hold());
    }

    fn observe(&self, state: &mut State) {
        let news = state.observer.look(&mut state.table, &state.clouds, self.time.now());
        for line in news {
            state.trace.add(self.time.elapsed(), "", &line);
        }
        if state.observer.violation().is_some() {
            self.broken.notify_one();
        }
    }

    pub(crate) fn violated(&self, invariant: Invariant, what: &str) {
        self.hold().observer.violated(invariant, what.to_owned());
        self.broken.notify_one();
    }

    pub(crate) fn count_step(&self) {
        self.hold().steps += 1;
    }

    /// Adds to the trace what the current worker met.
    pub(crate) fn say(&self, what: &str) {
        let worker = worker::current();
        let name = worker.as_ref().map_or("", |worker| worker.name.as_str());
        self.hold().trace.add(self.time.elapsed(), name, what);
    }

    /// A new worker of the function `function`.
    pub(crate) fn worker(&self, function: &str) -> Arc<Worker> {
        let state = &mut *self.hold();
        state.workers += 1;
        let skewed = state.strikes(Fault::ClockSkew);
        let skew = if skewed {
            SignedDuration::from_millis(state.dice.below(2000) as i64 - 1000)
        } else {
            SignedDuration::ZERO
        };
        Worker::new(format!("{function}-{}", state.workers), skew)
    }
}

impl State {
    pub(crate) fn strikes(&mut self, fault: Fault) -> bool {
        self.weather.strikes(fault, &mut self.dice)
    }

    /// Something that was injected keeps others from keeping their time.
    pub(crate) fn hindered(&mut self, scope: Scope) {
        self.observer.hindered(scope, self.time.now());
        if let Some(worker) = worker::current() {
            worker.harm();
        }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.time.elapsed()
    }
}
