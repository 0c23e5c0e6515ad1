//! Whether Play may start something now, and why not.

use jiff::Timestamp;

use super::class::{Class, ClassState};
use super::lab::Lab;
use super::terms::allowed_placements;

/// Why Play is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    ClassNotOpen {
        opens_at: Timestamp,
        shown: String,
    },
    ClassClosed,
    ClassArchived,
    NoStartsLeft {
        limit: u32,
    },
    TooManyEnvironments {
        limit: u32,
    },
    ProviderNotAllowed,
    /// The class has a budget, and what a machine costs is not known (yet).
    PricesUnknown,
    BudgetExhausted,
}

impl Refusal {
    /// What programs decide by.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ClassNotOpen { .. } => "class_not_open",
            Self::ClassClosed => "class_closed",
            Self::ClassArchived => "class_archived",
            Self::NoStartsLeft { .. } => "no_starts_left",
            Self::TooManyEnvironments { .. } => "too_many_environments",
            Self::ProviderNotAllowed => "provider_not_allowed",
            Self::PricesUnknown => "prices_unknown",
            Self::BudgetExhausted => "budget_exhausted",
        }
    }

    /// What people read.
    pub fn reason(&self) -> String {
        match self {
            Self::ClassNotOpen { shown, .. } => format!("the class opens on {shown}"),
            Self::ClassClosed => "the class is over; ask your instructor if you need more time".to_owned(),
            Self::ClassArchived => "the class is archived; nothing can be started in it any more".to_owned(),
            Self::NoStartsLeft { limit } => {
                format!("this lab may be started {limit} times, and was; ask your instructor for another start")
            }
            Self::TooManyEnvironments { limit: 1 } => {
                "one lab may run at a time: stop the other one before you start this one".to_owned()
            }
            Self::TooManyEnvironments { limit } => {
                format!("{limit} labs may run at a time: stop one of yours before you start another")
            }
            Self::ProviderNotAllowed => {
                "none of the lab's locations is with a provider that the class allows; tell your instructor".to_owned()
            }
            Self::PricesUnknown => {
                "the class has a budget and the machine's price is not known yet; try again in a few minutes, or tell \
                 your instructor"
                    .to_owned()
            }
            Self::BudgetExhausted => {
                "the class's budget does not cover another machine; tell your instructor".to_owned()
            }
        }
    }

    pub fn opens_at(&self) -> Option<Timestamp> {
        match self {
            Self::ClassNotOpen { opens_at, .. } => Some(*opens_at),
            _ => None,
        }
    }
}

/// What a member has of a lab, and altogether, when Play is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Having {
    /// Starts of this lab so far.
    pub starts: u32,
    /// Environments of all labs that are not at their end.
    pub live: usize,
}

/// What can be said before the budget is asked.
///
/// # Errors
/// The first reason to refuse.
pub fn admit(class: &Class, lab: &Lab, having: Having, now: Timestamp) -> Result<(), Refusal> {
    match class.state(now) {
        ClassState::Open => {}
        ClassState::Upcoming => {
            let opens_at = class.settings.opens_at.unwrap_or(now);
            return Err(Refusal::ClassNotOpen { opens_at, shown: class.shown(opens_at) });
        }
        ClassState::Closed => return Err(Refusal::ClassClosed),
        ClassState::Archived | ClassState::Deleting => return Err(Refusal::ClassArchived),
    }
    if allowed_placements(&class.settings, lab).is_empty() {
        return Err(Refusal::ProviderNotAllowed);
    }
    if let Some(limit) = lab.most_starts()
        && having.starts >= limit
    {
        return Err(Refusal::NoStartsLeft { limit });
    }
    let limit = class.settings.environments_per_trainee;
    if having.live >= usize::try_from(limit).unwrap_or(usize::MAX) {
        return Err(Refusal::TooManyEnvironments { limit });
    }
    Ok(())
}
