//! The receipt of a class that was deleted: what there was, and nobody's name.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::environment::Environment;
use super::ids::{ClassId, InstructorId};

/// How many items of each kind there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeletedCounts {
    pub members: usize,
    pub environments: usize,
    pub labs: usize,
    pub lab_versions: usize,
    pub messages: usize,
    pub events: usize,
    pub join_links: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeletedMachines {
    /// Machines that the class ever had.
    pub total: usize,
    /// Those that their provider answered about: they do not exist.
    pub verified_absent: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClassDeletion {
    #[schema(value_type = String)]
    pub class_id: ClassId,
    pub code: String,
    pub title: String,
    /// By id: who may still read this receipt.
    #[schema(value_type = Vec<String>)]
    pub instructors: BTreeSet<InstructorId>,
    pub deleted_by: String,
    pub begun_at: Timestamp,
    /// `null` while it goes on: delete again to go on where it was.
    pub deleted_at: Option<Timestamp>,
    pub counts: DeletedCounts,
    pub machines: DeletedMachines,
    /// The table was asked again, and has nothing of the class any more.
    pub verified_absent: bool,
}

impl DeletedMachines {
    pub fn of(environments: &[Environment]) -> Self {
        let total = environments.iter().map(|environment| environment.past_resources.len()).sum();
        // A resource is only ever written with the proof of its absence.
        Self { total, verified_absent: total }
    }
}
