//! EventBridge event patterns: exact values, `prefix`, `suffix`, `exists` and `anything-but`.
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html>

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// A pattern that was checked when it was read.
#[derive(Debug)]
pub(crate) struct Pattern(Vec<(String, Node)>);

#[derive(Debug)]
enum Node {
    Fields(Pattern),
    AnyOf(Vec<Matcher>),
}

#[derive(Debug)]
enum Matcher {
    Exactly(Value),
    Prefix(String),
    Suffix(String),
    Exists(bool),
    AnythingBut(Vec<Value>),
}

impl Pattern {
    pub(crate) fn parse(pattern: &Value) -> Result<Self> {
        let fields = pattern.as_object().context("an event pattern must be an object")?;
        ensure!(!fields.is_empty(), "an event pattern must name at least one field");
        let parsed = fields.iter().map(|(name, node)| {
            let node = match node {
                Value::Array(options) if !options.is_empty() => {
                    Node::AnyOf(options.iter().map(Matcher::parse).collect::<Result<_>>()?)
                }
                Value::Object(_) => Node::Fields(Self::parse(node)?),
                other => bail!("event pattern: {name} must be a list or an object, not {other}"),
            };
            Ok((name.clone(), node))
        });
        Ok(Self(parsed.collect::<Result<_>>()?))
    }

    /// Whether every field of the pattern fits the event; fields that the pattern does not name are free.
    pub(crate) fn matches(&self, event: &Value) -> bool {
        self.0.iter().all(|(name, node)| {
            let value = event.get(name);
            match node {
                Node::Fields(pattern) => pattern.matches(value.unwrap_or(&Value::Null)),
                // A list in the event fits where one of its values does.
                Node::AnyOf(options) => options.iter().any(|option| match value {
                    Some(Value::Array(values)) => values.iter().any(|value| option.fits(Some(value))),
                    value => option.fits(value),
                }),
            }
        })
    }
}

impl Matcher {
    fn parse(value: &Value) -> Result<Self> {
        let Value::Object(filter) = value else {
            return Ok(Self::Exactly(value.clone()));
        };
        let mut entries = filter.iter();
        let (Some((name, argument)), None) = (entries.next(), entries.next()) else {
            bail!("event pattern: {value} must have one key");
        };
        Ok(match (name.as_str(), argument) {
            ("prefix", Value::String(text)) => Self::Prefix(text.clone()),
            ("suffix", Value::String(text)) => Self::Suffix(text.clone()),
            ("exists", Value::Bool(wanted)) => Self::Exists(*wanted),
            ("anything-but", Value::Array(values)) => Self::AnythingBut(values.clone()),
            ("anything-but", value @ (Value::String(_) | Value::Number(_))) => Self::AnythingBut(vec![value.clone()]),
            _ => bail!("event pattern: the filter {value} is not played locally"),
        })
    }

    fn fits(&self, value: Option<&Value>) -> bool {
        let text = value.and_then(Value::as_str);
        match self {
            Self::Exactly(wanted) => value == Some(wanted),
            Self::Prefix(prefix) => text.is_some_and(|text| text.starts_with(prefix)),
            Self::Suffix(suffix) => text.is_some_and(|text| text.ends_with(suffix)),
            Self::Exists(wanted) => value.is_some() == *wanted,
            Self::AnythingBut(unwanted) => value.is_some_and(|value| !unwanted.contains(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn matches(pattern: &Value) -> bool {
        let event = json!({
            "source": "brihaspati",
            "detail": {"needs": "provision", "revision": 3, "tags": ["a", "b"]},
        });
        Pattern::parse(pattern).unwrap().matches(&event)
    }

    #[test]
    fn every_named_field_has_to_fit() {
        assert!(matches(&json!({"source": ["brihaspati"], "detail": {"needs": ["provision"]}})));
        assert!(!matches(&json!({"source": ["brihaspati"], "detail": {"needs": ["nothing"]}})));
        assert!(!matches(&json!({"detail-type": ["EnvironmentChanged"]})));
    }

    #[test]
    fn one_of_the_listed_values_is_enough() {
        assert!(matches(&json!({"source": ["other", "brihaspati"]})));
        assert!(matches(&json!({"detail": {"tags": ["b", "c"]}})));
        assert!(!matches(&json!({"detail": {"revision": ["3"]}})));
    }

    #[test]
    fn filters_are_understood() {
        assert!(matches(&json!({"source": [{"prefix": "bri"}]})));
        assert!(matches(&json!({"source": [{"suffix": "pati"}]})));
        assert!(matches(&json!({"source": [{"anything-but": ["aws.ec2"]}]})));
        assert!(!matches(&json!({"source": [{"anything-but": "brihaspati"}]})));
        assert!(matches(&json!({"detail": {"absent": [{"exists": false}]}})));
        assert!(!matches(&json!({"detail": {"needs": [{"exists": false}]}})));
    }

    #[test]
    fn a_pattern_that_is_not_understood_is_refused() {
        for pattern in [json!({}), json!({"source": "text"}), json!({"source": [{"numeric": [">", 1]}]})] {
            assert!(Pattern::parse(&pattern).is_err(), "{pattern}");
        }
    }
}
