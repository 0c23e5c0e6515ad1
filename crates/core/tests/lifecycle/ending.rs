//! From Stop, expiry or loss to the proof.

use brihaspati_core::domain::decision::{Decision, decide, due_at};
use brihaspati_core::domain::environment::environment_of_label;
use brihaspati_core::domain::lifecycle::{CREATE_LEASE, Phase, Status, UNANSWERED_LIMIT};
use brihaspati_core::domain::receipt::EndReason;
use brihaspati_core::domain::timeline::Stage;
use brihaspati_core::domain::transitions::Report;
use jiff::SignedDuration;

use crate::scene::*;

#[test]
fn a_stop_in_any_phase_ends_in_gone_with_a_receipt_and_without_secrets() {
    for start in [requested, booting, ready] {
        let mut environment = start();
        environment.stop(at(20));
        environment.stop(at(21));
        assert_eq!(environment.status(), Status::Deleting);
        for _ in 0..5 {
            match decide(&environment, at(22)) {
                Decision::BeginDelete => environment.begin_delete(at(22)),
                Decision::Delete => environment.machine_absent("GET answered 404".into(), at(22)),
                Decision::End { reason } => environment.end(reason, at(22)),
                Decision::Wait { until: None } => break,
                other => panic!("{other:?} from {:?}", environment.phase),
            }
        }
        let Phase::Gone { receipt } = &environment.phase else { panic!("{:?}", environment.phase) };
        assert_eq!(receipt.reason, EndReason::Stopped);
        assert_eq!(environment.secrets, None);
        assert_eq!(due_at(&environment, at(22)), None);
        assert_eq!(stages(&environment).iter().filter(|stage| **stage == Stage::StopRequested).count(), 1);
    }
}

#[test]
fn a_stop_during_a_create_waits_for_the_creates_outcome() {
    let mut environment = creating();
    environment.stop(at(1));
    assert_eq!(decide(&environment, at(2)), Decision::Wait { until: Some(at(0) + CREATE_LEASE) });
    environment.machine_created(machine(Some("192.0.2.1")), at(3));
    assert_eq!(decide(&environment, at(3)), Decision::BeginDelete);
}

#[test]
fn a_deletion_that_is_not_proven_is_tried_again_later() {
    let mut environment = ready();
    environment.stop(at(20));
    environment.begin_delete(at(20));
    environment.still_exists(at(20));
    assert!(matches!(decide(&environment, at(20)), Decision::Wait { until: Some(_) }));
    assert_eq!(environment.status(), Status::Deleting);
    for secs in 21..100 {
        environment.still_exists(at(secs));
    }
    let Some(next) = due_at(&environment, at(100)) else { panic!("nobody would look again") };
    assert!(next <= at(100) + SignedDuration::from_mins(1));
}

#[test]
fn a_deletion_that_stays_unproven_is_told_and_goes_on() {
    let mut environment = ready();
    environment.stop(at(20));
    environment.begin_delete(at(20));
    let silent = at(20) + UNANSWERED_LIMIT;
    environment.still_exists(silent);
    environment.still_exists(silent);
    assert_eq!((environment.status(), environment.occupies_its_lab()), (Status::Failed, false));
    assert_eq!(stages(&environment).iter().filter(|stage| **stage == Stage::Failed).count(), 1, "told once");
    assert!(due_at(&environment, silent).is_some(), "somebody looks again");
    environment.machine_absent("GET answered 404".into(), silent);
    assert!(environment.phase.is_end());
}

#[test]
fn a_request_to_delete_that_came_to_nothing_is_repeated_but_not_with_every_look() {
    let mut environment = ready();
    environment.stop(at(20));
    environment.begin_delete(at(20));
    assert!(environment.must_ask_to_delete());
    environment.delete_accepted(at(23), at(20));
    assert_eq!(decide(&environment, at(20)), Decision::Wait { until: Some(at(23)) });
    assert!(!environment.must_ask_to_delete());
    environment.still_exists(at(23));
    assert!(!environment.must_ask_to_delete(), "it may be under way");
    environment.still_exists(at(60));
    assert!(environment.must_ask_to_delete());
    assert_eq!(decide(&environment, at(60)), Decision::Delete, "and at once");
}

