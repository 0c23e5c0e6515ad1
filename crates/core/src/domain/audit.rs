//! The record of what was done to a class: who, what, and what changed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::ids::{EventId, InstructorId};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ActorKind {
    Operator,
    Instructor,
    Trainee,
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Actor {
    pub kind: ActorKind,
    /// `null` for the operator, who is known by a token alone.
    pub id: Option<String>,
    pub name: String,
}

impl Actor {
    pub fn operator() -> Self {
        Self { kind: ActorKind::Operator, id: None, name: "Operator".to_owned() }
    }

    pub fn instructor(id: &InstructorId, name: &str) -> Self {
        Self { kind: ActorKind::Instructor, id: Some(id.to_string()), name: name.to_owned() }
    }
}

/// One field, before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldChange {
    pub field: String,
    pub from: Option<String>,
    pub to: Option<String>,
}

/// One thing that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditEvent {
    #[schema(value_type = String)]
    pub id: EventId,
    pub at: Timestamp,
    pub actor: Actor,
    /// Such as `class.edited`, `member.suspended`, `environments.stopped`.
    pub action: String,
    /// What it was done to, in words or by id.
    pub target: Option<String>,
    pub changes: Vec<FieldChange>,
    pub trace_id: String,
}

/// The fields in which two values differ, by name. Values are shown as text; what is longer than a line is cut.
pub fn changes<T: Serialize>(before: &T, after: &T) -> Vec<FieldChange> {
    let (Ok(Value::Object(before)), Ok(Value::Object(after))) =
        (serde_json::to_value(before), serde_json::to_value(after))
    else {
        return Vec::new();
    };
    let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let differing = names.into_iter().filter(|name| before.get(*name) != after.get(*name));
    differing
        .map(|name| FieldChange {
            field: name.clone(),
            from: before.get(name).and_then(shown),
            to: after.get(name).and_then(shown),
        })
        .collect()
}

fn shown(value: &Value) -> Option<String> {
    const LONGEST: usize = 200;
    let text = match value {
        Value::Null => return None,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Some(text.chars().take(LONGEST).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_differs_is_told() {
        let told =
            changes(&json!({"title": "A", "seats": 3, "gone": 1}), &json!({"title": "B", "seats": 3, "new": null}));
        let told: Vec<_> = told.iter().map(|c| (c.field.as_str(), c.from.as_deref(), c.to.as_deref())).collect();
        assert_eq!(told, [("gone", Some("1"), None), ("new", None, None), ("title", Some("A"), Some("B"))]);
    }
}
