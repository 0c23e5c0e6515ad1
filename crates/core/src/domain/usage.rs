//! What a class used: per trainee and lab, and over time.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::environment::Environment;
use super::ids::{LabSlug, MemberId};
use super::lifecycle::Status;

/// One trainee at one lab.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Use {
    pub lab_title: String,
    pub starts: u32,
    pub failures: u32,
    /// How long its machines existed altogether.
    pub lived: SignedDuration,
    /// In millionths of a US dollar; `None` where a price was not known.
    pub cost_micro_usd: Option<i64>,
    /// Of the environment that got furthest.
    pub checks_passed: usize,
    pub checks_total: usize,
    pub last_at: Option<Timestamp>,
}

/// A class's environments, past ones too, put together by who had them.
pub fn usage(environments: &[Environment], now: Timestamp) -> BTreeMap<(MemberId, LabSlug), Use> {
    let mut rows: BTreeMap<(MemberId, LabSlug), Use> = BTreeMap::new();
    for environment in environments {
        let key = (environment.member_id.clone(), environment.lab.clone());
        let row = rows.entry(key).or_insert_with(|| Use { cost_micro_usd: Some(0), ..Use::default() });
        row.lab_title.clone_from(&environment.lab_title);
        row.starts += 1;
        row.failures += u32::from(environment.status() == Status::Failed);
        row.lived += lived(environment, now);
        let cost = environment.cost_so_far(now);
        row.cost_micro_usd = row.cost_micro_usd.zip(cost).map(|(sum, cost)| sum.saturating_add(cost));
        row.checks_passed = row.checks_passed.max(environment.work.passed());
        row.checks_total = row.checks_total.max(environment.work.checks.len());
        row.last_at = row.last_at.max(environment.timeline.entries().last().map(|entry| entry.at));
    }
    rows
}

/// How many machines existed in each hour of the class, from the first to the last one that had any.
pub fn machines_by_hour(environments: &[Environment], now: Timestamp) -> BTreeMap<Timestamp, u32> {
    /// A class of more than a month is shown by its last hours.
    const MOST_HOURS: usize = 24 * 35;
    let mut hours: BTreeMap<i64, u32> = BTreeMap::new();
    for (from, until) in environments.iter().flat_map(|environment| lives(environment, now)) {
        let last = until.as_second().div_euclid(3600);
        let first = from.as_second().div_euclid(3600).max(last - MOST_HOURS as i64);
        for hour in first..=last {
            *hours.entry(hour).or_default() += 1;
        }
    }
    let shown = hours.into_iter().rev().take(MOST_HOURS);
    shown.filter_map(|(hour, count)| Some((Timestamp::from_second(hour * 3600).ok()?, count))).collect()
}

fn lived(environment: &Environment, now: Timestamp) -> SignedDuration {
    lives(environment, now).map(|(from, until)| until.duration_since(from)).sum()
}

/// From when to when each of its machines existed.
fn lives(environment: &Environment, now: Timestamp) -> impl Iterator<Item = (Timestamp, Timestamp)> {
    let past = environment.past_resources.iter().map(|machine| (machine.created_at, machine.verified_absent_at));
    let present = environment.phase.machine().map(|machine| (machine.created_at, now));
    past.chain(present).map(|(from, until)| (from, until.max(from)))
}
