//! `X-Filter` (<https://techdocs.akamai.com/linode-api/reference/filtering-and-sorting>): a JSON object whose plain keys
//! must all match, with the operators `+and`, `+or`, `+eq`, `+neq`, `+gt`, `+gte`, `+lt`, `+lte`, `+contains`, and
//! `+order_by`/`+order`.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::refusal::Refusal;

#[derive(Debug)]
pub(super) struct Filter {
    condition: Map<String, Value>,
    order_by: Option<String>,
    descending: bool,
}

impl Filter {
    pub(super) fn parse(header: &str) -> Result<Self, Refusal> {
        let bad = |reason: &str| Refusal::field("X-Filter", reason);
        let Ok(Value::Object(mut condition)) = serde_json::from_str(header) else {
            return Err(bad("Cannot decode filter: it must be a JSON object"));
        };
        let order_by = match condition.remove("+order_by") {
            None => None,
            Some(Value::String(field)) => Some(field),
            Some(_) => return Err(bad("+order_by must be the name of a field")),
        };
        let descending = condition.remove("+order").is_some_and(|order| order == "desc");
        check(&condition)?;
        Ok(Self { condition, order_by, descending })
    }

    /// The items that match, in the order asked for.
    pub(super) fn apply(&self, mut items: Vec<Value>) -> Result<Vec<Value>, Refusal> {
        if let Some(sample) = items.first() {
            let mut fields = Vec::new();
            collect_fields(&self.condition, &mut fields);
            fields.extend(self.order_by.as_deref());
            if let Some(unknown) = fields.into_iter().find(|field| sample.get(field).is_none()) {
                return Err(Refusal::field("X-Filter", format!("Cannot filter on {unknown}")));
            }
        }
        items.retain(|item| all(item, &self.condition));
        if let Some(field) = &self.order_by {
            items.sort_by(|one, other| compare(&one[field], &other[field]).unwrap_or(Ordering::Equal));
            if self.descending {
                items.reverse();
            }
        }
        Ok(items)
    }
}

fn check(condition: &Map<String, Value>) -> Result<(), Refusal> {
    for (key, value) in condition {
        match (key.as_str(), value) {
            ("+and" | "+or", Value::Array(parts)) => {
                for part in parts {
                    let part = part
                        .as_object()
                        .ok_or_else(|| Refusal::field("X-Filter", format!("{key} takes a list of objects")))?;
                    check(part)?;
                }
            }
            (operator, _) if operator.starts_with('+') => {
                return Err(Refusal::field("X-Filter", format!("{operator} can't be used here")));
            }
            (_, Value::Object(operators)) => {
                if let Some(unknown) = operators.keys().find(|name| !OPERATORS.contains(&name.as_str())) {
                    return Err(Refusal::field("X-Filter", format!("{unknown} is not an operator")));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

const OPERATORS: [&str; 7] = ["+eq", "+neq", "+gt", "+gte", "+lt", "+lte", "+contains"];

fn collect_fields<'a>(condition: &'a Map<String, Value>, fields: &mut Vec<&'a str>) {
    for (key, value) in condition {
        if key.starts_with('+') {
            for part in value.as_array().into_iter().flatten().filter_map(Value::as_object) {
                collect_fields(part, fields);
            }
        } else {
            fields.push(key);
        }
    }
}

fn all(item: &Value, condition: &Map<String, Value>) -> bool {
    condition.iter().all(|(key, wanted)| match key.as_str() {
        "+and" => parts(wanted).all(|part| all(item, part)),
        "+or" => parts(wanted).any(|part| all(item, part)),
        field => match wanted {
            Value::Object(operators) => {
                operators.iter().all(|(operator, operand)| holds(&item[field], operator, operand))
            }
            plain => holds(&item[field], "+eq", plain),
        },
    })
}

fn parts(value: &Value) -> impl Iterator<Item = &Map<String, Value>> {
    value.as_array().into_iter().flatten().filter_map(Value::as_object)
}

/// A list (tags, ipv4) matches when one of its entries does.
fn holds(value: &Value, operator: &str, operand: &Value) -> bool {
    if let Value::Array(entries) = value {
        return match operator {
            "+neq" => entries.iter().all(|entry| holds(entry, operator, operand)),
            _ => entries.iter().any(|entry| holds(entry, operator, operand)),
        };
    }
    match operator {
        "+eq" => value == operand,
        "+neq" => value != operand,
        "+contains" => match (value.as_str(), operand.as_str()) {
            (Some(text), Some(part)) => text.to_lowercase().contains(&part.to_lowercase()),
            _ => false,
        },
        "+gt" => compare(value, operand) == Some(Ordering::Greater),
        "+gte" => matches!(compare(value, operand), Some(Ordering::Greater | Ordering::Equal)),
        "+lt" => compare(value, operand) == Some(Ordering::Less),
        "+lte" => matches!(compare(value, operand), Some(Ordering::Less | Ordering::Equal)),
        _ => false,
    }
}

fn compare(one: &Value, other: &Value) -> Option<Ordering> {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64()?.partial_cmp(&other.as_f64()?),
        (Value::String(one), Value::String(other)) => Some(one.cmp(other)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ids(filter: &str) -> Vec<u64> {
        let items = vec![
            json!({"id": 1, "label": "env-a-1", "region": "us-east", "tags": ["brihaspati", "env:a"]}),
            json!({"id": 2, "label": "env-b-1", "region": "eu-west", "tags": ["brihaspati", "env:b"]}),
            json!({"id": 3, "label": "other", "region": "us-east", "tags": []}),
        ];
        let kept = Filter::parse(filter).and_then(|filter| filter.apply(items)).expect("a good filter");
        kept.iter().filter_map(|item| item["id"].as_u64()).collect()
    }

    #[test]
    fn the_forms_that_the_official_client_sends_select() {
        assert_eq!(ids("{}"), [1, 2, 3]);
        assert_eq!(ids(r#"{"tags": "brihaspati"}"#), [1, 2]);
        assert_eq!(ids(r#"{"label": "env-b-1"}"#), [2]);
        assert_eq!(ids(r#"{"+and": [{"tags": "brihaspati"}, {"region": "us-east"}]}"#), [1]);
        assert_eq!(ids(r#"{"+or": [{"label": "other"}, {"tags": "env:b"}]}"#), [2, 3]);
        assert_eq!(ids(r#"{"label": {"+contains": "ENV-"}}"#), [1, 2]);
        assert_eq!(ids(r#"{"id": {"+gte": 2}, "region": "us-east"}"#), [3]);
        assert_eq!(ids(r#"{"tags": {"+neq": "env:a"}}"#), [2, 3]);
        assert_eq!(ids(r#"{"+order_by": "id", "+order": "desc"}"#), [3, 2, 1]);
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for bad in ["", "[]", "{\"label\": {\"+like\": \"x\"}}", "{\"+and\": 1}", "{\"+and\": [1]}"] {
            assert!(Filter::parse(bad).is_err(), "{bad}");
        }
        let unknown = Filter::parse(r#"{"colour": "red"}"#).expect("well-formed");
        assert!(unknown.apply(vec![json!({"id": 1})]).is_err());
    }
}
