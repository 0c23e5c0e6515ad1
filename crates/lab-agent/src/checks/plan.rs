//! Which checks a lab has, as its bundle says.

use std::collections::HashSet;
use std::time::Duration;

use serde::Deserialize;

const MOST_CHECKS: usize = 40;
const LONGEST_NAME: usize = 100;
const LONGEST_TITLE: usize = 200;
/// Where the bundle does not say otherwise.
const USUAL_LIMIT_SECS: u64 = 10;
const LONGEST_LIMIT_SECS: u64 = 600;

/// The checks as they were sent.
#[derive(Debug, Deserialize)]
pub(crate) struct SentPlan {
    every_secs: Option<u64>,
    limit_secs: Option<u64>,
    items: Vec<Check>,
}

/// One check: `checks/NAME.sh`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Check {
    pub(crate) name: String,
    pub(crate) title: String,
}

/// Acceptable checks.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// How often all of them run by themselves.
    pub(super) every: Option<Duration>,
    /// How long one may take.
    pub(super) limit: Duration,
    pub(super) checks: Vec<Check>,
}

impl Plan {
    /// A lab without checks.
    pub(crate) fn none() -> Self {
        Self { every: None, limit: Duration::from_secs(USUAL_LIMIT_SECS), checks: Vec::new() }
    }
}

impl SentPlan {
    /// None when a name could lead elsewhere, or a number is beyond all measure.
    pub(crate) fn accept(self) -> Option<Plan> {
        let mut names = HashSet::new();
        let limit = self.limit_secs.unwrap_or(USUAL_LIMIT_SECS);
        let sound = self.items.len() <= MOST_CHECKS
            && (1..=LONGEST_LIMIT_SECS).contains(&limit)
            && self.every_secs != Some(0)
            && self.items.iter().all(|check| check.is_sound() && names.insert(&check.name));
        let every = self.every_secs.map(Duration::from_secs);
        sound.then_some(Plan { every, limit: Duration::from_secs(limit), checks: self.items })
    }
}

impl Check {
    fn is_sound(&self) -> bool {
        (1..=LONGEST_NAME).contains(&self.name.len())
            && self.title.len() <= LONGEST_TITLE
            && !self.name.starts_with('.')
            && !self.name.contains(|character: char| character.is_control() || matches!(character, '/' | '\\'))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn accepted(sent: Value) -> Option<Plan> {
        serde_json::from_value::<SentPlan>(sent).unwrap().accept()
    }

    #[test]
    fn what_is_not_said_is_as_usual() {
        let plan = accepted(json!({"items": [{"name": "1-a", "title": "A", "weight": 3}]})).unwrap();
        assert_eq!((plan.every, plan.limit), (None, Duration::from_secs(10)));
    }

    #[test]
    fn a_check_lies_in_its_folder_and_has_a_name_of_its_own() {
        for names in [vec!["../setup"], vec![""], vec!["a/b"], vec![".hidden"], vec!["a\nb"], vec!["a", "a"]] {
            let items: Vec<Value> = names.iter().map(|name| json!({"name": name, "title": "A"})).collect();
            assert!(accepted(json!({"items": items})).is_none(), "{names:?}");
        }
    }

    #[test]
    fn numbers_beyond_measure_are_not_accepted() {
        assert!(accepted(json!({"every_secs": 0, "items": []})).is_none());
        assert!(accepted(json!({"limit_secs": 0, "items": []})).is_none());
        let many: Vec<Value> = (0..41).map(|number| json!({"name": number.to_string(), "title": ""})).collect();
        assert!(accepted(json!({"items": many})).is_none());
    }
}
