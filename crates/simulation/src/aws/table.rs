//! DynamoDB, as far as the store uses it: whole items, conditions, transactions with their tokens, and two indexes that
//! may answer with what was true a moment ago. `tests/table.rs` holds it against an embedded DynamoDB.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use serde_json::{Value, json};

use super::expression::{Expression, Item, Unknown, compare};

/// Partition key and sort key of the table and its indexes, as in `template.yaml`.
const INDEXES: [(&str, &str, &str); 2] = [("due", "due_shard", "due_at"), ("class", "class_pk", "class_sk")];
/// The index that projects only these; the other one projects everything.
const SPARSE: (&str, [&str; 6]) = ("due", ["pk", "sk", "due_shard", "due_at", "machine", "unaddressed"]);
/// Longer than any index is ever behind.
const HISTORY: Duration = Duration::from_secs(2);

const QUERY_PARAMETERS: [&str; 8] = [
    "TableName",
    "IndexName",
    "KeyConditionExpression",
    "ExpressionAttributeValues",
    "ExclusiveStartKey",
    "Limit",
    "ScanIndexForward",
    "ConsistentRead",
];

pub(crate) type Key = (String, String);

/// A refusal by DynamoDB's name for it.
#[derive(Debug)]
pub struct Refusal {
    pub kind: &'static str,
    pub message: String,
    /// What else the answer's body holds.
    pub detail: Value,
}

impl Refusal {
    fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), detail: Value::Null }
    }
}

impl From<Unknown> for Refusal {
    fn from(Unknown(text): Unknown) -> Self {
        Self::new("ValidationException", format!("the simulated table does not know this expression: {text}"))
    }
}

#[derive(Default)]
struct Row {
    item: Option<Item>,
    /// What it was, each until when.
    past: Vec<(Duration, Option<Item>)>,
}

impl Row {
    fn at(&self, time: Duration) -> Option<&Item> {
        let past = self.past.iter().find(|(until, _)| *until > time);
        past.map_or(self.item.as_ref(), |(_, item)| item.as_ref())
    }
}

#[derive(Default)]
pub struct Table {
    rows: BTreeMap<Key, Row>,
    /// Transactions by their token: a repeated one succeeds without being made again.
    transactions: HashMap<String, Value>,
    changed: Vec<Key>,
}

impl Table {
    /// Performs one operation at `now`, the time since the beginning; indexes answer as of `index_age` before.
    ///
    /// # Errors
    /// What DynamoDB would refuse, and every request of a form that is not known here.
    pub fn perform(
        &mut self,
        operation: &str,
        request: &Value,
        now: Duration,
        index_age: Duration,
    ) -> Result<Value, Refusal> {
        match operation {
            "GetItem" => Ok(self.get(&request["Key"])),
            "PutItem" => {
                self.check(request).map_err(|old| failed_condition(request, old))??;
                self.put(&request["Item"], now);
                Ok(json!({}))
            }
            "TransactWriteItems" => self.transact(request, now),
            "Query" => self.query(request, now.saturating_sub(index_age)),
            _ => Err(Refusal::new("ValidationException", format!("the simulated table does not know {operation}"))),
        }
    }

    /// The keys written since the last call.
    pub(crate) fn take_changed(&mut self) -> Vec<Key> {
        std::mem::take(&mut self.changed)
    }

    pub(crate) fn item(&self, key: &Key) -> Option<&Item> {
        self.rows.get(key)?.item.as_ref()
    }

    fn get(&self, key: &Value) -> Value {
        match self.item(&key_of(key)) {
            Some(item) => json!({ "Item": item }),
            None => json!({}),
        }
    }

    /// The outer error is the item that fails the condition, the inner one that the condition cannot be read.
    fn check(&self, put: &Value) -> Result<Result<(), Refusal>, Option<Item>> {
        let Some(text) = put["ConditionExpression"].as_str() else { return Ok(Ok(())) };
        let current = self.item(&key_of(&put["Item"]));
        match Expression::new(text, put).holds(current) {
            Ok(true) => Ok(Ok(())),
            Ok(false) => Err(current.cloned()),
            Err(unknown) => Ok(Err(unknown.into())),
        }
    }

    fn put(&mut self, item: &Value, now: Duration) {
        let key = key_of(item);
        let row = self.rows.entry(key.clone()).or_default();
        row.past.retain(|(until, _)| *until + HISTORY > now);
        let old = std::mem::replace(&mut row.item, item.as_object().cloned());
        row.past.push((now, old));
        self.changed.push(key);
    }

