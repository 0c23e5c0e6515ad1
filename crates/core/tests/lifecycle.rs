//! The lifecycle as pure values: what is decided, and what becomes of it.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed, and says where")]

use brihaspati_core::domain::decision::{Decision, decide, due_at};
use brihaspati_core::domain::environment::{Environment, NewEnvironment, Secrets, environment_of_label};
use brihaspati_core::domain::ids::{ClassId, EnvironmentId, MemberId};
use brihaspati_core::domain::lab::{Lab, LabManifest};
use brihaspati_core::domain::lifecycle::{
    BOOT_LIMIT, CREATE_LEASE, MachineRecord, Phase, SETTLE, START_LIMIT, Status,
};
use brihaspati_core::domain::placement::{Placement, ProviderKind};
use brihaspati_core::domain::provider_error::ProviderError;
use brihaspati_core::domain::receipt::EndReason;
use brihaspati_core::domain::secret::Secret;
use brihaspati_core::domain::timeline::Stage;
use brihaspati_core::domain::transitions::Report;
use jiff::{SignedDuration, Timestamp};
use ulid::Ulid;

const MINUTES: u32 = 30;

fn at(secs: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + secs).unwrap()
}

fn placement(provider: ProviderKind) -> Placement {
    Placement {
        provider,
        region: "r".into(),
        size: "s".into(),
        image: "i".into(),
    }
}

fn requested() -> Environment {
    let lab = Lab {
        class_id: ClassId::new(Ulid::from_parts(1, 1)),
        slug: "lab-one".parse().unwrap(),
        version: "v1".into(),
        manifest: LabManifest {
            title: "Lab one".into(),
            summary: "S".into(),
            minutes: MINUTES,
            placements: vec![
                placement(ProviderKind::Linode),
                placement(ProviderKind::DigitalOcean),
            ],
            tabs: vec![],
        },
    };
    let new = NewEnvironment {
        id: EnvironmentId::new(Ulid::from_parts(2, 2)),
        secrets: Secrets {
            access: Secret::from("access"),
            machine_token: Secret::from("first"),
        },
        trace_id: "t".into(),
    };
    Environment::request(new, MemberId::new(Ulid::from_parts(3, 3)), &lab, at(0))
}

fn machine(address: Option<&str>) -> MachineRecord {
    MachineRecord {
        provider: ProviderKind::Linode,
        id: "42".into(),
        label: "lab-x-1".into(),
        region: "r".into(),
        created_at: at(1),
        address: address.map(|text| text.parse().unwrap()),
    }
}

fn creating() -> Environment {
    let mut environment = requested();
    environment.begin_attempt(0, Secret::from("second"), at(0));
    environment
}

fn booting() -> Environment {
    let mut environment = creating();
    environment.machine_created(machine(Some("192.0.2.1")), at(2));
    environment
}

fn ready() -> Environment {
    let mut environment = booting();
    environment.reported(Report::Ready, at(10));
    environment.become_ready(at(10));
    environment
}

fn stages(environment: &Environment) -> Vec<Stage> {
    environment
        .timeline
        .entries()
        .iter()
        .map(|entry| entry.stage)
        .collect()
}

#[test]
fn a_play_goes_from_requested_to_ready() {
    let environment = requested();
    assert_eq!(
        decide(&environment, at(0)),
        Decision::BeginAttempt { placement_index: 0 }
    );
    let environment = creating();
    assert_eq!(
        decide(&environment, at(1)),
        Decision::Wait {
            until: Some(at(0) + CREATE_LEASE)
        }
    );
    let mut environment = booting();
    assert!(matches!(decide(&environment, at(3)), Decision::Wait { .. }));
    environment.reported(Report::AgentStarted, at(4));
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
        let Phase::Gone { receipt } = &environment.phase else {
            panic!("{:?}", environment.phase)
        };
        assert_eq!(receipt.reason, EndReason::Stopped);
        assert_eq!(environment.secrets, None);
        assert_eq!(due_at(&environment, at(22)), None);
        assert_eq!(
            stages(&environment)
                .iter()
                .filter(|stage| **stage == Stage::StopRequested)
                .count(),
            1
        );
    }
}

