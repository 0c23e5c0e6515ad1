//! What environments cost, by both providers' rules.

use brihaspati_core::domain::placement::{Placement, ProviderKind};
use brihaspati_core::domain::price::{PriceRecord, Prices, SizePrice, SizePrices, Unpriced, bill, spent};
use jiff::SignedDuration;

use crate::scene::{at, booting, machine, placement, ready, requested, tokens};

const LINODE: ProviderKind = ProviderKind::Linode;
const DIGITALOCEAN: ProviderKind = ProviderKind::DigitalOcean;
const BOTH: [ProviderKind; 2] = ProviderKind::ALL;

fn secs(secs: i64) -> SignedDuration {
    SignedDuration::from_secs(secs)
}

/// Both providers sell the size `s`, and Linode a dearer one, `l`, and `s` at another price in the region `far`.
fn prices() -> Prices {
    let record = |provider, sizes: SizePrices| {
        let mut record = PriceRecord::new(provider);
        record.learnt(sizes, at(0));
        record
    };
    let size = |hourly| SizePrice { hourly_micro_usd: hourly, regions: [].into() };
    let small = SizePrice { regions: [("far".to_owned(), 10_000)].into(), ..size(7_500) };
    let linode = [("s".to_owned(), small), ("l".to_owned(), size(36_000))].into();
    Prices::new([record(LINODE, linode), record(DIGITALOCEAN, [("s".to_owned(), size(72_000))].into())])
}

fn sized(provider: ProviderKind, size: &str) -> Placement {
    Placement { size: size.into(), ..placement(provider) }
}

#[test]
fn linode_charges_each_started_hour() {
    for (lived, hours) in [(0, 1), (1, 1), (3599, 1), (3600, 1), (3601, 2), (7200, 2), (7201, 3)] {
        assert_eq!(bill(LINODE, 7_500, secs(lived)), 7_500 * hours, "{lived} s");
    }
    assert_eq!(bill(LINODE, 7_500, SignedDuration::new(3600, 1)), 15_000);
    assert_eq!(bill(LINODE, 7_500, secs(-9)), 7_500, "clocks that differ");
}

#[test]
fn digitalocean_charges_each_second_and_at_least_a_minute_and_a_cent() {
    assert_eq!(bill(DIGITALOCEAN, 3_600_000, secs(61)), 61_000);
    for lived in [-5, 0, 1, 59, 60] {
        assert_eq!(bill(DIGITALOCEAN, 3_600_000, secs(lived)), 60_000, "{lived} s");
    }
    assert_eq!(bill(DIGITALOCEAN, 8_930, secs(3600)), 10_000, "less than a cent");
    assert_eq!(bill(DIGITALOCEAN, 8_930, secs(7201)), 17_863, "17,862.48 and a bit, rounded up");
}

#[test]
fn no_price_and_no_time_overflows() {
    for provider in BOTH {
        assert_eq!(bill(provider, i64::MAX, SignedDuration::MAX), i64::MAX);
        assert!(bill(provider, -1, SignedDuration::MIN) >= 0);
    }
}

#[test]
fn a_region_may_have_a_price_of_its_own() {
    let far = Placement { region: "far".into(), ..placement(LINODE) };
    assert_eq!(prices().cost(&placement(LINODE), secs(60)), Ok(7_500));
    assert_eq!(prices().cost(&far, secs(60)), Ok(10_000));
}

#[test]
fn the_worst_case_of_one_placement_is_its_whole_time_and_the_minutes_that_deleting_may_take() {
    let worst = |provider, minutes| prices().worst_case(&[placement(provider)], &BOTH, minutes).unwrap();
    assert_eq!(worst(LINODE, 58), 7_500);
    assert_eq!(worst(LINODE, 60), 15_000, "a machine of an hour is deleted in the second hour");
    assert_eq!(worst(DIGITALOCEAN, 58), 72_000);
    assert_eq!(worst(DIGITALOCEAN, 118), 144_000);
}

#[test]
fn the_worst_case_of_several_is_the_dearest_whole_time_after_all_others_were_tried() {
    let placements = [sized(LINODE, "s"), sized(LINODE, "l"), placement(DIGITALOCEAN)];
    let hour_of_linodes = 7_500 + 36_000;
    assert_eq!(prices().worst_case(&placements, &BOTH, 58), Ok(hour_of_linodes + 72_000));
    // Two whole hours of the large Linode cost more than half an hour of the droplet and two hours of the small one.
    assert_eq!(prices().worst_case(&placements[..2], &BOTH, 118), Ok(7_500 + 72_000));
}

