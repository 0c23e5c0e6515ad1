//! A class: its code, its window of dates, its limits, and who teaches it.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::audit::Actor;
use super::ids::{ClassId, InstructorId};
use super::placement::ProviderKind;
use super::validation::printable;

/// What people type to sign in: 4-20 of `A-Z`, `0-9` and inner hyphens, read without regard to case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClassCode(String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 4 to 20 letters, digits and hyphens")]
pub struct InvalidClassCode;

impl ClassCode {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClassCode {
    type Err = InvalidClassCode;

    fn from_str(text: &str) -> Result<Self, InvalidClassCode> {
        let code = text.trim().to_ascii_uppercase();
        let valid = (4..=20).contains(&code.len())
            && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
            && !code.starts_with('-')
            && !code.ends_with('-');
        if valid { Ok(Self(code)) } else { Err(InvalidClassCode) }
    }
}

impl TryFrom<String> for ClassCode {
    type Error = InvalidClassCode;

    fn try_from(text: String) -> Result<Self, InvalidClassCode> {
        text.parse()
    }
}

impl From<ClassCode> for String {
    fn from(code: ClassCode) -> Self {
        code.0
    }
}

impl fmt::Display for ClassCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether an instructor may look into a trainee's terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ViewingPolicy {
    /// Each time, the trainee allows it or refuses it.
    #[default]
    Ask,
    /// It is part of the class: trainees are told, and see when it happens.
    Open,
}

/// What an instructor decides about a class. Money is in millionths of a US dollar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(default)]
pub struct ClassSettings {
    #[validate(length(min = 1, max = 80), custom(function = "printable"))]
    pub title: String,
    /// IANA name, such as `Europe/Berlin`: how dates of this class are shown.
    #[validate(custom(function = "known_time_zone"))]
    pub time_zone: String,
    /// Before it Play is refused; `null`: open at once.
    pub opens_at: Option<Timestamp>,
    /// From it on Play is refused; `null`: never closes.
    pub closes_at: Option<Timestamp>,
    /// Most trainees.
    #[validate(range(min = 1, max = 1000))]
    pub seats: u32,
    /// Most environments that one trainee may have at the same time.
    #[validate(range(min = 1, max = 8))]
    pub environments_per_trainee: u32,
    /// An environment that nobody worked in for so long is stopped.
    #[validate(range(min = 10, max = 480))]
    pub idle_minutes: Option<u32>,
    /// Most minutes that anybody may add to one environment.
    #[validate(range(max = 480))]
    pub max_extra_minutes: u32,
    /// What one press by the trainee adds, within `max_extra_minutes`; 0: only instructors extend.
    #[validate(range(max = 120))]
    pub trainee_extension_minutes: u32,
    #[validate(length(min = 1, max = 2))]
    pub providers: Vec<ProviderKind>,
    /// What all environments together may cost at most.
    #[validate(range(min = 1, max = 1_000_000_000_000_i64))]
    pub budget_micro_usd: Option<i64>,
    pub viewing: ViewingPolicy,
    /// Who teaches it, by id.
    #[schema(value_type = Vec<String>)]
    #[validate(length(max = 20))]
    pub instructors: BTreeSet<InstructorId>,
}

impl Default for ClassSettings {
    fn default() -> Self {
        Self {
            title: String::new(),
            time_zone: "UTC".to_owned(),
            opens_at: None,
            closes_at: None,
            seats: 100,
            environments_per_trainee: 2,
            idle_minutes: None,
            max_extra_minutes: 60,
            trainee_extension_minutes: 0,
            providers: ProviderKind::ALL.to_vec(),
            budget_micro_usd: None,
            viewing: ViewingPolicy::Ask,
            instructors: BTreeSet::new(),
        }
    }
}

impl ClassSettings {
    /// What the fields cannot say of themselves: the field, and what is wrong with it.
    pub fn contradiction(&self) -> Option<(&'static str, &'static str)> {
        match (self.opens_at, self.closes_at) {
            (Some(opens), Some(closes)) if closes <= opens => Some(("closes_at", "must be after opens_at")),
            _ if self.trainee_extension_minutes > self.max_extra_minutes => {
                Some(("trainee_extension_minutes", "must not be more than max_extra_minutes"))
            }
            _ => None,
        }
    }
}

fn known_time_zone(name: &str) -> Result<(), ValidationError> {
    match TimeZone::get(name) {
        Ok(_) => Ok(()),
        Err(_) => Err(ValidationError::new("time_zone")
            .with_message("must be the name of a time zone such as Europe/Berlin, America/New_York or UTC".into())),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ClassState {
    Upcoming,
    Open,
    Closed,
    Archived,
    /// Its data is being deleted: nothing else can be done with it.
    Deleting,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    pub id: ClassId,
    pub code: ClassCode,
    pub settings: ClassSettings,
    pub created_at: Timestamp,
    pub archived_at: Option<Timestamp>,
    /// Who began to delete it, and when.
    pub deleting: Option<(Actor, Timestamp)>,
    /// Counts the writes; an edit names the revision it read.
    pub revision: u64,
}

impl Class {
    pub fn new(id: ClassId, code: ClassCode, settings: ClassSettings, now: Timestamp) -> Self {
        Self { id, code, settings, created_at: now, archived_at: None, deleting: None, revision: 0 }
    }

    pub fn state(&self, now: Timestamp) -> ClassState {
        if self.deleting.is_some() {
            return ClassState::Deleting;
        }
        if self.archived_at.is_some() {
            return ClassState::Archived;
        }
        if self.settings.opens_at.is_some_and(|at| now < at) {
            return ClassState::Upcoming;
        }
        if self.settings.closes_at.is_some_and(|at| now >= at) {
            return ClassState::Closed;
        }
        ClassState::Open
    }

    /// Whether trainees may sign in to it.
    pub fn lets_people_in(&self) -> bool {
        self.archived_at.is_none() && self.deleting.is_none()
    }

    /// A moment as people of this class read it.
    pub fn shown(&self, at: Timestamp) -> String {
        let zone = TimeZone::get(&self.settings.time_zone).unwrap_or(TimeZone::UTC);
        at.to_zoned(zone).strftime("%A, %-d %B %Y, %H:%M %Z").to_string()
    }
}
