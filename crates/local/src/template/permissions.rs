//! What a function's policy allows, so that a permission that was forgotten is missed here and not in production.

use serde::Deserialize;

/// The inline statements of a function.
#[derive(Clone, Debug, Default)]
pub struct Permissions(Vec<Statement>);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Policy {
    #[serde(rename = "Version")]
    _version: String,
    statement: Vec<Statement>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Statement {
    effect: Effect,
    action: Vec<String>,
    resource: OneOrMany,
    #[serde(default)]
    condition: Condition,
}

#[derive(Clone, Copy, Debug, Deserialize)]
enum Effect {
    Allow,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// The one condition that our policies have: which partition keys the items of a call may have.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html>
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Condition {
    #[serde(rename = "ForAllValues:StringLike")]
    all_like: Option<LeadingKeys>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LeadingKeys {
    #[serde(rename = "dynamodb:LeadingKeys")]
    patterns: Vec<String>,
}

/// What a caller wants to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// `dynamodb:GetItem`
    pub action: String,
    pub resource: String,
    /// The partition keys of the items that it is about.
    pub leading_keys: Vec<String>,
}

impl OneOrMany {
    fn contains(&self, name: &str) -> bool {
        match self {
            Self::One(only) => only == name,
            Self::Many(names) => names.iter().any(|one| one == name),
        }
    }
}

impl Condition {
    fn holds(&self, leading_keys: &[String]) -> bool {
        let Some(LeadingKeys { patterns }) = &self.all_like else { return true };
        leading_keys.iter().all(|key| patterns.iter().any(|pattern| is_like(pattern, key)))
    }
}

/// A name, or the beginning of names with an asterisk behind it.
fn is_like(pattern: &str, key: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == key, |beginning| key.starts_with(beginning))
}

impl Permissions {
    pub(super) fn new(policies: Vec<Policy>) -> Self {
        Self(policies.into_iter().flat_map(|policy| policy.statement).collect())
    }

    /// Whether one statement allows all of it. Our policies name actions and resources in full, without wildcards.
    pub(crate) fn allow(&self, wanted: &Wanted) -> bool {
        self.0.iter().any(|Statement { effect: Effect::Allow, action, resource, condition }| {
            action.contains(&wanted.action)
                && resource.contains(&wanted.resource)
                && condition.holds(&wanted.leading_keys)
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn allow(keys: &[&str]) -> bool {
        let condition = json!({"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["CLASS#*", "CLASSES"]}});
        let statement = json!({"Effect": "Allow", "Action": ["a"], "Resource": "r", "Condition": condition});
        let policy = serde_json::from_value(json!({"Version": "2012-10-17", "Statement": [statement]})).unwrap();
        let leading_keys = keys.iter().map(|key| (*key).to_owned()).collect();
        let wanted = Wanted { action: "a".into(), resource: "r".into(), leading_keys };
        Permissions::new(vec![policy]).allow(&wanted)
    }

    #[test]
    fn every_key_of_a_call_must_be_one_of_those_that_the_condition_lists() {
        assert!(allow(&["CLASS#cls_1"]) && allow(&["CLASSES"]) && allow(&["CLASS#cls_1", "CLASSES"]));
        assert!(!allow(&["MEMBER#mem_1"]) && !allow(&["CLASS#cls_1", "MEMBER#mem_1"]) && !allow(&["CLASSES#"]));
    }

    #[test]
    fn a_condition_that_is_not_played_is_refused() {
        let condition = json!({"StringEquals": {"dynamodb:Select": "COUNT"}});
        assert!(serde_json::from_value::<Condition>(condition).is_err());
    }
}
