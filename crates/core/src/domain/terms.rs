//! What a trainee was promised at Play. It stays as it was, whatever the class or the lab becomes afterwards.

use serde::{Deserialize, Serialize};

use super::class::{ClassSettings, ViewingPolicy};
use super::lab::Lab;
use super::member::Member;
use super::placement::Placement;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Terms {
    /// Time to live from the start of a machine, the trainee's extra time included.
    pub minutes: u32,
    /// Most minutes that may be added, by whomever.
    pub max_extra_minutes: u32,
    /// What the trainee may add by one press; 0: nothing.
    pub trainee_extension_minutes: u32,
    /// Stopped when nobody worked in it for so long.
    pub idle_minutes: Option<u32>,
    pub viewing: ViewingPolicy,
    /// How often its checks run by themselves.
    pub check_every_minutes: Option<u32>,
    pub check_limit_secs: u32,
    /// Price of an hour in millionths of a US dollar, for each placement; `None` where no price was known.
    pub hourly_micro_usd: Vec<Option<i64>>,
    /// The most it can cost, counted against the class's budget until it has ended.
    pub committed_micro_usd: Option<i64>,
}

impl Terms {
    /// What class, lab and person give together; without prices.
    pub fn agree(class: &ClassSettings, member: &Member, lab: &Lab) -> Self {
        let limits = &lab.manifest.limits;
        let checks = &lab.manifest.checks;
        let max_extra_minutes = class.max_extra_minutes.min(limits.extra_minutes.unwrap_or(u32::MAX));
        Self {
            minutes: (lab.manifest.minutes * (100 + member.extra_time_percent)).div_ceil(100),
            max_extra_minutes,
            trainee_extension_minutes: class.trainee_extension_minutes.min(max_extra_minutes),
            idle_minutes: class.idle_minutes.into_iter().chain(limits.idle_minutes).min(),
            viewing: class.viewing,
            check_every_minutes: checks.every,
            check_limit_secs: checks.limit,
            hourly_micro_usd: Vec::new(),
            committed_micro_usd: None,
        }
    }

    /// The longest that its machine may live.
    pub fn longest_minutes(&self) -> u32 {
        self.minutes + self.max_extra_minutes
    }
}

/// Those of the lab's placements that the class allows, in the lab's order.
pub fn allowed_placements(class: &ClassSettings, lab: &Lab) -> Vec<Placement> {
    let placements = lab.manifest.placements.iter();
    placements.filter(|placement| class.providers.contains(&placement.provider)).cloned().collect()
}
