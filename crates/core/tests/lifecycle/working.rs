//! What happens while somebody works.

use brihaspati_core::domain::environment::Environment;
use brihaspati_core::domain::environment::Wanted;
use brihaspati_core::domain::receipt::EndReason;
use brihaspati_core::domain::room::{IDLE_AFTER, STUCK_AFTER, Tile, TileState};
use brihaspati_core::domain::timeline::Stage;
use brihaspati_core::domain::work::{CheckResult, ViewingAnswer};
use jiff::SignedDuration;

use crate::scene::*;

fn result(name: &str, passed: bool, secs: i64) -> CheckResult {
    CheckResult { name: name.into(), passed, message: "said so".into(), at: at(secs) }
}

fn state(environment: &Environment, secs: i64) -> TileState {
    Tile::of(environment).state(at(secs))
}

#[test]
fn time_is_added_within_what_was_agreed_and_once_for_each_wish() {
    let mut environment = ready();
    let ends = environment.expires_at.unwrap();
    assert_eq!(environment.extend("one", 40, "grace", at(20)), 40);
    assert_eq!(environment.extend("one", 40, "grace", at(21)), 0, "the same wish again");
    assert_eq!(environment.extend("two", 40, "grace", at(22)), 20, "only so much was agreed");
    assert_eq!(environment.extend("three", 1, "grace", at(23)), 0);
    assert_eq!(environment.expires_at, Some(ends + SignedDuration::from_mins(60)));
    environment.stop(at(30));
    assert_eq!(environment.extra_minutes_left(), 0);
}

#[test]
fn time_that_was_added_before_the_machine_counts_for_the_machine() {
    let mut environment = requested();
    environment.extend("early", 15, "grace", at(0));
    environment.slot_taken(slot(0, 0), at(0));
    environment.begin_attempt(0, tokens("token"), at(0));
    assert_eq!(environment.expires_at, Some(at(0) + SignedDuration::from_mins(i64::from(MINUTES) + 15)));
}

#[test]
fn whoever_left_long_ago_is_stopped_by_the_machines_own_word() {
    let mut environment = ready();
    environment.active(at(15), at(60));
    assert_eq!(environment.wanted, Wanted::Running);
    environment.active(at(15), at(15 + 20 * 60 - 1));
    assert_eq!(environment.wanted, Wanted::Running);
    environment.active(at(15), at(15 + 20 * 60));
    assert!(matches!(environment.wanted, Wanted::Gone { reason: EndReason::Idle, .. }));
    assert_eq!(stages(&environment).last(), Some(&Stage::Idle));
}

#[test]
fn a_sign_of_work_from_the_future_or_the_past_does_not_mislead() {
    let mut environment = ready();
    environment.active(at(9_999), at(60));
    assert_eq!(environment.work.active_at, Some(at(60)));
    environment.active(at(5), at(70));
    assert_eq!(environment.work.active_at, Some(at(60)));
}

#[test]
fn checks_keep_their_newest_result_and_when_they_passed_first() {
    let mut environment = ready();
    environment.checked(&[result("1-first", true, 20), result("no-such-check", true, 20)], at(20));
    environment.checked(&[result("1-first", false, 30)], at(30));
    environment.checked(&[result("1-first", true, 25)], at(31));
    let check = &environment.work.checks[0];
    assert_eq!((check.passed, check.passed_at, check.checked_at), (Some(false), Some(at(20)), Some(at(30))));
    assert_eq!(stages(&environment).iter().filter(|stage| **stage == Stage::CheckPassed).count(), 1);
}

#[test]
fn a_tile_tells_working_idle_stuck_and_done_apart() {
    let mut environment = ready();
    environment.active(at(20), at(20));
    assert_eq!(state(&environment, 30), TileState::Working);
    assert_eq!(state(&environment, 20 + IDLE_AFTER.as_secs()), TileState::Idle);

    environment.checked(&[result("1-first", false, 40)], at(40));
    let later = 40 + STUCK_AFTER.as_secs();
    environment.active(at(later), at(later));
    assert_eq!(state(&environment, later), TileState::Stuck, "nothing passed for long");
    environment.checked(&[result("1-first", true, later)], at(later));
    assert_eq!(state(&environment, later + 1), TileState::Working);

    environment.raise_hand(true, Some("help".into()), at(later + 2));
    assert_eq!(state(&environment, later + 3), TileState::Stuck);
    environment.raise_hand(false, None, at(later + 4));
    environment.checked(&[result("2-second", true, later + 5)], at(later + 5));
    assert_eq!(state(&environment, later + 6), TileState::Done);
    environment.stop(at(later + 7));
    assert_eq!(state(&environment, later + 8), TileState::Stopping);
}

#[test]
fn nobody_looks_on_without_being_asked_and_the_answer_can_change() {
    let mut environment = ready();
    environment.answer_viewing(ViewingAnswer::Allowed, at(19));
    assert_eq!(environment.work.viewing, None, "nobody asked");
    environment.ask_to_view("Grace", at(20));
    environment.ask_to_view("Grace", at(22));
    assert_eq!(
        environment.work.viewing.as_ref().map(|asked| asked.at),
        Some(at(20)),
        "asking goes on, it is not repeated"
    );
    environment.answer_viewing(ViewingAnswer::Allowed, at(25));
    environment.answer_viewing(ViewingAnswer::Refused, at(26));
    let told: Vec<Stage> = stages(&environment).into_iter().rev().take(3).collect();
    assert_eq!(told, [Stage::ViewingRefused, Stage::ViewingAllowed, Stage::ViewingAsked]);
}

#[test]
fn what_a_trainee_does_ends_with_the_environment() {
    let mut environment = ready();
    environment.stop(at(20));
    environment.begin_delete(at(20));
    environment.machine_absent("GET answered 404".into(), at(21));
    environment.raise_hand(true, None, at(22));
    environment.checked(&[result("1-first", true, 22)], at(22));
    environment.extend("late", 10, "grace", at(22));
    assert_eq!((&environment.work.hand, environment.work.passed(), environment.work.extra_minutes()), (&None, 0, 0));
}
