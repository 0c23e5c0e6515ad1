//! From Play to ready, and what can come in between.

use brihaspati_core::domain::decision::{Decision, decide};
use brihaspati_core::domain::environment::{Environment, environment_of_label};
use brihaspati_core::domain::failure_path::path;
use brihaspati_core::domain::lifecycle::{
    BOOT_LIMIT, CREATE_LEASE, Phase, SETTLE, SLOT_HOLDS, START_LIMIT, Slot, Status, UNANSWERED_LIMIT,
};
use brihaspati_core::domain::provider_error::ProviderError;
use brihaspati_core::domain::timeline::Stage;
use brihaspati_core::domain::transitions::Report;
use jiff::SignedDuration;

use crate::scene::*;

#[test]
fn a_play_goes_from_requested_to_ready() {
    let mut environment = requested();
    assert_eq!(decide(&environment, at(0)), Decision::TakeSlot);
    environment.slot_taken(slot(0, 0), at(0));
    assert_eq!(decide(&environment, at(0)), Decision::BeginAttempt { placement_index: 0 });
    let environment = creating();
    assert_eq!(decide(&environment, at(1)), Decision::Wait { until: Some(at(0) + CREATE_LEASE) });
    let mut environment = booting();
    assert!(matches!(decide(&environment, at(3)), Decision::Wait { .. }));
    environment.reported(Report::AgentStarted, at(4));
    environment.reported(Report::Certificate, at(5));
    environment.reported(Report::SettingUp, at(5));
    environment.reported(Report::Ready, at(6));
    assert_eq!(decide(&environment, at(6)), Decision::BecomeReady);
    environment.become_ready(at(6));
    assert_eq!(environment.status(), Status::Ready);
    assert_eq!(
        stages(&environment),
        [
            Stage::Requested,
            Stage::Creating,
            Stage::MachineCreated,
            Stage::AgentStarted,
            Stage::Certificate,
            Stage::SettingUp,
            Stage::Ready
        ]
    );
}

#[test]
fn a_ready_agent_without_an_address_is_asked_about_at_the_provider() {
    let mut environment = creating();
    environment.machine_created(machine(None), at(2));
    environment.reported(Report::Ready, at(3));
    assert_eq!(decide(&environment, at(3)), Decision::ObserveMachine);
    environment.address_learnt("192.0.2.9".parse().unwrap());
    assert_eq!(decide(&environment, at(3)), Decision::BecomeReady);
}

#[test]
fn a_machine_that_is_ready_before_its_create_was_answered_is_ready_at_once() {
    let mut environment = creating();
    environment.reported(Report::Ready, at(1));
    environment.machine_created(machine(Some("192.0.2.1")), at(2));
    assert_eq!(decide(&environment, at(2)), Decision::BecomeReady);
}

#[test]
fn each_failure_of_a_create_chooses_its_path() {
    let next = |error: ProviderError| {
        let mut environment = creating();
        environment.create_failed(path(&error).0, at(1));
        environment
    };
    let waits = next(ProviderError::RateLimited { retry_after: Some(std::time::Duration::from_secs(7)) });
    assert_eq!(decide(&waits, at(1)), Decision::Wait { until: Some(at(8)) });
    assert!(waits.ruled_out.is_empty(), "the same placement may be asked again");
    for clear_no in [
        ProviderError::NoCapacity,
        ProviderError::NotOffered,
        ProviderError::AccountLimit,
        ProviderError::Unauthorized,
        ProviderError::Rejected,
    ] {
        let environment = next(clear_no);
        assert_eq!(decide(&environment, at(1)), Decision::TakeSlot);
        assert_eq!(environment.ruled_out, [0]);
        assert!(stages(&environment).contains(&Stage::PlacementFailed));
    }
    assert_eq!(decide(&next(ProviderError::LabelInUse), at(1)), Decision::ResolveAttempt);
    for unclear in [ProviderError::Unavailable, ProviderError::TimedOut, ProviderError::Garbage] {
        let environment = next(unclear);
        assert!(matches!(decide(&environment, at(1)), Decision::Wait { until: Some(soon) } if soon <= at(1) + SETTLE));
        assert_eq!(decide(&environment, at(1) + SETTLE), Decision::ResolveAttempt);
    }
}

