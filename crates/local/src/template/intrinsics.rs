//! CloudFormation's functions, parameters, conditions and dynamic references, resolved to what stands locally.

use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde_json::{Map, Value};

use super::parameters;

/// Looks a secret up as Secrets Manager would: by its name and, in a JSON secret, the key.
pub type SecretLookup<'a> = dyn Fn(&str, Option<&str>) -> Option<String> + 'a;

pub(crate) const REGION: &str = "eu-west-1";
pub(crate) const ACCOUNT: &str = "000000000000";
const STACK: &str = "brihaspati-local";

/// What names in the template stand for.
pub(super) struct Scope<'a> {
    parameters: BTreeMap<String, Value>,
    conditions: Map<String, Value>,
    resources: Map<String, Value>,
    secrets: &'a SecretLookup<'a>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(
        template: &Value,
        given: &BTreeMap<String, String>,
        secrets: &'a SecretLookup<'a>,
    ) -> Result<Self> {
        let section = |name: &str| template[name].as_object().cloned().unwrap_or_default();
        let parameters = parameters::values(&section("Parameters"), given)?;
        let scope = Self { parameters, conditions: section("Conditions"), resources: section("Resources"), secrets };
        for (name, rule) in &section("Rules") {
            scope.keep(rule).with_context(|| format!("rule {name}"))?;
        }
        Ok(scope)
    }

    /// What the parameters' values must be together.
    fn keep(&self, rule: &Value) -> Result<()> {
        if let Some(condition) = rule.get("RuleCondition")
            && !self.holds(condition)?
        {
            return Ok(());
        }
        for assertion in rule["Assertions"].as_array().context("it has no Assertions")? {
            let description = assertion["AssertDescription"].as_str().unwrap_or("it does not hold");
            ensure!(self.holds(&assertion["Assert"])?, "{description}");
        }
        Ok(())
    }

    /// The value with every function in it replaced by its result.
    pub(super) fn resolve(&self, value: &Value) -> Result<Value> {
        Ok(match value {
            Value::Object(entries) => match single(entries) {
                Some((name, argument)) if name == "Ref" || name.starts_with("Fn::") => self.call(name, argument)?,
                _ => self.resolve_entries(entries)?,
            },
            Value::Array(items) => Value::Array(items.iter().map(|item| self.resolve(item)).collect::<Result<_>>()?),
            Value::String(text) => Value::String(self.dynamic(text)?),
            plain => plain.clone(),
        })
    }

    /// A property whose value is `AWS::NoValue` is not there.
    fn resolve_entries(&self, entries: &Map<String, Value>) -> Result<Value> {
        let resolved = entries.iter().map(|(key, value)| Ok((key.clone(), self.resolve(value)?)));
        let mut resolved: Map<String, Value> = resolved.collect::<Result<_>>()?;
        resolved.retain(|_, value| !value.is_null());
        Ok(Value::Object(resolved))
    }

    fn call(&self, name: &str, argument: &Value) -> Result<Value> {
        match (name, argument) {
            ("Ref", Value::String(target)) => self.reference(target),
            ("Fn::GetAtt", Value::Array(path)) => match path.as_slice() {
                [Value::String(resource), Value::String(attribute)] => {
                    self.attribute(resource, attribute).map(Value::from)
                }
                _ => bail!("Fn::GetAtt takes a resource and an attribute"),
            },
            ("Fn::Sub", Value::String(text)) => {
                let text = self.substitute(text)?;
                Ok(Value::String(self.dynamic(&text)?))
            }
            ("Fn::If", Value::Array(parts)) => match parts.as_slice() {
                [Value::String(condition), then, otherwise] => {
                    self.resolve(if self.condition(condition)? { then } else { otherwise })
                }
                _ => bail!("Fn::If takes a condition and two values"),
            },
            _ => bail!("{name} in this form is not played locally"),
        }
    }

    fn reference(&self, name: &str) -> Result<Value> {
        if let Some(value) = self.parameters.get(name) {
            return Ok(value.clone());
        }
        if name == "AWS::NoValue" {
            return Ok(Value::Null);
        }
        if let Some(value) = pseudo(name) {
            return Ok(value.into());
        }
        let resource = self.resources.get(name).ok_or_else(|| anyhow!("nothing is called {name}"))?;
        match resource["Type"].as_str() {
            Some("AWS::Events::EventBus") => self.resolve(&resource["Properties"]["Name"]),
            Some("AWS::SQS::Queue") => Ok(queue_url(name).into()),
            _ => Ok(name.into()),
        }
    }

    fn attribute(&self, resource: &str, attribute: &str) -> Result<String> {
        ensure!(self.resources.contains_key(resource), "nothing is called {resource}");
        ensure!(attribute == "Arn", "{resource}.{attribute} is not played locally");
        Ok(arn(resource))
    }

    fn condition(&self, name: &str) -> Result<bool> {
        let expression = self.conditions.get(name).ok_or_else(|| anyhow!("no condition is called {name}"))?;
        self.holds(expression)
    }

    fn holds(&self, expression: &Value) -> Result<bool> {
        let call = expression.as_object().and_then(single);
        match call {
            Some(("Condition", Value::String(name))) => self.condition(name),
            Some(("Fn::Equals", Value::Array(sides))) if sides.len() == 2 => {
                Ok(self.resolve(&sides[0])? == self.resolve(&sides[1])?)
            }
            Some(("Fn::Not", Value::Array(inner))) if inner.len() == 1 => Ok(!self.holds(&inner[0])?),
            Some(("Fn::And", Value::Array(inner))) => {
                inner.iter().try_fold(true, |all, one| Ok(all & self.holds(one)?))
            }
            _ => bail!("the condition {expression} is not played locally"),
        }
    }

    /// `${Parameter}`, `${Resource}` and `${Resource.Arn}`.
    fn substitute(&self, text: &str) -> Result<String> {
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}').with_context(|| format!("no closing brace in {text:?}"))?;
            result.push_str(before);
            let value = match name.split_once('.') {
                Some((resource, attribute)) => Value::from(self.attribute(resource, attribute)?),
                None => self.reference(name)?,
            };
            match value {
                Value::String(text) => result.push_str(&text),
                other => result.push_str(&other.to_string()),
            }
            rest = after;
        }
        result.push_str(rest);
        Ok(result)
    }

    /// `{{resolve:secretsmanager:NAME:SecretString:KEY}}`, which CloudFormation replaces at deployment.
    fn dynamic(&self, text: &str) -> Result<String> {
        let Some(reference) = text.strip_prefix("{{resolve:").and_then(|rest| rest.strip_suffix("}}")) else {
            ensure!(!text.contains("{{resolve:"), "a dynamic reference must be the whole value: {text}");
            return Ok(text.to_owned());
        };
        let parts: Vec<&str> = reference.split(':').collect();
        let (name, key) = match parts.as_slice() {
            ["secretsmanager", name] | ["secretsmanager", name, "SecretString"] => (*name, None),
            ["secretsmanager", name, "SecretString", key] => (*name, Some(*key)),
            _ => bail!("the dynamic reference {reference} is not played locally"),
        };
        (self.secrets)(name, key).with_context(|| format!("there is no local secret for {reference}"))
    }
}

