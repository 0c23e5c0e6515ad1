//! Many seeds in parallel, and what they came to together.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Result;

use crate::fault::Fault;
use crate::lock::Lock;
use crate::run::{Outcome, run};

/// The sum of many runs.
#[derive(Default)]
pub struct Summary {
    pub runs: u64,
    pub steps: u64,
    pub environments: usize,
    pub machines: usize,
    pub virtual_time: Duration,
    pub faults: BTreeMap<Fault, u64>,
    /// The runs in which an invariant broke, by seed.
    pub failures: BTreeMap<u64, Outcome>,
}

impl Summary {
    fn add(&mut self, mut outcome: Outcome) {
        self.runs += 1;
        self.steps += outcome.steps;
        self.environments += outcome.environments;
        self.machines += outcome.machines;
        self.virtual_time += outcome.virtual_time;
        for (fault, count) in &outcome.faults {
            *self.faults.entry(*fault).or_default() += count;
        }
        if outcome.violation.is_some() {
            // One story is enough to read.
            if !self.failures.is_empty() {
                outcome.trace.clear();
            }
            self.failures.insert(outcome.seed, outcome);
        }
    }
}

/// Runs `seeds` on `jobs` threads; no new one is begun once the failures are `enough`.
///
/// # Errors
/// Where a run could not be set up.
pub fn run_all(
    seeds: &Range<u64>,
    jobs: usize,
    enough: impl Fn(&BTreeMap<u64, Outcome>) -> bool + Sync,
) -> Result<Summary> {
    let next = AtomicU64::new(seeds.start);
    let stop = AtomicBool::new(false);
    let summary = Lock::new(Summary::default());
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs.max(1))
            .map(|_| {
                scope.spawn(|| -> Result<()> {
                    while !stop.load(Ordering::Relaxed) {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= seeds.end {
                            break;
                        }
                        let outcome = run(seed)?;
                        let mut summary = summary.hold();
                        summary.add(outcome);
                        stop.fetch_or(enough(&summary.failures), Ordering::Relaxed);
                    }
                    Ok(())
                })
            })
            .collect();
        workers.into_iter().try_for_each(|worker| match worker.join() {
            Ok(outcome) => outcome,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })?;
    Ok(std::mem::take(&mut *summary.hold()))
}