#[test]
fn a_slot_is_waited_for_and_holds_for_a_moment_only() {
    let mut environment = requested();
    environment.slot_taken(Slot { ahead: 30, ..slot(1, 40) }, at(0));
    assert_eq!(decide(&environment, at(39)), Decision::Wait { until: Some(at(40)) });
    assert_eq!(decide(&environment, at(40)), Decision::BeginAttempt { placement_index: 1 });
    assert_eq!(decide(&environment, at(40) + SLOT_HOLDS), Decision::BeginAttempt { placement_index: 1 });
    let late = at(41) + SLOT_HOLDS;
    assert_eq!(decide(&environment, late), Decision::TakeSlot, "by then the time is somebody else's");
    assert!(stages(&environment).contains(&Stage::Waiting), "a wait of 40 s is told");
}

#[test]
fn who_waits_knows_about_how_many_are_before_them() {
    let slot = Slot { ahead: 30, reserved_at: at(0), ..slot(0, 60) };
    assert_eq!([0, 30, 59, 60, 90].map(|secs| slot.ahead(at(secs))), [30, 15, 1, 0, 0]);
}

#[test]
fn a_provider_that_stays_silent_about_a_create_does_not_keep_its_trainee() {
    let mut environment = creating();
    environment.create_failed(path(&ProviderError::TimedOut).0, at(20));
    environment.resolve_later(at(25));
    assert!(environment.is_wanted() && environment.occupies_its_lab());
    let silent = at(0) + UNANSWERED_LIMIT;
    environment.resolve_later(silent);
    assert_eq!((environment.status(), environment.secrets.clone()), (Status::Failed, None));
    assert_eq!(environment.failure().unwrap().code, "provider_silent");
    assert!(!environment.occupies_its_lab(), "Play works again");
    // The looking goes on: a machine that shows after all is deleted, and the end is proven.
    let later = silent + SignedDuration::from_mins(1);
    assert_eq!(decide(&environment, later), Decision::ResolveAttempt);
    environment.machine_created(machine(None), later);
    assert_eq!(decide(&environment, later), Decision::BeginDelete);
    environment.begin_delete(later);
    environment.machine_absent("GET answered 404".into(), later);
    let Phase::Failed { failure, receipt } = &environment.phase else { panic!("{:?}", environment.phase) };
    assert_eq!((failure.code.as_str(), receipt.resources.len()), ("provider_silent", 1));
    assert_eq!(receipt.keys[0].removed_at, silent);
}

#[test]
fn a_machine_that_does_not_become_ready_is_deleted_before_the_next_placement_is_tried() {
    let mut environment = booting();
    let late = at(2) + BOOT_LIMIT;
    assert_eq!(decide(&environment, late), Decision::BeginDelete);
    environment.begin_delete(late);
    assert_eq!(decide(&environment, late), Decision::Delete);
    assert_eq!(environment.status(), Status::Creating, "for its trainee it is still starting");
    environment.machine_absent("GET answered 404".into(), late);
    assert_eq!((decide(&environment, late), environment.ruled_out.clone()), (Decision::TakeSlot, vec![0]));
    assert_eq!(environment.past_resources.len(), 1);
}

#[test]
fn when_no_placement_is_left_the_environment_fails_and_says_so() {
    let mut environment = creating();
    environment.create_failed(path(&ProviderError::NoCapacity).0, at(1));
    environment.slot_taken(slot(1, 1), at(1));
    environment.begin_attempt(1, tokens("third"), at(1));
    environment.create_failed(path(&ProviderError::NoCapacity).0, at(2));
    let Decision::GiveUp { failure } = decide(&environment, at(2)) else { panic!("{:?}", environment.phase) };
    assert_eq!(failure.code, "no_placement");
    assert!(failure.message.contains("no free machine"), "it says why: {}", failure.message);
    environment.fail(failure, at(2));
    assert_eq!((environment.status(), environment.secrets), (Status::Failed, None));
}

#[test]
fn a_start_that_is_throttled_for_ever_ends() {
    let mut environment = creating();
    environment.create_failed(path(&ProviderError::RateLimited { retry_after: None }).0, at(1));
    assert!(matches!(decide(&environment, at(0) + START_LIMIT), Decision::GiveUp { .. }));
}

#[test]
fn a_setup_that_fails_ends_in_failed_with_what_it_said_and_a_proven_deletion() {
    let mut environment = booting();
    environment.reported(Report::Failed { detail: "exit 3".into() }, at(9));
    assert_eq!(decide(&environment, at(9)), Decision::Delete);
    environment.machine_absent("GET answered 404".into(), at(9));
    let Phase::Failed { failure, receipt } = &environment.phase else { panic!("{:?}", environment.phase) };
    assert!(failure.message.contains("exit 3"));
    assert_eq!(receipt.resources.len(), 1);
}

