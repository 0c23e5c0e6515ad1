//! The few forms of DynamoDB's condition and key expressions that the store writes. Any other one is refused, so that a
//! new form in the store is noticed here.

use std::cmp::Ordering;

use serde_json::{Map, Value};

pub(crate) type Item = Map<String, Value>;

/// The expression is not of the forms known here.
#[derive(Debug)]
pub(crate) struct Unknown(pub(crate) String);

/// An expression with its names and values.
pub(crate) struct Expression<'a> {
    text: &'a str,
    names: Option<&'a Value>,
    values: Option<&'a Value>,
}

impl<'a> Expression<'a> {
    pub(crate) fn new(text: &'a str, request: &'a Value) -> Self {
        Self { text, names: request.get("ExpressionAttributeNames"), values: request.get("ExpressionAttributeValues") }
    }

    /// Whether it holds of `item`; an item that does not exist has no attributes.
    pub(crate) fn holds(&self, item: Option<&Item>) -> Result<bool, Unknown> {
        let mut any = false;
        for alternative in self.text.split(" OR ") {
            let mut all = true;
            for term in alternative.split(" AND ") {
                all &= self.term(term.trim(), item)?;
            }
            any |= all;
        }
        Ok(any)
    }

    fn term(&self, term: &str, item: Option<&Item>) -> Result<bool, Unknown> {
        let unknown = || Unknown(self.text.to_owned());
        let call = |name: &str| term.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        if let Some(path) = call("attribute_not_exists") {
            return Ok(self.attribute(path, item).is_none());
        }
        if let Some(path) = call("attribute_exists") {
            return Ok(self.attribute(path, item).is_some());
        }
        if let Some(arguments) = call("begins_with") {
            let (path, prefix) = arguments.split_once(',').ok_or_else(unknown)?;
            let (Some(text), Some(prefix)) = (self.attribute(path, item), self.value(prefix.trim())) else {
                return Ok(false);
            };
            return Ok(text_of(text).zip(text_of(prefix)).is_some_and(|(text, prefix)| text.starts_with(prefix)));
        }
        let parts: Vec<&str> = term.split_whitespace().collect();
        let [path, operator, operand] = parts.as_slice() else { return Err(unknown()) };
        let operand = self.value(operand).ok_or_else(unknown)?;
        let order = self.attribute(path, item).and_then(|value| compare(value, operand));
        Ok(match *operator {
            "=" => order == Some(Ordering::Equal),
            "<>" => order != Some(Ordering::Equal),
            "<" => order == Some(Ordering::Less),
            "<=" => order.is_some_and(Ordering::is_le),
            ">" => order == Some(Ordering::Greater),
            ">=" => order.is_some_and(Ordering::is_ge),
            _ => return Err(unknown()),
        })
    }

    fn attribute<'i>(&self, path: &str, item: Option<&'i Item>) -> Option<&'i Value> {
        let path = path.trim();
        let name = self.names.and_then(|names| names.get(path)?.as_str()).unwrap_or(path);
        item?.get(name)
    }

    fn value(&self, placeholder: &str) -> Option<&'a Value> {
        self.values?.get(placeholder)
    }
}

fn text_of(value: &Value) -> Option<&str> {
    value.get("S")?.as_str()
}

fn number_of(value: &Value) -> Option<f64> {
    value.get("N")?.as_str()?.parse().ok()
}

/// Texts by their bytes, numbers by their value; `None` where the two are of different types.
pub(crate) fn compare(one: &Value, other: &Value) -> Option<Ordering> {
    match (text_of(one), text_of(other)) {
        (Some(one), Some(other)) => Some(one.as_bytes().cmp(other.as_bytes())),
        _ => number_of(one)?.partial_cmp(&number_of(other)?),
    }
}
