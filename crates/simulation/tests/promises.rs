//! The simulation itself: it repeats exactly, and seeds that once broke a promise are run for ever.

use brihaspati_simulation::run;

/// One seed a line, with what it once broke.
const REGRESSIONS: &str = include_str!("../regressions.txt");

#[test]
fn the_same_seed_tells_the_same_story() {
    for seed in [1, 7, 20] {
        let (one, other) = (run(seed).unwrap(), run(seed).unwrap());
        assert_eq!(one.trace, other.trace);
        assert_eq!(one.trace_hash, other.trace_hash);
    }
}

#[test]
fn seeds_that_once_broke_a_promise_keep_it() {
    for line in REGRESSIONS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let seed = line.split_whitespace().next().and_then(|seed| seed.parse().ok()).expect("a seed first");
        let outcome = run(seed).unwrap();
        assert_eq!(outcome.violation, None, "seed {seed}: scripts/simulate --seed {seed} tells the story; {line}");
    }
}
