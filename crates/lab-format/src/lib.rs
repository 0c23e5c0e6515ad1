//! Labs as code: a folder with `lab.yaml`, `guide.md`, `setup.sh`, `files/` and `checks/`, as its author wrote it.
//!
//! [`Gathered`] takes a lab out of a folder or an archive, [`LabFolder`] checks it and says everything that is wrong with
//! it, each [`LabProblem`] with its place and its fix.

mod archive;
mod checks;
mod disk;
mod field_path;
mod file;
mod folder;
mod gathered;
mod guide;
mod limits;
mod manifest;
mod path;
mod placement;
mod problem;
mod schema;
mod scripts;
mod slug;
mod yaml;

pub use checks::{CheckSettings, CheckSpec, MAX_CHECKS};
pub use file::{LabFile, MAX_LAB_BYTES, MAX_LAB_FILES, guide_of};
pub use folder::{Examined, LabFolder};
pub use gathered::Gathered;
pub use limits::LabLimits;
pub use manifest::{LabManifest, Tab};
pub use placement::{Placement, ProviderKind};
pub use problem::{LabProblem, Severity};
pub use schema::lab_schema;
pub use slug::{InvalidSlug, LabSlug};
