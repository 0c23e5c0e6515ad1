//! A lab of a class, in its current version. What a lab is made of, and how it is checked, is `brihaspati_lab`'s.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ids::{ClassId, LabSlug};

pub use brihaspati_lab::{
    CheckSettings, CheckSpec, LabFile, LabFolder, LabLimits, LabManifest, LabProblem, Tab, guide_of,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lab {
    pub class_id: ClassId,
    pub slug: LabSlug,
    /// The SHA-256 of the files, shortened: the same folder has the same version, however often it is pushed.
    pub version: String,
    pub manifest: LabManifest,
    pub checks: Vec<CheckSpec>,
    pub pushed_at: Timestamp,
    /// By name.
    pub pushed_by: String,
    pub settings: LabSettings,
    /// Counts the writes; an edit names the revision it read. 0: never written.
    pub revision: u64,
}

/// What a class's instructors decide about a lab of theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabSettings {
    /// Labs are listed by it, those of the same position by their name.
    pub position: u32,
    /// Trainees see nothing of it.
    pub hidden: bool,
    /// How often one trainee may start it, if not as often as the lab itself says.
    pub starts_per_trainee: Option<u32>,
}

impl Lab {
    /// How often one trainee may start it, if not as often as they like.
    pub fn most_starts(&self) -> Option<u32> {
        self.settings.starts_per_trainee.into_iter().chain(self.manifest.limits.starts).min()
    }
}
