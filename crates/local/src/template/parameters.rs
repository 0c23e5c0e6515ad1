//! The parameters' values, held to what the template says of each, as CloudFormation holds them before it changes
//! anything.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use regex_lite::Regex;
use serde_json::{Map, Value};

/// The value of each declared parameter: what was given, or its default.
///
/// # Errors
/// Names the parameter that has no value, is not declared, or has a value that it must not have.
pub(super) fn values(
    declared: &Map<String, Value>,
    given: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, Value>> {
    for name in given.keys() {
        ensure!(declared.contains_key(name), "parameter {name} is given but the template does not declare it");
    }
    let value = |(name, declaration): (&String, &Value)| {
        let value = match given.get(name) {
            Some(value) => Value::from(value.as_str()),
            None => declaration.get("Default").cloned().with_context(|| format!("parameter {name} has no value"))?,
        };
        check(declaration, &text(&value)).with_context(|| format!("parameter {name}"))?;
        Ok((name.clone(), value))
    };
    declared.iter().map(value).collect()
}

fn check(declaration: &Value, value: &str) -> Result<()> {
    if let Some(pattern) = declaration["AllowedPattern"].as_str() {
        // The pattern is of the whole value.
        let whole = Regex::new(&format!("^(?:{pattern})$")).context("its AllowedPattern cannot be read")?;
        if !whole.is_match(value) {
            match declaration["ConstraintDescription"].as_str() {
                Some(constraint) => bail!("{value:?} {constraint}"),
                None => bail!("{value:?} does not match {pattern}"),
            }
        }
    }
    if let Some(allowed) = declaration["AllowedValues"].as_array() {
        ensure!(allowed.iter().any(|one| text(one) == value), "{value:?} is none of {}", declaration["AllowedValues"]);
    }
    if declaration["Type"] == "Number" {
        let number: f64 = value.parse().with_context(|| format!("{value:?} is not a number"))?;
        let bound = |name: &str| declaration[name].as_f64();
        ensure!(bound("MinValue").is_none_or(|least| number >= least), "{value} is too small");
        ensure!(bound("MaxValue").is_none_or(|most| number <= most), "{value} is too large");
    }
    Ok(())
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value_of(declaration: &Value, given: Option<&str>) -> Result<Value> {
        let declared = Map::from_iter([("It".to_owned(), declaration.clone())]);
        let given = given.map(|value| ("It".to_owned(), value.to_owned())).into_iter().collect();
        values(&declared, &given).map(|mut values| values.remove("It").unwrap())
    }

    #[test]
    fn a_pattern_is_of_the_whole_value() {
        let declaration =
            json!({"Type": "String", "AllowedPattern": "a|bc", "ConstraintDescription": "must be a or bc"});
        assert_eq!(value_of(&declaration, Some("bc")).unwrap(), "bc");
        for wrong in ["", "ab", "abc", "a\n"] {
            let error = format!("{:#}", value_of(&declaration, Some(wrong)).unwrap_err());
            assert!(error.contains("must be a or bc") && error.contains("parameter It"), "{error}");
        }
    }

    #[test]
    fn a_value_is_one_of_those_that_are_allowed_and_within_its_bounds() {
        let choice = json!({"Type": "Number", "AllowedValues": [1, 7]});
        assert!(value_of(&choice, Some("7")).is_ok() && value_of(&choice, Some("2")).is_err());
        let bounded = json!({"Type": "Number", "MinValue": 2, "MaxValue": 50});
        assert!(value_of(&bounded, Some("2")).is_ok() && value_of(&bounded, Some("50")).is_ok());
        assert!(value_of(&bounded, Some("1")).is_err() && value_of(&bounded, Some("51")).is_err());
    }

    #[test]
    fn a_default_stands_in_where_there_is_one() {
        assert_eq!(value_of(&json!({"Type": "Number", "Default": 20}), None).unwrap(), 20);
        assert!(value_of(&json!({"Type": "String"}), None).is_err());
    }
}