    fn transact(&mut self, request: &Value, now: Duration) -> Result<Value, Refusal> {
        let token = request["ClientRequestToken"].as_str();
        let writes = request["TransactItems"].clone();
        if let Some(made) = token.and_then(|token| self.transactions.get(token)) {
            let same = *made == writes;
            return if same {
                Ok(json!({}))
            } else {
                Err(Refusal::new("IdempotentParameterMismatchException", "same token, other writes"))
            };
        }
        let mut reasons = Vec::new();
        let puts: Vec<&Value> = writes.as_array().into_iter().flatten().map(|write| &write["Put"]).collect();
        for put in &puts {
            if put.is_null() {
                return Err(Refusal::new("ValidationException", "the simulated table's transactions only put"));
            }
            reasons.push(match self.check(put) {
                Ok(known) => known.map(|()| json!({ "Code": "None" }))?,
                Err(_) => json!({ "Code": "ConditionalCheckFailed", "Message": "The conditional request failed" }),
            });
        }
        if reasons.iter().any(|reason| reason["Code"] != "None") {
            return Err(cancelled(&reasons));
        }
        for put in puts {
            self.put(&put["Item"], now);
        }
        if let Some(token) = token {
            self.transactions.insert(token.to_owned(), writes);
        }
        Ok(json!({}))
    }

    fn query(&self, request: &Value, time: Duration) -> Result<Value, Refusal> {
        let index = request["IndexName"].as_str();
        let sort_key = match index {
            None => "sk",
            Some(name) => match INDEXES.iter().find(|(known, ..)| *known == name) {
                Some((_, _, sort_key)) => sort_key,
                None => return Err(Refusal::new("ValidationException", format!("there is no index {name}"))),
            },
        };
        let mut parameters = request.as_object().into_iter().flatten();
        if let Some((name, _)) = parameters.find(|(name, _)| !QUERY_PARAMETERS.contains(&name.as_str())) {
            return Err(Refusal::new("ValidationException", format!("the simulated query does not know {name}")));
        }
        let condition = Expression::new(request["KeyConditionExpression"].as_str().unwrap_or_default(), request);
        let mut found = Vec::new();
        for row in self.rows.values() {
            let item = if index.is_some() { row.at(time) } else { row.item.as_ref() };
            if let Some(item) = item
                && condition.holds(Some(item))?
            {
                found.push(item);
            }
        }
        found.sort_by(|one, other| compare(&one[sort_key], &other[sort_key]).unwrap_or(std::cmp::Ordering::Equal));
        if request["ScanIndexForward"] == false {
            found.reverse();
        }
        if request["ExclusiveStartKey"].is_object() {
            let after = key_of(&request["ExclusiveStartKey"]);
            let position = found.iter().position(|item| key_of_item(item) == after);
            found.drain(..position.map_or(0, |position| position + 1));
        }
        let limit = request["Limit"].as_u64().and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
        // Whether there is more is not known where the limit ends the page.
        let more = found.len() >= limit;
        let items: Vec<Value> = found.into_iter().take(limit).map(|item| projected(item, index)).collect();
        let mut answer = json!({ "Count": items.len(), "ScannedCount": items.len(), "Items": items });
        if let Some(last) = items.last().filter(|_| more) {
            answer["LastEvaluatedKey"] = json!({ "pk": last["pk"], "sk": last["sk"] });
        }
        Ok(answer)
    }
}

fn projected(item: &Item, index: Option<&str>) -> Value {
    let (sparse, attributes) = SPARSE;
    let mut item = item.clone();
    if index == Some(sparse) {
        item.retain(|name, _| attributes.contains(&name.as_str()));
    }
    Value::Object(item)
}

fn key_of(item: &Value) -> Key {
    item.as_object().map(key_of_item).unwrap_or_default()
}

fn key_of_item(item: &Item) -> Key {
    let text = |name: &str| item.get(name).and_then(|value| value["S"].as_str()).unwrap_or_default().to_owned();
    (text("pk"), text("sk"))
}

fn failed_condition(put: &Value, old: Option<Item>) -> Refusal {
    let mut refusal = Refusal::new("ConditionalCheckFailedException", "The conditional request failed");
    if put["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD"
        && let Some(old) = old
    {
        refusal.detail = json!({ "Item": old });
    }
    refusal
}

/// A transaction of which at least one part could not be made.
pub(crate) fn cancelled(reasons: &[Value]) -> Refusal {
    let codes: Vec<&str> = reasons.iter().filter_map(|reason| reason["Code"].as_str()).collect();
    let message =
        format!("Transaction cancelled, please refer cancellation reasons for specific reasons [{}]", codes.join(", "));
    let mut refusal = Refusal::new("TransactionCanceledException", message);
    refusal.detail = json!({ "CancellationReasons": reasons });
    refusal
}
