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

impl OneOrMany {
    fn contains(&self, name: &str) -> bool {
        match self {
            Self::One(only) => only == name,
            Self::Many(names) => names.iter().any(|one| one == name),
        }
    }
}

impl Permissions {
    pub(super) fn new(policies: Vec<Policy>) -> Self {
        Self(policies.into_iter().flat_map(|policy| policy.statement).collect())
    }

    /// Whether `action` (`dynamodb:GetItem`) is allowed on exactly this ARN. There are no wildcards in our policies.
    pub fn allow(&self, action: &str, arn: &str) -> bool {
        self.0.iter().any(|Statement { effect: Effect::Allow, action: actions, resource }| {
            actions.iter().any(|one| one == action) && resource.contains(arn)
        })
    }
}