/// The name by which local things find each other; the last part is the resource's logical id.
pub(crate) fn arn(resource: &str) -> String {
    format!("arn:aws:local:{REGION}:{ACCOUNT}:{resource}")
}

/// What AWS gives as a queue's name to its clients. They send it to the endpoint that is configured, never to this host.
pub(crate) fn queue_url(queue: &str) -> String {
    format!("http://sqs.{REGION}.localhost/{ACCOUNT}/{queue}")
}

/// The logical id in an ARN made by [`arn`].
pub(super) fn resource_of(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or(arn)
}

fn pseudo(name: &str) -> Option<&'static str> {
    Some(match name {
        "AWS::Region" => REGION,
        "AWS::AccountId" => ACCOUNT,
        "AWS::StackName" => STACK,
        "AWS::Partition" => "aws",
        "AWS::URLSuffix" => "amazonaws.com",
        _ => return None,
    })
}

fn single(entries: &Map<String, Value>) -> Option<(&str, &Value)> {
    let mut entries = entries.iter();
    match (entries.next(), entries.next()) {
        (Some((name, value)), None) => Some((name, value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn resolve(value: &Value) -> Result<Value> {
        let template = json!({
            "Parameters": {"Stage": {"Default": "dev"}, "Token": {"Default": ""}},
            "Conditions": {"HasToken": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Token"}, ""]}]}},
            "Resources": {"Table": {"Type": "AWS::DynamoDB::Table"}, "Work": {"Type": "AWS::SQS::Queue"}},
        });
        let secrets =
            |name: &str, key: Option<&str>| (name == "dev/keys").then(|| format!("secret {}", key.unwrap_or("-")));
        Scope::new(&template, &BTreeMap::new(), &secrets)?.resolve(value)
    }

    #[test]
    fn parameters_resources_and_attributes_are_substituted() {
        let value = resolve(&json!({"Fn::Sub": "${Stage}/${Table}/${Table.Arn}/index"})).unwrap();
        assert_eq!(value, "dev/Table/arn:aws:local:eu-west-1:000000000000:Table/index");
    }

    #[test]
    fn a_queue_is_referred_to_by_its_url() {
        assert_eq!(resolve(&json!({"Ref": "Work"})).unwrap(), queue_url("Work"));
        assert_eq!(resolve(&json!({"Fn::GetAtt": ["Work", "Arn"]})).unwrap(), arn("Work"));
    }

    #[test]
    fn a_secret_is_found_through_its_reference() {
        let value = resolve(&json!({"Fn::Sub": "{{resolve:secretsmanager:${Stage}/keys:SecretString:a}}"})).unwrap();
        assert_eq!(value, "secret a");
    }

    #[test]
    fn only_the_chosen_branch_of_an_if_is_resolved() {
        let value = json!({"Fn::If": ["HasToken", {"Fn::Sub": "{{resolve:secretsmanager:absent}}"}, "none"]});
        assert_eq!(resolve(&value).unwrap(), "none");
    }

    #[test]
    fn a_property_without_a_value_is_not_there() {
        let value = json!({"a": {"Fn::If": ["HasToken", 1, {"Ref": "AWS::NoValue"}]}, "b": 2});
        assert_eq!(resolve(&value).unwrap(), json!({"b": 2}));
    }

    #[test]
    fn what_is_unknown_is_named() {
        for (value, named) in [(json!({"Ref": "Absent"}), "Absent"), (json!({"Fn::Join": []}), "Fn::Join")] {
            let error = resolve(&value).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }
}
