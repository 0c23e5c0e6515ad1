//! Which placement is asked, given what everybody knows of the providers.

use std::time::Duration;

use brihaspati_core::domain::choice::{Choice, choose};
use brihaspati_core::domain::failure_path::path;
use brihaspati_core::domain::placement::ProviderKind::{DigitalOcean, Linode};
use brihaspati_core::domain::provider_error::ProviderError;
use brihaspati_core::domain::traffic::{Limits, RestReason, Traffic};
use jiff::SignedDuration;

use crate::scene::*;

fn limits() -> Limits {
    Limits { linode_creates: "20/15".parse().unwrap(), digitalocean: "250/60".parse().unwrap() }
}

fn both() -> [Traffic; 2] {
    [Traffic::new(Linode), Traffic::new(DigitalOcean)]
}

fn failed(traffic: &mut Traffic, error: &ProviderError, secs: i64) {
    traffic.create_failed(&placement(traffic.provider), path(error).1, at(secs));
}

fn chosen(traffic: &[Traffic], secs: i64) -> Choice {
    choose(&requested(), traffic, &limits(), at(secs))
}

#[test]
fn the_first_placement_is_taken_until_another_is_clearly_sooner() {
    let mut traffic = both();
    assert_eq!(chosen(&traffic, 0), Choice::Slot { placement_index: 0 });
    let slots: Vec<_> = (0..40).map(|_| traffic[0].reserve_create(&limits(), at(0))).collect();
    assert!(slots[39] > at(20));
    assert_eq!(chosen(&traffic, 0), Choice::Slot { placement_index: 1 });
}

#[test]
fn creates_never_outrun_what_the_provider_allows() {
    for (provider, requests, window) in [(Linode, 20, 15), (DigitalOcean, 250, 60)] {
        let mut traffic = Traffic::new(provider);
        let slots: Vec<_> = (0..500).map(|_| traffic.reserve_create(&limits(), at(0))).collect();
        for slot in &slots {
            let within = slots.iter().filter(|at| **at <= *slot && **at > *slot - SignedDuration::from_secs(window));
            assert!(within.count() <= requests);
        }
    }
    let mut linode = Traffic::new(Linode);
    let last = (0..500).map(|_| linode.reserve_create(&limits(), at(0))).last().unwrap();
    let least = 24 * 15;
    assert!(last <= at(least + least / 10), "500 creates take {}", last.duration_since(at(0)));
}

#[test]
fn a_provider_that_keeps_failing_rests_and_is_asked_again_later() {
    let mut traffic = both();
    for _ in 0..2 {
        failed(&mut traffic[0], &ProviderError::Unavailable, 0);
    }
    assert_eq!(chosen(&traffic, 0), Choice::Slot { placement_index: 0 }, "twice is bad luck");
    failed(&mut traffic[0], &ProviderError::TimedOut, 0);
    assert_eq!(traffic[0].resting(at(1)).unwrap().reason, RestReason::Unavailable);
    assert_eq!(chosen(&traffic, 1), Choice::Slot { placement_index: 1 });
    assert_eq!(chosen(&traffic, 31), Choice::Slot { placement_index: 0 });
    failed(&mut traffic[0], &ProviderError::Garbage, 31);
    assert!(traffic[0].resting(at(31 + 59)).is_some(), "each further failure doubles the rest");
    traffic[0].create_worked(&placement(Linode));
    assert_eq!(traffic[0].resting(at(32)), None);
}

#[test]
fn where_every_provider_rests_the_environment_waits_for_the_first_to_come_back() {
    let mut traffic = both();
    for secs in 0..3 {
        failed(&mut traffic[0], &ProviderError::Unavailable, secs);
        failed(&mut traffic[1], &ProviderError::Unavailable, secs + 5);
    }
    assert!(matches!(chosen(&traffic, 8), Choice::Wait { until, .. } if until == at(32)));
}

#[test]
fn a_refused_token_is_not_waited_for() {
    let mut traffic = both();
    failed(&mut traffic[0], &ProviderError::Unauthorized, 0);
    assert_eq!(chosen(&traffic, 1), Choice::Slot { placement_index: 1 });
    failed(&mut traffic[1], &ProviderError::Unauthorized, 1);
    let Choice::GiveUp { failure } = chosen(&traffic, 2) else { panic!("nobody can have a machine") };
    assert_eq!(failure.code, "provider_unauthorized");
    traffic[1].token_worked();
    assert_eq!(chosen(&traffic, 2), Choice::Slot { placement_index: 1 });
}

#[test]
fn a_place_that_was_full_a_moment_ago_is_the_last_choice_and_still_one() {
    let mut traffic = both();
    failed(&mut traffic[0], &ProviderError::NoCapacity, 0);
    assert_eq!(chosen(&traffic, 1), Choice::Slot { placement_index: 1 });
    failed(&mut traffic[1], &ProviderError::NoCapacity, 1);
    assert_eq!(chosen(&traffic, 2), Choice::Slot { placement_index: 0 });
}

#[test]
fn a_provider_that_asks_for_time_gets_it_from_everybody() {
    let mut traffic = both();
    let asked = ProviderError::RateLimited { retry_after: Some(Duration::from_secs(40)) };
    failed(&mut traffic[0], &asked, 0);
    assert_eq!(traffic[0].next_create(&limits(), at(1)).0, at(40));
    assert_eq!(chosen(&traffic, 1), Choice::Slot { placement_index: 1 });
}

#[test]
fn an_estimate_is_made_of_recent_starts_and_of_nothing_else() {
    let mut traffic = Traffic::new(Linode);
    assert_eq!(traffic.pace(), None);
    for secs in 1..=100 {
        traffic.start_took(SignedDuration::from_secs(secs));
    }
    let pace = traffic.pace().unwrap();
    let seconds = (pace.half_within.as_secs(), pace.nine_of_ten_within.as_secs(), pace.samples);
    assert_eq!(seconds, (75, 95, 50), "of the newest fifty, 51 to 100");
}
