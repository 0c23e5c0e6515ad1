//! The files of a lab, as they travel.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// All files of a lab together, decoded, in bytes. They are kept as one item of the table, in base64 and with their
/// paths, and an item has at most 400 KB (DynamoDB).
pub const MAX_LAB_BYTES: usize = 280_000;
pub const MAX_LAB_FILES: usize = 300;

/// One file of a lab; `content` is base64.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LabFile {
    /// Relative, with `/` between its parts.
    pub path: String,
    #[serde(default)]
    pub executable: bool,
    pub content: String,
}

impl LabFile {
    pub fn new(path: impl Into<String>, executable: bool, content: &[u8]) -> Self {
        Self { path: path.into(), executable, content: STANDARD.encode(content) }
    }

    /// The file's bytes; `None` where `content` is not base64.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        STANDARD.decode(&self.content).ok()
    }
}

/// The text of `guide.md`.
pub fn guide_of(files: &[LabFile]) -> Option<String> {
    let file = files.iter().find(|file| file.path == "guide.md")?;
    String::from_utf8(file.bytes()?).ok()
}