#[test]
fn placements_at_providers_that_are_not_allowed_cost_nothing() {
    let placements = [placement(LINODE), placement(DIGITALOCEAN)];
    assert_eq!(prices().worst_case(&placements, &[LINODE], 30), Ok(7_500));
    assert_eq!(prices().worst_case(&placements, &[], 30), Err(Unpriced::NoPlacement));
}

#[test]
fn a_placement_without_a_price_leaves_the_worst_case_open_and_is_named() {
    let unknown = prices().worst_case(&[placement(LINODE), sized(LINODE, "xl")], &BOTH, 30).unwrap_err();
    assert_eq!(unknown.to_string(), "Linode does not sell a machine named xl; correct the lab's placements");
    let nothing_known = Prices::default().worst_case(&[placement(LINODE)], &BOTH, 30);
    assert_eq!(nothing_known, Err(Unpriced::NoList { provider: LINODE }));
}

/// The worst case is one: every way an environment may go, with every placement that fails on its way.
#[test]
fn no_environment_costs_more_than_its_worst_case() {
    let placements = [sized(LINODE, "s"), sized(LINODE, "l"), placement(DIGITALOCEAN)];
    let prices = prices();
    for minutes in [5, 57, 58, 60, 119, 480] {
        let worst = prices.worst_case(&placements, &BOTH, minutes).unwrap();
        for stays in 0..placements.len() {
            for failed in 0..(1 << placements.len()) {
                // Together, what was discarded lived no longer than half an hour.
                let discarded = (0..placements.len()).filter(|index| failed & (1 << index) != 0 && *index != stays);
                let discarded: i64 = discarded.map(|index| prices.cost(&placements[index], secs(1800)).unwrap()).sum();
                let whole = prices.cost(&placements[stays], secs(i64::from(minutes) * 60 + 119)).unwrap();
                assert!(discarded + whole <= worst, "{minutes} min at {stays} after {failed:b}");
            }
        }
    }
}

const HOURLY: [Option<i64>; 2] = [Some(7_500), Some(72_000)];

#[test]
fn a_running_machine_costs_from_its_creation_until_now() {
    assert_eq!(spent(&requested(), &HOURLY, at(9)), Some(0));
    assert_eq!(spent(&ready(), &HOURLY, at(60)), Some(7_500));
    assert_eq!(spent(&ready(), &HOURLY, at(3601)), Some(7_500));
    assert_eq!(spent(&ready(), &HOURLY, at(3602)), Some(15_000));
}

#[test]
fn an_ended_environment_costs_what_its_machines_cost_until_they_were_proven_absent() {
    let mut environment = booting();
    environment.machine_absent("GET answered 404".into(), at(30));
    environment.begin_attempt(1, tokens("third"), at(40));
    let droplet = brihaspati_core::domain::lifecycle::MachineRecord {
        provider: DIGITALOCEAN,
        created_at: at(41),
        ..machine(None)
    };
    environment.machine_created(droplet, at(42));
    assert_eq!(spent(&environment, &HOURLY, at(641)), Some(7_500 + 12_000));

    environment.stop(at(700));
    environment.begin_delete(at(700));
    assert_eq!(spent(&environment, &HOURLY, at(741)), Some(7_500 + 14_000));
    environment.machine_absent("GET answered 404".into(), at(1841));

    assert!(environment.phase.is_end());
    assert_eq!(spent(&environment, &HOURLY, at(9_999)), Some(7_500 + 36_000));
}

#[test]
fn of_two_sizes_in_one_region_a_past_machine_counts_as_the_dearer() {
    let mut environment = ready();
    environment.placements =
        vec![sized(LINODE, "s"), sized(LINODE, "l"), Placement { region: "far".into(), ..sized(LINODE, "l") }];
    let hourly = [Some(7_500), Some(36_000), Some(99_000)];
    assert_eq!(spent(&environment, &hourly, at(60)), Some(7_500), "now it is known");
    environment.stop(at(60));
    environment.begin_delete(at(60));
    assert_eq!(spent(&environment, &hourly, at(61)), Some(36_000));
}

#[test]
fn what_a_machine_without_a_known_price_cost_is_not_known() {
    assert_eq!(spent(&ready(), &[None, Some(1)], at(60)), None);
    assert_eq!(spent(&ready(), &[], at(60)), None);
}
