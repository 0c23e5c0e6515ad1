//! Who takes part in a run, and in which labs.

use std::sync::Arc;

use brihaspati_core::domain::class::{Class, ClassSettings};
use brihaspati_core::domain::ids::{ClassId, LabSlug, MemberId};
use brihaspati_core::domain::lab::{CheckSettings, Lab, LabLimits, LabManifest, LabSettings};
use brihaspati_core::domain::member::{JoinedVia, Member};
use brihaspati_core::domain::placement::{Placement, ProviderKind};
use jiff::Timestamp;
use ulid::Ulid;

use crate::cloud::KINDS;
use crate::dice::Dice;
use crate::people::Trainee;

/// The class: one to six trainees, each at one or two of its labs.
pub(crate) fn trainees(dice: &mut Dice) -> Vec<Trainee> {
    let labs: Vec<Arc<Lab>> = (0..1 + dice.below(2)).filter_map(|number| lab(number, dice)).map(Arc::new).collect();
    let Some(class) = class().map(Arc::new) else { return Vec::new() };
    let mut trainees = Vec::new();
    for number in 0..1 + dice.below(6) {
        let Some(member) = member(MemberId::new(Ulid::from_parts(0, number as u128 + 1))).map(Arc::new) else {
            continue;
        };
        for lab in &labs {
            if trainees.is_empty() || dice.chance(0.6) {
                trainees.push(Trainee::draw(class.clone(), member.clone(), lab.clone(), dice));
            }
        }
    }
    trainees
}

/// Always open; each trainee may have both labs at once.
fn class() -> Option<Class> {
    let code = "SIMULATED".parse().ok()?;
    Some(Class::new(ClassId::nil(), code, ClassSettings::default(), Timestamp::UNIX_EPOCH))
}

fn member(id: MemberId) -> Option<Member> {
    Some(Member {
        name: "trainee".parse().ok()?,
        display_name: "Trainee".to_owned(),
        id,
        class_id: ClassId::nil(),
        email: None,
        password_hash: None,
        code: None,
        session_epoch: 0,
        suspended_at: None,
        extra_time_percent: 0,
        joined_via: JoinedVia::Added,
        created_at: Timestamp::UNIX_EPOCH,
        revision: 0,
    })
}

/// One to three placements, at one provider or both.
fn lab(number: usize, dice: &mut Dice) -> Option<Lab> {
    let mut placements: Vec<Placement> = ["eu-west", "us-east", "ap-south", "eu-north"]
        .iter()
        .flat_map(|region| KINDS.map(|provider| placement(provider, region)))
        .collect();
    dice.shuffle(&mut placements);
    placements.truncate(1 + dice.below(3));
    Some(Lab {
        class_id: ClassId::nil(),
        slug: format!("lab-{number}").parse::<LabSlug>().ok()?,
        version: "1".to_owned(),
        manifest: LabManifest {
            title: "Simulated".to_owned(),
            summary: "A lab of the simulation".to_owned(),
            minutes: [5, 5, 6, 8, 12][dice.below(5)],
            placements,
            tabs: Vec::new(),
            checks: CheckSettings::default(),
            limits: LabLimits::default(),
        },
        checks: Vec::new(),
        pushed_at: Timestamp::UNIX_EPOCH,
        pushed_by: String::new(),
        settings: LabSettings::default(),
        revision: 1,
    })
}

fn placement(provider: ProviderKind, region: &str) -> Placement {
    Placement { provider, region: region.to_owned(), size: "small".to_owned(), image: "debian".to_owned() }
}
