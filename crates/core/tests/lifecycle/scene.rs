//! Environments in every phase.

use brihaspati_core::domain::environment::{Environment, MachineTokens, NewEnvironment, Secrets};
use brihaspati_core::domain::ids::{ClassId, EnvironmentId, MemberId};
use brihaspati_core::domain::lab::{CheckSettings, CheckSpec, Lab, LabLimits, LabManifest, LabSettings};
use brihaspati_core::domain::lifecycle::{MachineRecord, Slot};
use brihaspati_core::domain::placement::{Placement, ProviderKind};
use brihaspati_core::domain::secret::Secret;
use brihaspati_core::domain::terms::Terms;
use brihaspati_core::domain::timeline::Stage;
use brihaspati_core::domain::transitions::Report;
use jiff::Timestamp;
use ulid::Ulid;

pub(crate) const MINUTES: u32 = 30;

pub(crate) fn at(secs: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + secs).unwrap()
}

pub(crate) fn placement(provider: ProviderKind) -> Placement {
    Placement { provider, region: "r".into(), size: "s".into(), image: "i".into() }
}

pub(crate) fn requested() -> Environment {
    let lab = Lab {
        class_id: ClassId::new(Ulid::from_parts(1, 1)),
        slug: "lab-one".parse().unwrap(),
        version: "v1".into(),
        manifest: LabManifest {
            title: "Lab one".into(),
            summary: "S".into(),
            minutes: MINUTES,
            placements: vec![placement(ProviderKind::Linode), placement(ProviderKind::DigitalOcean)],
            tabs: vec![],
            checks: CheckSettings::default(),
            limits: LabLimits::default(),
        },
        checks: vec![
            CheckSpec { name: "1-first".into(), title: "First".into() },
            CheckSpec { name: "2-second".into(), title: "Second".into() },
        ],
        pushed_at: at(0),
        pushed_by: "grace".into(),
        settings: LabSettings::default(),
        revision: 1,
    };
    let new = NewEnvironment {
        id: EnvironmentId::new(Ulid::from_parts(2, 2)),
        secrets: Secrets {
            access: Secret::from("access"),
            machine_token: Secret::from("first"),
            boot_token: None,
            viewer: Secret::from("viewer"),
        },
        trace_id: "t".into(),
        by_action: None,
    };
    let terms = Terms { minutes: MINUTES, max_extra_minutes: 60, idle_minutes: Some(20), ..Terms::default() };
    let placements = lab.manifest.placements.clone();
    Environment::request(new, MemberId::new(Ulid::from_parts(3, 3)), &lab, placements, terms, at(0))
}

pub(crate) fn machine(address: Option<&str>) -> MachineRecord {
    MachineRecord {
        provider: ProviderKind::Linode,
        id: "42".into(),
        label: "lab-x-1".into(),
        region: "r".into(),
        created_at: at(1),
        address: address.map(|text| text.parse().unwrap()),
    }
}

/// A slot at this placement, now.
pub(crate) fn slot(placement_index: usize, secs: i64) -> Slot {
    Slot { placement_index, at: at(secs), reserved_at: at(secs), ahead: 0 }
}

/// What the machine of an attempt presents.
pub(crate) fn tokens(own: &str) -> MachineTokens {
    MachineTokens { boot: format!("{own}, to boot with").into(), own: own.into() }
}

pub(crate) fn creating() -> Environment {
    let mut environment = requested();
    environment.slot_taken(slot(0, 0), at(0));
    environment.begin_attempt(0, tokens("second"), at(0));
    environment
}

pub(crate) fn booting() -> Environment {
    let mut environment = creating();
    environment.machine_created(machine(Some("192.0.2.1")), at(2));
    environment
}

pub(crate) fn ready() -> Environment {
    let mut environment = booting();
    environment.reported(Report::Ready, at(10));
    environment.become_ready(at(10));
    environment
}

pub(crate) fn stages(environment: &Environment) -> Vec<Stage> {
    environment.timeline.entries().iter().map(|entry| entry.stage).collect()
}
