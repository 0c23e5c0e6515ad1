//! Classes: their settings, their spending, their end.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Answer, Api, all_pages, segment};
use crate::failure::Failure;

/// What `PUT` replaces as a whole. Money is in millionths of a US dollar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ClassSettings {
    pub(crate) title: String,
    pub(crate) time_zone: String,
    pub(crate) opens_at: Option<Timestamp>,
    pub(crate) closes_at: Option<Timestamp>,
    pub(crate) seats: u32,
    pub(crate) environments_per_trainee: u32,
    pub(crate) idle_minutes: Option<u32>,
    pub(crate) max_extra_minutes: u32,
    pub(crate) trainee_extension_minutes: u32,
    pub(crate) providers: Vec<String>,
    pub(crate) budget_micro_usd: Option<i64>,
    pub(crate) viewing: String,
    #[serde(default)]
    pub(crate) instructors: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Class {
    pub(crate) id: String,
    pub(crate) code: String,
    #[serde(flatten)]
    pub(crate) settings: ClassSettings,
    pub(crate) state: String,
    #[serde(default)]
    pub(crate) spending: Option<Spending>,
    #[serde(default)]
    pub(crate) people: Option<u32>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Spending {
    /// What ended environments cost.
    #[serde(default)]
    pub(crate) spent_micro_usd: Option<i64>,
    /// That, and what running ones may cost at most.
    pub(crate) committed_micro_usd: i64,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ClassSummary {
    pub(crate) id: String,
    pub(crate) code: String,
    pub(crate) title: String,
    pub(crate) state: String,
    pub(crate) opens_at: Option<Timestamp>,
    pub(crate) closes_at: Option<Timestamp>,
    pub(crate) time_zone: String,
    #[serde(default)]
    pub(crate) seats: Option<u32>,
}

/// The receipt of a class's deletion.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ClassDeletion {
    pub(crate) class_id: String,
    pub(crate) code: String,
    pub(crate) title: String,
    /// `null` while it goes on.
    #[serde(default)]
    pub(crate) deleted_at: Option<Timestamp>,
    pub(crate) counts: serde_json::Map<String, serde_json::Value>,
    pub(crate) machines: DeletedMachines,
    pub(crate) verified_absent: bool,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct DeletedMachines {
    pub(crate) total: u64,
    pub(crate) verified_absent: u64,
}

/// One entry of the class's audit record.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Event {
    pub(crate) at: Timestamp,
    pub(crate) actor: Actor,
    pub(crate) action: String,
    #[serde(default)]
    pub(crate) target: Option<serde_json::Value>,
    #[serde(default)]
    pub(crate) changes: Vec<Change>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Actor {
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) name: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Change {
    pub(crate) field: String,
    #[serde(default)]
    pub(crate) from: serde_json::Value,
    #[serde(default)]
    pub(crate) to: serde_json::Value,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Usage {
    pub(crate) rows: Vec<UsageRow>,
    pub(crate) totals: UsageTotals,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct UsageRow {
    pub(crate) member: UsageMember,
    pub(crate) lab: UsageLab,
    pub(crate) starts: u64,
    pub(crate) failures: u64,
    pub(crate) minutes: f64,
    pub(crate) cost_micro_usd: Option<i64>,
    pub(crate) checks_passed: u64,
    pub(crate) checks_total: u64,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct UsageMember {
    pub(crate) display_name: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct UsageLab {
    pub(crate) slug: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct UsageTotals {
    pub(crate) starts: u64,
    pub(crate) failures: u64,
    pub(crate) minutes: f64,
    pub(crate) cost_micro_usd: Option<i64>,
    pub(crate) people: u64,
}

/// A class that was found, by the two names people know it by.
#[derive(Clone, Debug)]
pub(crate) struct ClassRef {
    pub(crate) id: String,
    pub(crate) code: String,
}

impl ClassRef {
    /// Where everything about the class lives; `rest` begins with a slash or is empty.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/api/admin/classes/{}{rest}", self.id)
    }
}

impl Api {
    pub(crate) async fn classes(&self) -> Result<Answer<Vec<ClassSummary>>, Failure> {
        all_pages(self, "/api/admin/classes", "classes").await
    }

    /// The class with this code, in capitals or not, or with this id.
    pub(crate) async fn find_class(&self, wanted: &str) -> Result<ClassRef, Failure> {
        if wanted.starts_with("cls_") {
            let id = segment(wanted)?;
            return Ok(ClassRef { id: id.to_owned(), code: id.to_owned() });
        }
        let classes = self.classes().await?.value;
        match classes.into_iter().find(|class| class.code.eq_ignore_ascii_case(wanted.trim())) {
            Some(class) => Ok(ClassRef { id: segment(&class.id)?.to_owned(), code: class.code }),
            None => Err(Failure::NotFound(format!(
                "you have no class with the code “{wanted}”; `brihaspati class list` shows which you have"
            ))),
        }
    }
}