#[test]
fn in_a_long_line_a_request_to_delete_is_followed_by_a_look_and_not_by_another_request() {
    let mut environment = ready();
    environment.stop(at(20));
    environment.begin_delete(at(20));
    environment.delete_accepted(at(23), at(20));
    // The next turn of a provider that counts requests is minutes away, and that call fails.
    environment.delete_at(at(140));
    assert_eq!(decide(&environment, at(139)), Decision::Wait { until: Some(at(140)) });
    assert!(!environment.must_ask_to_delete());
    environment.deletion_unproven(at(140));
    assert!(!environment.must_ask_to_delete());
}

#[test]
fn a_deletion_that_was_throttled_stands_in_line_again() {
    let mut environment = ready();
    environment.stop(at(20));
    environment.begin_delete(at(20));
    environment.deletion_unproven(at(20));
    environment.delete_not_before(at(50));
    assert_eq!(decide(&environment, at(49)), Decision::Wait { until: Some(at(50)) });
    assert!(!environment.has_its_turn(at(50)), "hundreds may have been told the same time");
    environment.delete_at(at(55));
    assert!(environment.has_its_turn(at(55)), "this one is reserved");
}

#[test]
fn time_over_is_a_stop_that_nobody_pressed() {
    let mut environment = ready();
    let expires_at = environment.expires_at.unwrap();
    assert_eq!(expires_at, at(0) + SignedDuration::from_mins(MINUTES.into()));
    assert_eq!(
        decide(&environment, expires_at - SignedDuration::from_secs(1)),
        Decision::Wait { until: Some(expires_at) }
    );
    assert_eq!(decide(&environment, expires_at), Decision::Expire);
    environment.expire(expires_at);
    assert_eq!(decide(&environment, expires_at), Decision::BeginDelete);
}

#[test]
fn a_machine_that_vanished_fails_the_environment_as_lost() {
    let mut environment = ready();
    environment.machine_absent("GET answered 404".into(), at(50));
    let Phase::Failed { receipt, .. } = &environment.phase else { panic!("{:?}", environment.phase) };
    assert_eq!(receipt.reason, EndReason::Lost);
    assert_eq!(receipt.resources[0].delete_requested_at, None);
}

#[test]
fn reports_after_the_end_change_nothing() {
    let mut environment = ready();
    environment.stop(at(20));
    environment.begin_delete(at(20));
    environment.machine_absent("GET answered 404".into(), at(21));
    let ended = environment.clone();
    for report in [Report::AgentStarted, Report::SettingUp, Report::Ready, Report::Failed { detail: "x".into() }] {
        environment.reported(report, at(30));
    }
    environment.stop(at(30));
    environment.expire(at(30));
    assert_eq!(environment, ended);
}
#[test]
fn only_the_attempts_own_machine_is_owned() {
    let environment = creating();
    assert!(environment.owns(&environment.machine_label(1), "any id"));
    assert!(!environment.owns(&environment.machine_label(2), "any id"));
    let environment = ready();
    assert!(environment.owns("any label", "42"));
    assert!(!environment.owns(&environment.machine_label(1), "43"), "a second machine of the same label is a leak");
    assert!(!requested().owns(&requested().machine_label(1), "42"));
}

#[test]
fn labels_of_others_name_no_environment() {
    for label in ["", "lab", "lab-x-1", "web-01", "lab-01jd-1", "lab--1"] {
        assert_eq!(environment_of_label(label), None, "{label}");
    }
}

#[test]
fn a_stopped_machine_that_vanished_is_gone_and_not_lost() {
    let mut environment = ready();
    environment.stop(at(20));
    environment.machine_absent("GET answered 404".into(), at(21));
    let Phase::Gone { receipt } = &environment.phase else { panic!("{:?}", environment.phase) };
    assert_eq!(receipt.reason, EndReason::Stopped);
}

#[test]
fn a_receipt_says_when_the_provider_took_the_request() {
    let mut environment = ready();
    environment.stop(at(20));
    environment.begin_delete(at(20));
    environment.still_exists(at(21));
    environment.delete_accepted(at(25), at(25));
    environment.delete_accepted(at(30), at(30));
    environment.machine_absent("GET answered 404".into(), at(31));
    let resource = &environment.past_resources[0];
    assert_eq!((resource.delete_requested_at, resource.verified_absent_at), (Some(at(25)), at(31)));
}

#[test]
fn a_ready_machine_that_cannot_serve_any_more_is_deleted_and_said_so() {
    let mut environment = ready();
    environment.reported(Report::Failed { detail: "the port is taken".into() }, at(30));
    assert_eq!(decide(&environment, at(30)), Decision::Delete);
    environment.machine_absent("GET answered 404".into(), at(31));
    assert_eq!(environment.status(), Status::Failed);
}
