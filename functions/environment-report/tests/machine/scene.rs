//! A lab, its class and its trainee.

use brihaspati_core::domain::class::{Class, ClassSettings};
use brihaspati_core::domain::environment::{Environment, NewEnvironment, Secrets};
use brihaspati_core::domain::ids::{ClassId, EnvironmentId, MemberId};
use brihaspati_core::domain::lab::{CheckSettings, CheckSpec, Lab, LabLimits, LabManifest, LabSettings, Tab};
use brihaspati_core::domain::lifecycle::MachineRecord;
use brihaspati_core::domain::member::{JoinedVia, Member};
use brihaspati_core::domain::placement::{Placement, ProviderKind};
use brihaspati_core::domain::terms::Terms;
use jiff::Timestamp;
use ulid::Ulid;

pub(crate) fn at(secs: i64) -> Timestamp {
    Timestamp::from_second(secs).unwrap()
}

pub(crate) fn class() -> Class {
    Class::new(ClassId::nil(), "STORY".parse().unwrap(), ClassSettings::default(), at(0))
}

pub(crate) fn trainee() -> Member {
    Member {
        name: "ada".parse().unwrap(),
        display_name: "Ada".into(),
        id: MemberId::nil(),
        class_id: ClassId::nil(),
        email: None,
        password_hash: None,
        code: None,
        session_epoch: 0,
        suspended_at: None,
        extra_time_percent: 0,
        joined_via: JoinedVia::Added,
        created_at: at(0),
        revision: 0,
    }
}

pub(crate) fn lab() -> Lab {
    let place = Placement {
        provider: ProviderKind::Linode,
        region: "eu-central".into(),
        size: "g6-nanode-1".into(),
        image: "linode/debian12".into(),
    };
    Lab {
        class_id: ClassId::nil(),
        slug: "lab-one".parse().unwrap(),
        version: "v1".into(),
        manifest: LabManifest {
            title: "Lab one".into(),
            summary: "A lab".into(),
            minutes: 1_000,
            placements: vec![place],
            tabs: vec![Tab { name: "api".into(), title: "Notes API".into(), port: 5000 }],
            checks: CheckSettings::default(),
            limits: LabLimits::default(),
        },
        checks: vec![CheckSpec { name: "1-first".into(), title: "First".into() }],
        pushed_at: at(0),
        pushed_by: "grace".into(),
        settings: LabSettings::default(),
        revision: 0,
    }
}

pub(crate) fn new_environment(trace_id: &str) -> NewEnvironment {
    NewEnvironment {
        id: EnvironmentId::new(Ulid::from_parts(2, 2)),
        secrets: Secrets {
            access: "access".into(),
            machine_token: "none yet".into(),
            boot_token: None,
            viewer: "viewer".into(),
        },
        trace_id: trace_id.into(),
        by_action: None,
    }
}

pub(crate) fn requested(lab: &Lab, now: Timestamp) -> Environment {
    let terms = Terms::agree(&class().settings, &trainee(), lab);
    let new = new_environment("0af7651916cd43dd8448eb211c80319c");
    Environment::request(new, MemberId::nil(), lab, lab.manifest.placements.clone(), terms, now)
}

pub(crate) fn machine() -> MachineRecord {
    MachineRecord {
        provider: ProviderKind::Linode,
        id: "42".into(),
        label: "lab-x-1".into(),
        region: "eu-central".into(),
        created_at: at(4_000_000_000),
        address: Some("192.0.2.1".parse().unwrap()),
    }
}
