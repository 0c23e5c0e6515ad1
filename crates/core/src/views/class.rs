//! Classes, and who teaches them.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::class::{Class, ClassSettings, ClassState};
use crate::domain::instructor::Instructor;

/// A class as its trainees see it.
#[derive(Serialize, ToSchema)]
pub struct ClassRef {
    pub id: String,
    pub code: String,
    pub title: String,
    pub time_zone: String,
    pub opens_at: Option<Timestamp>,
    pub closes_at: Option<Timestamp>,
}

impl From<&Class> for ClassRef {
    fn from(class: &Class) -> Self {
        Self {
            id: class.id.to_string(),
            code: class.code.to_string(),
            title: class.settings.title.clone(),
            time_zone: class.settings.time_zone.clone(),
            opens_at: class.settings.opens_at,
            closes_at: class.settings.closes_at,
        }
    }
}

/// A class in a list.
#[derive(Serialize, ToSchema)]
pub struct ClassSummary {
    pub id: String,
    pub code: String,
    pub title: String,
    pub state: ClassState,
    pub time_zone: String,
    pub opens_at: Option<Timestamp>,
    pub closes_at: Option<Timestamp>,
    pub archived_at: Option<Timestamp>,
    pub seats: u32,
}

impl ClassSummary {
    pub fn new(class: &Class, now: Timestamp) -> Self {
        Self {
            id: class.id.to_string(),
            code: class.code.to_string(),
            title: class.settings.title.clone(),
            state: class.state(now),
            time_zone: class.settings.time_zone.clone(),
            opens_at: class.settings.opens_at,
            closes_at: class.settings.closes_at,
            archived_at: class.archived_at,
            seats: class.settings.seats,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct ClassList {
    pub classes: Vec<ClassSummary>,
    pub next_cursor: Option<String>,
}

/// A class as its instructors see it.
#[derive(Serialize, ToSchema)]
pub struct ClassView {
    pub id: String,
    pub code: String,
    #[serde(flatten)]
    pub settings: ClassSettings,
    pub state: ClassState,
    pub created_at: Timestamp,
    pub archived_at: Option<Timestamp>,
    /// Against the budget; `null` where there is none.
    pub spending: Option<Spending>,
    /// How many people it has; only where one class is asked for.
    pub people: Option<u32>,
}

/// In millionths of a US dollar.
#[derive(Clone, Copy, Serialize, ToSchema)]
pub struct Spending {
    /// What ended environments cost, and what running ones may cost at most.
    pub committed_micro_usd: i64,
    pub budget_micro_usd: i64,
}

impl ClassView {
    pub fn new(class: &Class, now: Timestamp) -> Self {
        Self {
            id: class.id.to_string(),
            code: class.code.to_string(),
            settings: class.settings.clone(),
            state: class.state(now),
            created_at: class.created_at,
            archived_at: class.archived_at,
            spending: None,
            people: None,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct InstructorView {
    pub id: String,
    pub name: String,
    pub display_name: String,
    pub disabled: bool,
}

impl From<&Instructor> for InstructorView {
    fn from(instructor: &Instructor) -> Self {
        Self {
            id: instructor.id.to_string(),
            name: instructor.name.as_str().to_owned(),
            display_name: instructor.display_name.clone(),
            disabled: instructor.disabled_at.is_some(),
        }
    }
}
