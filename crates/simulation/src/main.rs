//! `simulate --seeds 2000`, or `simulate --seed 17` for the story of one.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use brihaspati_simulation::{Outcome, Summary, run, run_all};
use clap::Parser;

/// A run is a fifth of its time at allocating: the AWS clients build every request anew.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs the provisioner in simulated worlds where everything goes wrong, and checks that its promises hold.
#[derive(Parser)]
struct Options {
    /// How many seeds to run
    #[arg(long, default_value_t = 2000)]
    seeds: u64,
    /// The first of them
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Threads; by default one per core
    #[arg(long)]
    jobs: Option<usize>,
    /// Run this seed alone and tell what happened in it
    #[arg(long)]
    seed: Option<u64>,
    /// Stop after so many failing seeds
    #[arg(long, default_value_t = 1)]
    failures: usize,
    /// Stop at the first seed that breaks this promise, such as no-double, and at no other
    #[arg(long)]
    find: Option<String>,
}

fn main() -> Result<ExitCode> {
    let options = Options::parse();
    if let Some(seed) = options.seed {
        let outcome = run(seed)?;
        tell(&outcome);
        return Ok(verdict(outcome.violation.is_none()));
    }
    let began = Instant::now();
    let jobs = options.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let enough = |failures: &BTreeMap<u64, Outcome>| match &options.find {
        Some(promise) => failures.values().any(|outcome| breaks(outcome, promise)),
        None => failures.len() >= options.failures,
    };
    let summary = run_all(&(options.from..options.from + options.seeds), jobs, enough)?;
    if options.find.is_none()
        && let Some(outcome) = summary.failures.values().find(|outcome| !outcome.trace.is_empty())
    {
        tell(outcome);
    }
    report(&summary, began);
    Ok(verdict(summary.failures.is_empty()))
}

fn breaks(outcome: &Outcome, promise: &str) -> bool {
    outcome.violation.as_ref().is_some_and(|violation| violation.invariant.name() == promise)
}

fn verdict(passed: bool) -> ExitCode {
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The story of one run.
fn tell(outcome: &Outcome) {
    for line in &outcome.trace {
        println!("{line}");
    }
    println!(
        "seed {}: {} environments, {} machines, {} outside calls, {} of simulated time, trace {:016x}",
        outcome.seed,
        outcome.environments,
        outcome.machines,
        outcome.steps,
        minutes(outcome.virtual_time),
        outcome.trace_hash,
    );
    match &outcome.violation {
        Some(violation) => println!("seed {} BREAKS {}: {}", outcome.seed, violation.invariant.name(), violation.what),
        None => println!("seed {} keeps every promise", outcome.seed),
    }
}

fn report(summary: &Summary, began: Instant) {
    let faults: u64 = summary.faults.values().sum();
    println!(
        "{} seeds, {} environments, {} machines, {} outside calls, {faults} faults, {} of simulated time in {:.1} s",
        summary.runs,
        summary.environments,
        summary.machines,
        summary.steps,
        minutes(summary.virtual_time),
        began.elapsed().as_secs_f64(),
    );
    for (fault, count) in &summary.faults {
        println!("  {count:>8}  {fault}");
    }
    for (seed, outcome) in &summary.failures {
        if let Some(violation) = &outcome.violation {
            println!("FAILED  seed {seed} breaks {}: {}", violation.invariant.name(), violation.what);
            println!("        again: scripts/simulate --seed {seed}");
        }
    }
    if summary.failures.is_empty() {
        println!("every promise held");
    }
}

fn minutes(time: std::time::Duration) -> String {
    let minutes = time.as_secs() / 60;
    format!("{} h {} min", minutes / 60, minutes % 60)
}
