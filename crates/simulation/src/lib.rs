//! The promises of the provisioner, put to the test: its real decisions, store code, executor, reaper and desk, on a
//! seeded clock, over a simulated table, bus, queue and cloud, where whatever can go wrong does.
//!
//! A seed decides everything: the class, what its trainees do when, the mix of faults, and when the weather clears. After
//! that nothing goes wrong any more, and everything has to come to its end. [`run`] runs one seed, [`run_all`] many. After
//! every outside call an independent observer compares what is true with what is written and shown, and names the
//! [`Invariant`] that does not hold.
//!
//! What the simulated world keeps to, because nobody could keep a promise without it:
//! * A request reaches its provider at most 4 s after its sender gave up on it, and look-ups by label show a new machine
//!   at most 8 s later: together less than core waits (`SETTLE`, 15 s). Creates that come much later are simulated too;
//!   of their machines only the end is promised, and that nobody listens to them.
//! * Asked for one machine by its id, a provider tells the truth or nothing. Lists of everything may be 40 s old, and may
//!   leave out machines that exist.
//! * Workers stand still for at most 8 s at a time, and their clocks are at most 1 s from true time.
//! * Indexes are at most 400 ms behind the table.
//!
//! `bugs/` holds known bugs as patches; `scripts/simulate-bugs` shows that each of them is found.

mod aws;
mod class;
mod cloud;
mod dice;
mod fault;
mod fleet;
mod functions;
mod gate;
mod life;
mod lock;
mod observer;
mod people;
mod run;
mod schedule;
mod time;
mod trace;
mod weather;
mod worker;
mod world;

pub use aws::{Refusal, Table};
pub use fault::Fault;
pub use fleet::{Summary, run_all};
pub use observer::{Invariant, Violation};
pub use run::{Outcome, run};
