//! Environments as they are read by whoever may know their secrets, and by whoever lists.

use brihaspati_core::domain::environment::{Environment, NewEnvironment, Secrets};
use brihaspati_core::domain::ids::{ClassId, EnvironmentId, MemberId};
use brihaspati_core::domain::lab::{CheckSettings, Lab, LabLimits, LabManifest, LabSettings};
use brihaspati_core::domain::placement::{Placement, ProviderKind};
use brihaspati_core::domain::terms::Terms;
use brihaspati_core::store::MemberDesk;
use jiff::Timestamp;

use crate::table::Table;

fn environment() -> Environment {
    let linode = Placement {
        provider: ProviderKind::Linode,
        region: "eu-central".into(),
        size: "small".into(),
        image: "debian".into(),
    };
    let lab = Lab {
        class_id: ClassId::nil(),
        slug: "lab-one".parse().unwrap(),
        version: "v1".into(),
        manifest: LabManifest {
            title: "Lab one".into(),
            summary: "A lab".into(),
            minutes: 30,
            placements: vec![linode.clone()],
            tabs: Vec::new(),
            checks: CheckSettings::default(),
            limits: LabLimits::default(),
        },
        checks: Vec::new(),
        pushed_at: Timestamp::UNIX_EPOCH,
        pushed_by: "grace".into(),
        settings: LabSettings::default(),
        revision: 1,
    };
    let new = NewEnvironment {
        id: EnvironmentId::nil(),
        secrets: Secrets {
            access: "access".into(),
            machine_token: "token".into(),
            boot_token: None,
            viewer: "viewer".into(),
        },
        trace_id: "4bf92f3577b34da6a3ce929d0e0e4736".into(),
        by_action: None,
    };
    let terms = Terms { committed_micro_usd: Some(7500), ..Terms::default() };
    Environment::request(new, MemberId::nil(), &lab, vec![linode], terms, Timestamp::UNIX_EPOCH)
}

#[tokio::test]
async fn whoever_lists_a_classs_environments_sees_all_of_them_but_their_secrets() {
    let table = Table::start().await;
    let store = &table.store;
    let environment = environment();
    store.start(&environment, MemberDesk::default(), None, Timestamp::UNIX_EPOCH).await.unwrap();
    let class = ClassId::nil();

    let listed = vec![Environment { secrets: None, ..environment.clone() }];
    assert_eq!(store.environments_of_class(&class, None, 10).await.unwrap(), (listed.clone(), None));
    assert_eq!(store.environments_of(&class, &MemberId::nil(), 10).await.unwrap(), listed);
    assert_eq!(store.every_environment(&class).await.unwrap(), listed);
    assert_eq!(store.commitments(&class).await.unwrap()[0].micro_usd, 7500);
    assert_eq!(store.environment(&environment.id).await.unwrap(), Some(environment), "its own readers see them");
}
