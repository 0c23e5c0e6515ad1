//! `checks/*.sh`: what they are called, in which order they come and when they run.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// A page of tasks, and a minute of checking at the most usual pace.
pub const MAX_CHECKS: usize = 40;

/// When and for how long the lab's checks run, and what trainees call them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckSettings {
    /// Every how many minutes all checks run by themselves, 1 to 60. Without it: only when the trainee asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = 60))]
    pub every: Option<u32>,
    /// How many seconds one check may take, 1 to 60.
    #[serde(default = "default_limit")]
    #[validate(range(min = 1, max = 60))]
    pub limit: u32,
    /// What trainees read, 1 to 80 characters, by the check's file name without `.sh`. A check without a title here is
    /// called after its file: `2-sql-injection` becomes "Sql injection".
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[validate(length(max = 40))]
    #[schemars(extend("maxProperties" = 40, "additionalProperties" = { "type": "string", "minLength": 1, "maxLength": 80 }))]
    pub titles: BTreeMap<String, String>,
}

fn default_limit() -> u32 {
    10
}

impl Default for CheckSettings {
    fn default() -> Self {
        Self { every: None, limit: default_limit(), titles: BTreeMap::new() }
    }
}

/// One check of a lab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckSpec {
    /// The script's file name without `.sh`.
    pub name: String,
    pub title: String,
}

/// The name of the check that a script of this path is.
pub(crate) fn name_of(path: &str) -> Option<&str> {
    path.strip_prefix("checks/")?.strip_suffix(".sh")
}

/// The checks among `paths` in the order of the tasks: by their leading number, then by name.
pub(crate) fn list<'a>(settings: &CheckSettings, paths: impl Iterator<Item = &'a str>) -> Vec<CheckSpec> {
    let mut names: Vec<&str> = paths.filter_map(name_of).collect();
    names.sort_by_key(|name| (number_of(name), *name));
    let title = |name: &str| settings.titles.get(name).cloned().unwrap_or_else(|| title_from(name));
    names.into_iter().map(|name| CheckSpec { name: name.to_owned(), title: title(name) }).collect()
}

/// So that `10-…` comes after `9-…`; what has no number comes last.
fn number_of(name: &str) -> u64 {
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    name[..digits].parse().unwrap_or(u64::MAX)
}

/// `2-sql-injection` as people would write it.
fn title_from(name: &str) -> String {
    let words = name.trim_start_matches(|c: char| c.is_ascii_digit()).replace(['-', '_', '.'], " ");
    let mut letters = words.trim().chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => format!("Check {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(paths: &[&str], settings: &CheckSettings) -> Vec<(String, String)> {
        list(settings, paths.iter().copied()).into_iter().map(|check| (check.name, check.title)).collect()
    }

    #[test]
    fn checks_come_in_the_order_of_their_numbers() {
        let paths = ["checks/10-end.sh", "checks/2-middle.sh", "setup.sh", "checks/final.sh", "checks/1-begin.sh"];
        let names: Vec<String> = titles(&paths, &CheckSettings::default()).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["1-begin", "2-middle", "10-end", "final"]);
    }

    #[test]
    fn a_check_is_called_what_the_lab_says_or_after_its_file() {
        let settings = CheckSettings {
            titles: BTreeMap::from([("1-findings".to_owned(), "Find the leaked secrets".to_owned())]),
            ..CheckSettings::default()
        };
        let found = titles(&["checks/1-findings.sh", "checks/2-sql-injection.sh", "checks/3.sh"], &settings);
        let found: Vec<&str> = found.iter().map(|(_, title)| title.as_str()).collect();
        assert_eq!(found, ["Find the leaked secrets", "Sql injection", "Check 3"]);
    }
}
