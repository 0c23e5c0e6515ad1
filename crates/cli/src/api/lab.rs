//! A class's labs.

use jiff::Timestamp;
use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct AdminLab {
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) minutes: u32,
    pub(crate) version: String,
    pub(crate) pushed_at: Timestamp,
    #[serde(default)]
    pub(crate) position: u32,
    #[serde(default)]
    pub(crate) hidden: bool,
    #[serde(default)]
    pub(crate) starts_per_trainee: Option<u32>,
    #[serde(default)]
    pub(crate) check_count: u32,
    #[serde(default)]
    pub(crate) old_running: u32,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct LabDetail {
    #[serde(flatten)]
    pub(crate) lab: AdminLab,
    #[serde(default)]
    pub(crate) versions: Vec<LabVersion>,
    #[serde(default)]
    pub(crate) files: Vec<LabEntry>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct LabVersion {
    pub(crate) version: String,
    pub(crate) pushed_at: Timestamp,
    #[serde(default)]
    pub(crate) current: bool,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct LabEntry {
    pub(crate) path: String,
    pub(crate) bytes: u64,
    #[serde(default)]
    pub(crate) executable: bool,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Pushed {
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) version: String,
    #[serde(default)]
    pub(crate) unchanged: bool,
}