#[test]
fn every_attempt_has_a_token_and_a_label_of_its_own() {
    let mut environment = creating();
    let first = environment.secrets.clone().unwrap();
    environment.create_failed(path(&ProviderError::NoCapacity).0, at(1));
    environment.slot_taken(slot(1, 1), at(1));
    environment.begin_attempt(1, tokens("third"), at(1));
    let second = environment.secrets.clone().unwrap();
    assert_ne!(first.machine_token, second.machine_token);
    assert_ne!(first.boot_token, second.boot_token);
    assert_eq!(first.access, second.access);
    assert_ne!(environment.machine_label(1), environment.machine_label(2));
    assert_eq!(environment_of_label(&environment.machine_label(2)), Some(environment.id.clone()));
}

#[test]
fn an_attempt_whose_worker_died_is_given_up_only_after_a_second_look() {
    let mut environment = creating();
    let first_look = at(0) + CREATE_LEASE;
    assert_eq!(decide(&environment, first_look), Decision::ResolveAttempt);
    environment.renew_lease(first_look);
    environment.attempt_absent(first_look);
    // The create may have been on its way when its worker died.
    let second_look = first_look + SETTLE;
    assert_eq!(decide(&environment, first_look), Decision::Wait { until: Some(second_look) });
    assert_eq!(decide(&environment, second_look), Decision::ResolveAttempt);
    environment.renew_lease(second_look);
    environment.attempt_absent(second_look);
    assert_eq!((decide(&environment, second_look), environment.ruled_out.len()), (Decision::TakeSlot, 0));
}

#[test]
fn an_attempt_in_doubt_that_left_nothing_goes_to_the_next_placement() {
    let mut environment = creating();
    environment.create_failed(path(&ProviderError::TimedOut).0, at(1));
    environment.attempt_absent(at(4));
    assert_eq!(decide(&environment, at(4)), Decision::Wait { until: Some(at(1) + SETTLE) });
    environment.attempt_absent(at(1) + SETTLE);
    assert_eq!((decide(&environment, at(1) + SETTLE), environment.ruled_out), (Decision::TakeSlot, vec![0]));
}

#[test]
fn a_failure_told_before_the_create_was_answered_is_not_lost() {
    let mut environment = creating();
    environment.reported(Report::Failed { detail: "exit 3".into() }, at(1));
    assert!(matches!(decide(&environment, at(1)), Decision::Wait { .. }));
    environment.machine_created(machine(Some("192.0.2.1")), at(2));
    assert_eq!(decide(&environment, at(2)), Decision::Delete);
    environment.machine_absent("GET answered 404".into(), at(2));
    assert_eq!(environment.status(), Status::Failed);
}

fn no_certificate() -> Report {
    Report::NoCertificate { detail: "the authority said no".into() }
}

/// What a machine that cannot have a certificate leaves: nothing of it, and the next placement.
fn goes_on_at_the_next_placement(mut environment: Environment) {
    assert!(matches!(environment.phase, Phase::Deleting { .. }), "{:?}", environment.phase);
    environment.machine_absent("GET answered 404".into(), at(20));
    assert_eq!(environment.ruled_out, [0]);
    assert_eq!(decide(&environment, at(20)), Decision::TakeSlot);
    let failed = environment.timeline.entries().iter().find(|entry| entry.stage == Stage::PlacementFailed).unwrap();
    assert_eq!(failed.detail.as_deref(), Some("no certificate could be had for its address"));
}

#[test]
fn a_machine_that_cannot_have_a_certificate_makes_room_for_one_at_the_next_placement() {
    let mut environment = booting();
    environment.reported(no_certificate(), at(9));
    goes_on_at_the_next_placement(environment);
}

#[test]
fn that_it_cannot_have_one_is_remembered_while_the_create_is_unanswered() {
    let mut environment = creating();
    environment.reported(no_certificate(), at(1));
    assert!(matches!(environment.phase, Phase::Creating { .. }), "what has to be deleted is not known yet");
    environment.machine_created(machine(Some("192.0.2.1")), at(2));
    goes_on_at_the_next_placement(environment);
}

#[test]
fn a_machine_without_a_certificate_that_nobody_wants_any_more_just_goes() {
    let mut environment = booting();
    environment.stop(at(8));
    environment.reported(no_certificate(), at(9));
    environment.machine_absent("GET answered 404".into(), at(20));
    assert_eq!(environment.status(), Status::Gone);
}

#[test]
fn a_lab_that_is_being_served_is_not_moved_to_another_machine() {
    let mut environment = ready();
    environment.reported(no_certificate(), at(60));
    environment.machine_absent("GET answered 404".into(), at(70));
    assert_eq!(environment.failure().map(|failure| failure.code.as_str()), Some("setup_failed"));
}
