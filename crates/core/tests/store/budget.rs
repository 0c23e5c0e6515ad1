use std::future::{Ready, ready};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use brihaspati_core::domain::budget::{Charge, Commitment, Reservation};
use brihaspati_core::domain::ids::ClassId;
use brihaspati_core::store::{Store, StoreError};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use ulid::Ulid;

use crate::table::Table;

/// A class with its environments, on a clock of its own.
struct Class {
    store: Store,
    id: ClassId,
    now: AtomicI64,
    environments: Mutex<Vec<Commitment>>,
    /// What the list of environments showed when it was last in step, if it lags now.
    shown: Mutex<Option<Vec<Commitment>>>,
    counts: AtomicUsize,
    table: Table,
}

impl Class {
    async fn new() -> Self {
        let table = Table::start().await;
        Self {
            store: table.store.clone(),
            id: ClassId::new(Ulid::from_parts(1, 1)),
            now: AtomicI64::new(1_800_000_000),
            environments: Mutex::default(),
            shown: Mutex::default(),
            counts: AtomicUsize::new(0),
            table,
        }
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.now.load(Ordering::SeqCst)).unwrap()
    }

    fn pass(&self, secs: i64) {
        self.now.fetch_add(secs, Ordering::SeqCst);
    }

    fn charge(&self, cost: i64, limit: i64) -> Charge<'_> {
        Charge { class: &self.id, cost_micro_usd: cost, limit_micro_usd: limit }
    }

    fn count(&self) -> Ready<Result<Vec<Commitment>, StoreError>> {
        self.counts.fetch_add(1, Ordering::SeqCst);
        let shown = self.shown.lock().unwrap().clone();
        ready(Ok(shown.unwrap_or_else(|| self.environments.lock().unwrap().clone())))
    }

    async fn reserve(&self, cost: i64, limit: i64) -> Reservation {
        self.store.reserve(&self.charge(cost, limit), || self.now(), || self.count()).await.unwrap()
    }

    /// Presses Play: reserves, and then has an environment.
    async fn play(&self, cost: i64, limit: i64) -> bool {
        let requested_at = self.now();
        let reserved = self.reserve(cost, limit).await == Reservation::Reserved;
        if reserved {
            self.environments.lock().unwrap().push(Commitment { requested_at, micro_usd: cost });
        }
        reserved
    }

    fn committed(&self) -> i64 {
        self.environments.lock().unwrap().iter().map(|environment| environment.micro_usd).sum()
    }

    /// Every environment ends, having cost this much.
    fn end_all(&self, cost: i64) {
        self.environments.lock().unwrap().iter_mut().for_each(|environment| environment.micro_usd = cost);
    }

    /// From now on the list of environments stays as it is.
    fn list_lags(&self) {
        *self.shown.lock().unwrap() = Some(self.environments.lock().unwrap().clone());
    }

    fn counts(&self) -> usize {
        self.counts.load(Ordering::SeqCst)
    }
}

fn refused(spent_and_committed: i64, limit: i64) -> Reservation {
    Reservation::Refused { spent_and_committed_micro_usd: spent_and_committed, limit_micro_usd: limit }
}

#[tokio::test]
async fn two_hundred_who_press_play_at_once_get_the_whole_budget_and_not_a_micro_dollar_more() {
    let class = Class::new().await;
    let (cost, limit) = (7_501, 100 * 7_501 + 7_500);

    let admitted = join_all((0..200).map(|_| class.play(cost, limit))).await;

    assert_eq!(admitted.into_iter().filter(|admitted| *admitted).count(), 100);
    assert_eq!(class.committed(), 750_100);
    assert_eq!(class.reserve(7_500, limit).await, Reservation::Reserved, "what is left can be had");
    assert_eq!(class.reserve(1, limit).await, refused(limit, limit));
}

#[tokio::test]
async fn two_hundred_different_costs_at_once_stay_within_the_budget_and_use_it_up() {
    let class = Class::new().await;
    let (costs, limit) = ((0..200).map(|number| 1_000 + 37 * number), 500_000);
    let admitted = join_all(costs.clone().map(|cost| class.play(cost, limit))).await;
    let left = limit - class.committed();
    assert!(left >= 0, "{left}");
    let refused = costs.zip(admitted).filter(|(_, admitted)| !admitted).map(|(cost, _)| cost);
    assert!(refused.min().is_some_and(|cheapest| cheapest > left), "there was room for somebody who was refused");
}

