//! What is asked for, and what came of it.

use std::collections::BTreeSet;

use brihaspati_core::domain::environment::Environment;
use brihaspati_core::domain::ids::{LabSlug, MemberId};
use brihaspati_core::http::ApiError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Presses Play for them.
    Start,
    Stop,
    /// Adds minutes, within what the class allows.
    Extend,
    /// Stops, and starts anew. Repeat it with the same `id` until nobody is `stopping` any more.
    Restart,
    Message,
    LowerHand,
}

impl Action {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Extend => "extend",
            Self::Restart => "restart",
            Self::Message => "message",
            Self::LowerHand => "lower-hand",
        }
    }
}

#[derive(Deserialize, ToSchema, Validate)]
pub struct RoomAction {
    /// Any text of the caller's making: the same one again does nothing twice.
    #[validate(length(min = 1, max = 64))]
    pub id: String,
    pub action: Action,
    /// Whom it is for, by id; a message without members is for the whole class.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    #[validate(length(max = 100))]
    pub members: BTreeSet<MemberId>,
    /// Which lab; needed to start, otherwise all labs where it is left out.
    #[schema(value_type = Option<String>)]
    pub lab: Option<LabSlug>,
    /// To extend by.
    #[validate(range(min = 1, max = 240))]
    pub minutes: Option<u32>,
    /// Of a message.
    #[validate(length(min = 1, max = 500))]
    pub text: Option<String>,
    /// Only say what would happen.
    #[serde(default)]
    pub preview: bool,
}

impl RoomAction {
    /// # Errors
    /// 422 where something is missing for this action.
    pub(crate) fn check(&self) -> Result<(), ApiError> {
        if self.members.is_empty() && self.action != Action::Message {
            return Err(ApiError::invalid_field("members", "must name at least one"));
        }
        match self.action {
            Action::Start if self.lab.is_none() => Err(ApiError::invalid_field("lab", "is needed to start")),
            Action::Extend if self.minutes.is_none() => Err(ApiError::invalid_field("minutes", "is needed to extend")),
            Action::Message if self.text.as_ref().is_none_or(|text| text.trim().is_empty()) => {
                Err(ApiError::invalid_field("text", "is needed for a message"))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn is_for(&self, environment: &Environment) -> bool {
        self.lab.as_ref().is_none_or(|lab| *lab == environment.lab)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    WouldDo,
    Done,
    NothingToDo,
    Refused,
    /// A restart whose old machine is not proven gone yet: repeat the action.
    Stopping,
}

impl Outcome {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::WouldDo => "would do",
            Self::Done => "done",
            Self::NothingToDo => "nothing to do",
            Self::Refused => "refused",
            Self::Stopping => "stopping",
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct ActionResult {
    pub member: String,
    pub environment: Option<String>,
    pub outcome: Outcome,
    /// In words, where there is something to say.
    pub reason: Option<String>,
}

impl ActionResult {
    pub(crate) fn new(member: &MemberId, environment: Option<&Environment>, outcome: Outcome) -> Self {
        let environment = environment.map(|environment| environment.id.to_string());
        Self { member: member.to_string(), environment, outcome, reason: None }
    }

    pub(crate) fn refused(member: &MemberId, environment: Option<&Environment>, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..Self::new(member, environment, Outcome::Refused) }
    }

    pub(crate) fn nothing(member: &MemberId, environment: Option<&Environment>, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..Self::new(member, environment, Outcome::NothingToDo) }
    }
}

#[derive(Serialize, ToSchema)]
pub struct ActionOutcome {
    pub action: Action,
    pub preview: bool,
    pub results: Vec<ActionResult>,
}

impl ActionOutcome {
    pub(crate) fn summary(&self) -> String {
        let count = |outcome| self.results.iter().filter(|result| result.outcome == outcome).count();
        let mut parts = Vec::new();
        for outcome in [Outcome::Done, Outcome::Stopping, Outcome::NothingToDo, Outcome::Refused] {
            if count(outcome) > 0 {
                parts.push(format!("{} {}", count(outcome), outcome.name()));
            }
        }
        parts.join(", ")
    }
}
