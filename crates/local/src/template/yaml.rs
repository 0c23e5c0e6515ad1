//! YAML with CloudFormation's short tags, as JSON with the long forms: `!Ref X` becomes `{"Ref": "X"}`.

use anyhow::{Context, Result, bail};
use saphyr::{LoadableYamlNode, ScalarOwned, YamlOwned};
use serde_json::{Map, Value, json};

pub(super) fn parse(text: &str) -> Result<Value> {
    let mut documents = YamlOwned::load_from_str(text).context("the template is not valid YAML")?;
    match (documents.pop(), documents.pop()) {
        (Some(only), None) => convert(only),
        _ => bail!("the template must be one YAML document"),
    }
}

fn convert(node: YamlOwned) -> Result<Value> {
    Ok(match node {
        YamlOwned::Value(scalar) => scalar_value(scalar)?,
        YamlOwned::Sequence(items) => Value::Array(items.into_iter().map(convert).collect::<Result<_>>()?),
        YamlOwned::Mapping(entries) => {
            let entries = entries.into_iter().map(|(key, value)| Ok((key_text(key)?, convert(value)?)));
            Value::Object(entries.collect::<Result<Map<_, _>>>()?)
        }
        YamlOwned::Tagged(tag, node) if tag.handle == "!" => long_form(&tag.suffix, convert(*node)?),
        other => bail!("the template uses YAML that CloudFormation does not: {other:?}"),
    })
}

fn scalar_value(scalar: ScalarOwned) -> Result<Value> {
    Ok(match scalar {
        ScalarOwned::Null => Value::Null,
        ScalarOwned::Boolean(value) => value.into(),
        ScalarOwned::Integer(value) => value.into(),
        ScalarOwned::FloatingPoint(value) => value.into_inner().into(),
        ScalarOwned::String(value) => value.into(),
    })
}

fn key_text(key: YamlOwned) -> Result<String> {
    match convert(key)? {
        Value::String(text) => Ok(text),
        other => bail!("the template's key {other} must be text; quote it"),
    }
}

fn long_form(tag: &str, value: Value) -> Value {
    match (tag, value) {
        ("Ref" | "Condition", value) => json!({ tag: value }),
        ("GetAtt", Value::String(path)) => {
            let (resource, attribute) = path.split_once('.').unwrap_or((&path, ""));
            json!({ "Fn::GetAtt": [resource, attribute] })
        }
        (_, value) => json!({ format!("Fn::{tag}"): value }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::parse;

    #[test]
    fn short_tags_become_long_forms() {
        let value = parse("a: !Ref Table\nb: !GetAtt Table.Arn\nc: !Sub '${X}/y'\nd: !If [Yes, 1, 'true']\n").unwrap();
        let expected = json!({
            "a": {"Ref": "Table"},
            "b": {"Fn::GetAtt": ["Table", "Arn"]},
            "c": {"Fn::Sub": "${X}/y"},
            "d": {"Fn::If": ["Yes", 1, "true"]},
        });
        assert_eq!(value, expected);
    }

    #[test]
    fn numeric_keys_are_refused() {
        assert!(parse("1: a").is_err());
    }
}
