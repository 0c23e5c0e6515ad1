//! `lab.yaml`: what the lab is and where it may run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::checks::{self, CheckSettings, CheckSpec};
use crate::file::LabFile;
use crate::limits::LabLimits;
use crate::placement::Placement;

/// What a lab of Brihaspati is and where it may run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LabManifest {
    /// What trainees see in the list of labs, 1 to 80 characters.
    #[validate(length(min = 1, max = 80), custom(function = "plain_text"))]
    pub title: String,
    /// What a trainee does and learns, 1 to 300 characters, shown in the list of labs.
    #[validate(length(min = 1, max = 300), custom(function = "plain_paragraph"))]
    pub summary: String,
    /// Time to live of an environment in minutes, from the start of its machine, 5 to 480. Be generous: the machine
    /// disappears at the end of them, work and all.
    #[validate(range(min = 5, max = 480))]
    pub minutes: u32,
    /// Where the machine may be made, 1 to 6 places in order of preference. When one has no capacity the next is tried:
    /// list at least one of each provider.
    #[validate(length(min = 1, max = 6), nested)]
    pub placements: Vec<Placement>,
    /// Web apps of the lab, at most 8, shown beside the terminal.
    #[serde(default)]
    #[validate(length(max = 8), nested)]
    pub tabs: Vec<Tab>,
    /// When and for how long `checks/*.sh` run, and what trainees call them.
    #[serde(default)]
    #[validate(nested)]
    pub checks: CheckSettings,
    /// What one trainee may take of this lab.
    #[serde(default)]
    #[validate(nested)]
    pub limits: LabLimits,
}

impl LabManifest {
    /// The lab's checks in the order of the tasks: the scripts `checks/*.sh` among `files`, with their titles.
    pub fn check_list(&self, files: &[LabFile]) -> Vec<CheckSpec> {
        checks::list(&self.checks, files.iter().map(|file| file.path.as_str()))
    }
}

/// A web app of the lab, shown beside the terminal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tab {
    /// The tab's name in addresses: 1 to 20 lower-case letters, digits and hyphens, once in a lab.
    #[validate(length(min = 1, max = 20), custom(function = "plain_name"))]
    #[schemars(regex(pattern = r"^[a-z0-9-]+$"))]
    pub name: String,
    /// What trainees read on the tab, 1 to 40 characters.
    #[validate(length(min = 1, max = 40), custom(function = "plain_text"))]
    pub title: String,
    /// Where the app listens on the machine's own loopback.
    #[validate(range(min = 1024, max = 65535))]
    pub port: u16,
}

fn plain_name(name: &str) -> Result<(), ValidationError> {
    if name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        Ok(())
    } else {
        Err(ValidationError::new("name").with_message("must be lower-case letters, digits and hyphens".into()))
    }
}

pub(crate) const PLAIN_TEXT: &str = "must be text without line breaks and control characters";

/// Titles go into lists, terminals and tables as they are.
pub(crate) fn plain_text(text: &str) -> Result<(), ValidationError> {
    let blank = !text.is_empty() && text.trim().is_empty();
    if blank || text.chars().any(char::is_control) {
        Err(ValidationError::new("plain_text").with_message(PLAIN_TEXT.into()))
    } else {
        Ok(())
    }
}

/// A folded text (`>`) ends in a line break that its author does not see.
fn plain_paragraph(text: &str) -> Result<(), ValidationError> {
    plain_text(text.strip_suffix('\n').unwrap_or(text))
}