#[test]
fn a_stop_during_a_create_waits_for_the_creates_outcome() {
    let mut environment = creating();
    environment.stop(at(1));
    assert_eq!(
        decide(&environment, at(2)),
        Decision::Wait {
            until: Some(at(0) + CREATE_LEASE)
        }
    );
    environment.machine_created(machine(Some("192.0.2.1")), at(3));
    assert_eq!(decide(&environment, at(3)), Decision::BeginDelete);
}

#[test]
fn a_deletion_that_is_not_proven_is_tried_again_later() {
    let mut environment = ready();
    environment.stop(at(20));
    environment.begin_delete(at(20));
    environment.still_exists(at(20));
    assert!(matches!(
        decide(&environment, at(20)),
        Decision::Wait { until: Some(_) }
    ));
    assert_eq!(environment.status(), Status::Deleting);
    for tries in 0..40 {
        environment.still_exists(at(100 + tries));
    }
    let Some(next) = due_at(&environment, at(139)) else {
        panic!("nobody would look again")
    };
    assert!(next <= at(139) + SignedDuration::from_mins(1));
}

#[test]
fn time_over_is_a_stop_that_nobody_pressed() {
    let mut environment = ready();
    let expires_at = environment.expires_at.unwrap();
    assert_eq!(expires_at, at(0) + SignedDuration::from_mins(MINUTES.into()));
    assert_eq!(
        decide(&environment, expires_at - SignedDuration::from_secs(1)),
        Decision::Wait {
            until: Some(expires_at)
        }
    );
    assert_eq!(decide(&environment, expires_at), Decision::Expire);
    environment.expire(expires_at);
    assert_eq!(decide(&environment, expires_at), Decision::BeginDelete);
}

#[test]
fn each_failure_of_a_create_chooses_its_path() {
    let next = |error: ProviderError| {
        let mut environment = creating();
        environment.create_failed(&error, at(1));
        environment
    };
    let waits = next(ProviderError::RateLimited {
        retry_after: Some(std::time::Duration::from_secs(7)),
    });
    assert!(
        matches!(waits.phase, Phase::Requested { placement_index: 0, not_before } if not_before == at(8))
    );
    for clear_no in [
        ProviderError::NoCapacity,
        ProviderError::NotOffered,
        ProviderError::AccountLimit,
        ProviderError::Unauthorized,
        ProviderError::Rejected,
    ] {
        let environment = next(clear_no);
        assert_eq!(
            decide(&environment, at(1)),
            Decision::BeginAttempt { placement_index: 1 }
        );
        assert!(stages(&environment).contains(&Stage::PlacementFailed));
    }
    assert_eq!(
        decide(&next(ProviderError::LabelInUse), at(1)),
        Decision::ResolveAttempt
    );
    for unclear in [
        ProviderError::Unavailable,
        ProviderError::TimedOut,
        ProviderError::Garbage,
    ] {
        let environment = next(unclear);
        assert_eq!(
            decide(&environment, at(1)),
            Decision::Wait {
                until: Some(at(1) + SETTLE)
            }
        );
        assert_eq!(decide(&environment, at(1) + SETTLE), Decision::ResolveAttempt);
    }
}

#[test]
fn an_attempt_in_doubt_that_left_nothing_goes_to_the_next_placement() {
    let mut environment = creating();
    environment.create_failed(&ProviderError::TimedOut, at(1));
    environment.attempt_absent(at(1) + SETTLE);
    assert_eq!(
        decide(&environment, at(1) + SETTLE),
        Decision::BeginAttempt { placement_index: 1 }
    );
}

#[test]
fn an_attempt_whose_worker_died_before_the_call_is_made_again_at_the_same_placement() {
    let mut environment = creating();
    let later = at(0) + CREATE_LEASE;
    assert_eq!(decide(&environment, later), Decision::ResolveAttempt);
    environment.renew_lease(later);
    environment.attempt_absent(later);
    assert_eq!(
        decide(&environment, later),
        Decision::BeginAttempt { placement_index: 0 }
    );
}

#[test]
fn a_machine_that_does_not_become_ready_is_deleted_before_the_next_placement_is_tried() {
    let mut environment = booting();
    let late = at(2) + BOOT_LIMIT;
    assert_eq!(decide(&environment, late), Decision::BeginDelete);
    environment.begin_delete(late);
    assert_eq!(decide(&environment, late), Decision::Delete);
    assert_eq!(
        environment.status(),
        Status::Creating,
        "for its trainee it is still starting"
    );
    environment.machine_absent("GET answered 404".into(), late);
    assert_eq!(
        decide(&environment, late),
        Decision::BeginAttempt { placement_index: 1 }
    );
    assert_eq!(environment.past_resources.len(), 1);
}

