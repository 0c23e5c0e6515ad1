//! How busy this process kept the machine: a run that had too little CPU says little about the limits.

use std::thread::available_parallelism;
use std::time::{Duration, Instant};

/// `sysconf(_SC_CLK_TCK)` on every Linux that Rust supports.
const TICKS_A_SECOND: f64 = 100.0;

pub(crate) struct Meter {
    since: Instant,
    used: Duration,
}

impl Meter {
    pub(crate) fn start() -> Self {
        Self { since: Instant::now(), used: used() }
    }

    /// The share of all processors that this process used since the start, from 0 to 1.
    pub(crate) fn share(&self) -> f64 {
        let processors = available_parallelism().map_or(1, usize::from);
        let possible = self.since.elapsed().mul_f64(f64::from(u32::try_from(processors).unwrap_or(1)));
        (used() - self.used).as_secs_f64() / possible.as_secs_f64()
    }
}

/// User and system time of this process; zero where the kernel does not tell.
fn used() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // proc_pid_stat(5): the name in parentheses may hold anything; utime and stime are the 12th and 13th after it.
    let fields = stat.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
    let ticks: f64 = fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
    Duration::from_secs_f64(ticks / TICKS_A_SECOND)
}