#[tokio::test]
async fn a_room_that_stops_and_plays_again_gets_what_became_free_and_never_exceeds_the_budget() {
    let class = Class::new().await;
    let (cost, limit) = (10_000, 500_000);
    for round in 0..3 {
        let spent = class.committed();
        let room = (limit - spent) / cost;
        let admitted = join_all((0..100).map(|_| class.play(cost, limit))).await;
        let admitted = i64::try_from(admitted.into_iter().filter(|admitted| *admitted).count()).unwrap();
        assert_eq!(admitted, room, "round {round}, {spent} spent");
        assert!(class.committed() <= limit);
        class.end_all(1_000);
        class.pass(240);
    }
    assert!(class.counts() <= 4, "{} counts", class.counts());
}

/// Everything that may come between: Plays that take their time, lists that lag, ends, and Plays that came to nothing.
#[tokio::test]
async fn the_budget_holds_whatever_order_things_happen_in() {
    for seed in 0..2 {
        let class = Class::new().await;
        let mut dice = fastrand::Rng::with_seed(seed);
        let limit = dice.i64(2_000..20_000);
        // When each will exist, and when the list will show it.
        let mut all: Vec<(Timestamp, Commitment)> = Vec::new();
        let mut refusals = 0;
        for step in 0..120 {
            class.pass(dice.i64(0..25));
            let now = class.now();
            *class.shown.lock().unwrap() =
                Some(all.iter().filter(|(shown_at, _)| *shown_at <= now).map(|(_, commitment)| *commitment).collect());
            if dice.u8(0..4) == 0 && !all.is_empty() {
                let ended = dice.usize(0..all.len());
                all[ended].1.micro_usd = dice.i64(0..=all[ended].1.micro_usd);
            }
            let costs: Vec<i64> = (0..if dice.u8(0..20) == 0 { 3 } else { 1 }).map(|_| dice.i64(1..900)).collect();
            let answers = join_all(costs.iter().map(|cost| class.reserve(*cost, limit))).await;
            for (cost, answer) in costs.into_iter().zip(answers) {
                if answer != Reservation::Reserved {
                    refusals += 1;
                } else if dice.u8(0..10) > 0 {
                    let requested_at = now + SignedDuration::from_secs(dice.i64(-15..16));
                    let shown_at = now + SignedDuration::from_secs(dice.i64(0..18));
                    all.push((shown_at, Commitment { requested_at, micro_usd: cost }));
                }
            }
            let committed: i64 = all.iter().map(|(_, commitment)| commitment.micro_usd).sum();
            assert!(committed <= limit, "seed {seed}, step {step}: {committed} of {limit}");
        }
        assert!(refusals > 0, "seed {seed} never came to its limit");
    }
}

#[tokio::test]
async fn an_environment_that_the_list_does_not_show_yet_is_counted_all_the_same() {
    let class = Class::new().await;
    class.list_lags();
    let limit = 1_000;
    assert!(class.play(600, limit).await);
    class.pass(59);
    assert_eq!(class.reserve(600, limit).await, refused(600, limit));
    class.pass(60);
    assert_eq!(class.reserve(600, limit).await, refused(600, limit));
}

#[tokio::test]
async fn a_reservation_that_came_to_nothing_is_forgotten_after_a_few_minutes() {
    let class = Class::new().await;
    let limit = 1_000;
    assert_eq!(class.reserve(600, limit).await, Reservation::Reserved);
    class.pass(10);
    assert_eq!(class.reserve(600, limit).await, refused(600, limit));
    class.pass(240);
    assert_eq!(class.reserve(600, limit).await, Reservation::Reserved);
}

#[tokio::test]
async fn a_class_that_is_out_of_money_is_counted_once_in_five_seconds_however_many_ask() {
    let class = Class::new().await;
    assert!(class.play(900, 1_000).await);
    class.pass(60);
    let before = class.counts();
    for _ in 0..5 {
        let asked = join_all((0..40).map(|_| class.reserve(900, 1_000))).await;
        assert!(asked.into_iter().all(|answer| answer == refused(900, 1_000)));
        class.pass(1);
    }
    assert_eq!(class.counts() - before, 1);
}

#[tokio::test]
async fn reservations_go_on_while_somebody_counts_and_are_kept() {
    let class = Arc::new(Class::new().await);
    let limit = 1_000_000;
    assert!(class.play(400_000, limit).await);
    class.end_all(100_000);
    class.pass(600);
    // Too dear for what seems left: it counts, slowly, while others get what is left.
    let slow = || async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        class.count().await
    };
    let charge = class.charge(800_000, limit);
    let dear = class.store.reserve(&charge, || class.now(), slow);
    let others = join_all((0..20).map(|_| class.play(10_000, limit)));
    let (dear, others) = tokio::join!(dear, others);

    assert!(others.into_iter().all(|admitted| admitted));
    assert_eq!(dear.unwrap(), Reservation::Refused { spent_and_committed_micro_usd: 300_000, limit_micro_usd: limit });
    assert_eq!(class.reserve(700_000, limit).await, Reservation::Reserved);
    assert_eq!(class.reserve(1, limit).await, refused(limit, limit));
}