#[test]
fn when_no_placement_is_left_the_environment_fails_and_says_so() {
    let mut environment = creating();
    environment.create_failed(&ProviderError::NoCapacity, at(1));
    environment.begin_attempt(1, Secret::from("third"), at(1));
    environment.create_failed(&ProviderError::NoCapacity, at(2));
    let Decision::GiveUp { failure } = decide(&environment, at(2)) else {
        panic!("{:?}", environment.phase)
    };
    assert_eq!(failure.code, "no_placement");
    environment.fail(failure, at(2));
    assert_eq!(
        (environment.status(), environment.secrets),
        (Status::Failed, None)
    );
}

#[test]
fn a_start_that_is_throttled_for_ever_ends() {
    let mut environment = creating();
    environment.create_failed(&ProviderError::RateLimited { retry_after: None }, at(1));
    assert!(matches!(
        decide(&environment, at(0) + START_LIMIT),
        Decision::GiveUp { .. }
    ));
}

#[test]
fn a_setup_that_fails_ends_in_failed_with_what_it_said_and_a_proven_deletion() {
    let mut environment = booting();
    environment.reported(
        Report::Failed {
            detail: "exit 3".into(),
        },
        at(9),
    );
    assert_eq!(decide(&environment, at(9)), Decision::Delete);
    environment.machine_absent("GET answered 404".into(), at(9));
    let Phase::Failed { failure, receipt } = &environment.phase else {
        panic!("{:?}", environment.phase)
    };
    assert!(failure.message.contains("exit 3"));
    assert_eq!(receipt.resources.len(), 1);
}

#[test]
fn a_machine_that_vanished_fails_the_environment_as_lost() {
    let mut environment = ready();
    environment.machine_absent("GET answered 404".into(), at(50));
    let Phase::Failed { receipt, .. } = &environment.phase else {
        panic!("{:?}", environment.phase)
    };
    assert_eq!(receipt.reason, EndReason::Lost);
    assert_eq!(receipt.resources[0].delete_requested_at, None);
}

#[test]
fn every_attempt_has_a_token_and_a_label_of_its_own() {
    let mut environment = creating();
    let first = environment.secrets.clone().unwrap();
    environment.create_failed(&ProviderError::NoCapacity, at(1));
    environment.begin_attempt(1, Secret::from("third"), at(1));
    let second = environment.secrets.clone().unwrap();
    assert_ne!(first.machine_token, second.machine_token);
    assert_eq!(first.access, second.access);
    assert_ne!(environment.machine_label(1), environment.machine_label(2));
    assert_eq!(
        environment_of_label(&environment.machine_label(2)),
        Some(environment.id.clone())
    );
}

#[test]
fn only_the_attempts_own_machine_is_owned() {
    let environment = creating();
    assert!(environment.owns(&environment.machine_label(1), "any id"));
    assert!(!environment.owns(&environment.machine_label(2), "any id"));
    let environment = ready();
    assert!(environment.owns("any label", "42"));
    assert!(
        !environment.owns(&environment.machine_label(1), "43"),
        "a second machine of the same label is a leak"
    );
    assert!(!requested().owns(&requested().machine_label(1), "42"));
}

#[test]
fn labels_of_others_name_no_environment() {
    for label in ["", "lab", "lab-x-1", "web-01", "lab-01jd-1", "lab--1"] {
        assert_eq!(environment_of_label(label), None, "{label}");
    }
}

#[test]
fn reports_after_the_end_change_nothing() {
    let mut environment = ready();
    environment.stop(at(20));
    environment.begin_delete(at(20));
    environment.machine_absent("GET answered 404".into(), at(21));
    let ended = environment.clone();
    for report in [
        Report::AgentStarted,
        Report::SettingUp,
        Report::Ready,
        Report::Failed { detail: "x".into() },
    ] {
        environment.reported(report, at(30));
    }
    environment.stop(at(30));
    environment.expire(at(30));
    assert_eq!(environment, ended);
}
