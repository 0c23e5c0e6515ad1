//! What is printed, and whether a promise was broken.

use std::collections::BTreeMap;
use std::time::Duration;

use brihaspati_local::pocket_cloud::{Call, Count, PocketCloud, Provider};

use crate::minimum::Minimum;

/// The promise: total time within 10 % of what the limits make possible.
const ALLOWED: f64 = 1.10;
/// Lines shown of a long list.
const SHOWN: usize = 10;

/// Promises that were broken.
#[derive(Default)]
pub(crate) struct Verdict(Vec<String>);

impl Verdict {
    pub(crate) fn broken(&mut self, what: impl IntoIterator<Item = String>) {
        self.0.extend(what);
    }

    /// The time from the first press to the last machine that serves, held to the promise. `more` is allowed beyond it.
    pub(crate) fn start(&mut self, took: Duration, minimum: &Minimum, more: Duration) {
        println!("  {:<12} {:.1} s", "all ready", took.as_secs_f64());
        println!("  {:<12} {minimum}", "minimum");
        println!("  {:<12} {:.2} times the minimum", "ratio", took.as_secs_f64() / minimum.time.as_secs_f64());
        self.hold("all ready", took, minimum, more);
    }

    /// The time from the common end to the last proof, beside what the budget of requests gives for it. `more` is how long
    /// nobody need look at first.
    pub(crate) fn end(&mut self, took: Duration, budget: &Minimum, more: Duration) {
        println!("  {:<12} {:.1} s", "all gone", took.as_secs_f64());
        println!("  {:<12} {budget}", "budget");
        self.hold("all gone", took, budget, more);
    }

    fn hold(&mut self, what: &str, took: Duration, minimum: &Minimum, more: Duration) {
        let allowed = minimum.time.mul_f64(ALLOWED) + more;
        if took > allowed {
            self.0.push(format!(
                "{what} after {:.1} s; {:.1} s are allowed",
                took.as_secs_f64(),
                allowed.as_secs_f64()
            ));
        }
    }

    /// Prints what is wrong, or that nothing is.
    pub(crate) fn conclude(self) -> bool {
        println!();
        if self.0.is_empty() {
            println!("every promise was kept");
            return true;
        }
        println!("{} promises were broken:", self.0.len());
        list(&self.0);
        false
    }
}

/// The first of them, and how many more there are.
pub(crate) fn list(lines: &[String]) {
    for line in lines.iter().take(SHOWN) {
        println!("    {line}");
    }
    if let Some(more) = lines.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        println!("    and {more} more");
    }
}

/// Half, nine of ten, and the longest.
pub(crate) fn percentiles(times: &[Duration]) -> String {
    let mut times = times.to_vec();
    times.sort_unstable();
    let at = |percent: usize| {
        let index = (times.len() * percent).div_ceil(100).saturating_sub(1);
        times.get(index).map_or(0.0, Duration::as_secs_f64)
    };
    format!("p50 {:.1} s, p90 {:.1} s, max {:.1} s", at(50), at(90), at(100))
}

/// The providers' side: requests by kind since `before`, and how many of them were answered 429.
pub(crate) struct Requests(BTreeMap<(Provider, Call), Count>);

impl Requests {
    pub(crate) fn so_far(pocket: &PocketCloud) -> Self {
        Self(pocket.calls())
    }

    pub(crate) fn print_since(&self, before: &Self) {
        for provider in [Provider::Linode, Provider::DigitalOcean] {
            let of = |kind: Call| {
                let now = self.0.get(&(provider, kind)).copied().unwrap_or_default();
                let then = before.0.get(&(provider, kind)).copied().unwrap_or_default();
                (now.answered - then.answered, now.throttled - then.throttled)
            };
            let kinds = [
                ("creates", Call::CreateMachine),
                ("looks", Call::ReadMachine),
                ("lists", Call::ListMachines),
                ("deletes", Call::DeleteMachine),
                ("others", Call::Other),
            ];
            let asked =
                kinds.map(|(name, kind)| (name, of(kind))).into_iter().filter(|(_, (answered, _))| *answered > 0);
            let text: Vec<String> = asked
                .map(|(name, (answered, throttled))| match throttled {
                    0 => format!("{answered} {name}"),
                    _ => format!("{answered} {name} ({throttled} answered 429)"),
                })
                .collect();
            if !text.is_empty() {
                println!("  {:<12} {}", format!("{provider:?}"), text.join(", "));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let times: Vec<Duration> = (1..=10).rev().map(Duration::from_secs).collect();
        assert_eq!(percentiles(&times), "p50 5.0 s, p90 9.0 s, max 10.0 s");
        assert_eq!(percentiles(&[]), "p50 0.0 s, p90 0.0 s, max 0.0 s");
    }

    #[test]
    fn more_than_ten_percent_over_the_minimum_breaks_the_promise() {
        let minimum = Minimum { time: Duration::from_secs(100), because: String::new() };
        for (took, more, kept) in [(110, 0, true), (111, 0, false), (170, 60, true), (171, 60, false)] {
            let mut verdict = Verdict::default();
            verdict.start(Duration::from_secs(took), &minimum, Duration::from_secs(more));
            assert_eq!(verdict.0.is_empty(), kept, "{took:?}");
        }
    }
}