#[tokio::test]
async fn a_count_that_was_cut_off_is_made_by_somebody_else() {
    let class = Class::new().await;
    let charge = class.charge(10, 100);
    let never = || std::future::pending::<Result<Vec<Commitment>, StoreError>>();
    let cut_off = class.store.reserve(&charge, || class.now(), never);
    assert!(tokio::time::timeout(Duration::from_millis(300), cut_off).await.is_err());

    class.pass(9);

    assert!(class.play(10, 100).await);
}

#[tokio::test]
async fn a_count_that_came_too_late_changes_nothing() {
    let class = Class::new().await;
    assert!(class.play(50, 100).await);
    class.end_all(0);
    class.pass(600);
    let (slow, quick) = (class.charge(60, 100), class.charge(90, 100));
    let counts = AtomicUsize::new(0);
    // While it counts, its time passes, and another one counts and reserves.
    let overtaken = || async {
        if counts.fetch_add(1, Ordering::SeqCst) == 0 {
            class.pass(20);
            assert_eq!(class.store.reserve(&quick, || class.now(), || class.count()).await?, Reservation::Reserved);
        }
        Ok(Vec::new())
    };
    assert_eq!(class.store.reserve(&slow, || class.now(), overtaken).await.unwrap(), refused(90, 100));
    assert_eq!(class.reserve(10, 100).await, Reservation::Reserved);
    assert_eq!(class.reserve(1, 100).await, refused(100, 100));
}

#[tokio::test]
async fn what_was_started_without_a_budget_counts_once_there_is_one() {
    let class = Class::new().await;
    assert!(class.play(10, 1_000).await);
    // The budget is lifted, and people go on.
    let unreserved = Commitment { requested_at: class.now(), micro_usd: 980 };
    class.environments.lock().unwrap().push(unreserved);

    class.store.doubt_budget(&class.id).await.unwrap();

    // The first one counts twice for a while: by its bucket and by the list.
    assert_eq!(class.reserve(20, 1_000).await, refused(1_000, 1_000));
    class.pass(240);
    assert_eq!(class.reserve(10, 1_000).await, Reservation::Reserved);
    assert_eq!(class.reserve(1, 1_000).await, refused(1_000, 1_000));
}

#[tokio::test]
async fn asking_whether_there_is_room_reserves_nothing() {
    let class = Class::new().await;
    for _ in 0..3 {
        let charge = class.charge(600, 1_000);
        let answer = class.store.could_reserve(&charge, || class.now(), || class.count()).await.unwrap();
        assert_eq!(answer, Reservation::Reserved);
    }
    assert!(class.play(600, 1_000).await);
    let charge = class.charge(600, 1_000);
    let answer = class.store.could_reserve(&charge, || class.now(), || class.count()).await.unwrap();
    assert_eq!(answer, refused(600, 1_000));
}

#[tokio::test]
async fn what_costs_more_than_the_whole_budget_is_refused_with_what_is_used() {
    let class = Class::new().await;
    assert_eq!(class.reserve(1_001, 1_000).await, refused(0, 1_000));
    assert_eq!(class.reserve(i64::MAX, 1_000).await, refused(0, 1_000));
    assert_eq!(class.reserve(1_000, 1_000).await, Reservation::Reserved);
}

#[tokio::test]
async fn a_long_class_does_not_make_the_counter_grow() {
    let class = Class::new().await;
    for _ in 0..120 {
        assert!(class.play(1, i64::MAX).await);
        class.pass(60);
    }
    for _ in 0..120 {
        assert!(class.play(1, i64::MAX).await);
        class.pass(1800);
    }
    let buckets = || {
        let attributes = class.table.attributes(&format!("CLASS#{}", class.id), "BUDGET");
        attributes.iter().filter(|name| name.starts_with('r')).count()
    };
    // Those of an hour in which nobody played stay until the next count.
    assert!(buckets() <= 150, "{}", buckets());
    class.end_all(0);
    for _ in 0..2 {
        class.pass(240);
        assert!(class.play(1, 1).await);
        class.end_all(0);
    }
    assert!(buckets() <= 5, "{}", buckets());
}
