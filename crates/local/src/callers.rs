//! IAM for the functions' calls: each function has an access key of its own, and may do what its policy in
//! `template.yaml` says and nothing else. Signatures are not checked; everything here is one process.

use std::collections::HashMap;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use serde_json::Value;

use crate::leading_keys;
use crate::template::{FunctionSpec, Permissions, Wanted, arn};

pub(crate) struct Callers {
    /// By function name.
    policies: HashMap<String, Permissions>,
    /// The bus's name to its ARN.
    buses: HashMap<String, String>,
}

const KEY_PREFIX: &str = "local-";

/// The access key under which a function calls AWS.
pub(crate) fn access_key(function: &str) -> String {
    format!("{KEY_PREFIX}{function}")
}

impl Callers {
    pub(crate) fn new(functions: &[FunctionSpec], buses: HashMap<String, String>) -> Self {
        let policies = functions.iter().map(|spec| (spec.name.clone(), spec.permissions.clone()));
        Self { policies: policies.collect(), buses }
    }

    pub(crate) fn check_bus(&self, headers: &HeaderMap, action: &str, bus: &str) -> Result<(), String> {
        let bus_arn = self.buses.get(bus).cloned().unwrap_or_else(|| arn(bus));
        self.check(headers, Wanted { action: action.to_owned(), resource: bus_arn, leading_keys: Vec::new() })
    }

    /// `queue` is its logical id.
    pub(crate) fn check_queue(&self, headers: &HeaderMap, action: &str, queue: &str) -> Result<(), String> {
        self.check(headers, Wanted { action: action.to_owned(), resource: arn(queue), leading_keys: Vec::new() })
    }

    /// Checks each action that DynamoDB would check for this operation.
    pub(crate) fn check_dynamodb(&self, headers: &HeaderMap, operation: &str, request: &Value) -> Result<(), String> {
        wanted(operation, request).into_iter().try_for_each(|wanted| self.check(headers, wanted))
    }

    fn check(&self, headers: &HeaderMap, wanted: Wanted) -> Result<(), String> {
        let function = caller(headers);
        if self.policies.get(function).is_some_and(|permissions| permissions.allow(&wanted)) {
            return Ok(());
        }
        let Wanted { action, resource, leading_keys } = wanted;
        tracing::error!(
            "template.yaml does not allow function {function} to perform {action} on {resource} {leading_keys:?}"
        );
        Err(format!("User: {function} is not authorized to perform: {action} on resource: {resource}"))
    }
}

/// The function whose key signed the call.
pub(crate) fn caller(headers: &HeaderMap) -> &str {
    credential(headers).and_then(|key| key.strip_prefix(KEY_PREFIX)).unwrap_or("nobody")
}

/// The access key id in `AWS4-HMAC-SHA256 Credential=KEY/20261121/eu-west-1/dynamodb/aws4_request, …`.
fn credential(headers: &HeaderMap) -> Option<&str> {
    let header = headers.get(AUTHORIZATION)?.to_str().ok()?;
    header.split("Credential=").nth(1)?.split('/').next()
}

/// The actions of an operation, each on its table or index, and on which items.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/api-permissions-reference.html>
fn wanted(operation: &str, request: &Value) -> Vec<Wanted> {
    let on_table = |action: &str, table: &str, leading_keys| Wanted {
        action: format!("dynamodb:{action}"),
        resource: arn(table),
        leading_keys,
    };
    let table = request["TableName"].as_str().unwrap_or_default();
    match operation {
        "TransactWriteItems" | "TransactGetItems" => {
            let items = request["TransactItems"].as_array().map(Vec::as_slice).unwrap_or_default();
            let parts = items.iter().filter_map(Value::as_object).flatten();
            parts
                .map(|(kind, part)| {
                    let table = part["TableName"].as_str().unwrap_or_default();
                    on_table(&format!("{}Item", kind.trim_end_matches("Item")), table, leading_keys::of_one(part))
                })
                .collect()
        }
        "BatchGetItem" | "BatchWriteItem" => {
            let tables = request["RequestItems"].as_object().into_iter().flatten();
            tables.map(|(table, items)| on_table(operation, table, leading_keys::of_batch(items))).collect()
        }
        "Query" => match request["IndexName"].as_str() {
            Some(index) => vec![on_table(operation, &format!("{table}/index/{index}"), Vec::new())],
            None => vec![on_table(operation, table, leading_keys::of_query(request))],
        },
        _ => vec![on_table(operation, table, leading_keys::of_one(request))],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn actions(operation: &str, request: &Value) -> Vec<String> {
        let told = |wanted: Wanted| format!("{} {}", wanted.action, wanted.resource.replace(&arn(""), ""));
        wanted(operation, request).into_iter().map(told).collect()
    }

    #[test]
    fn a_transaction_needs_the_actions_of_its_parts() {
        let request = json!({"TransactItems": [{"Put": {"TableName": "T"}}, {"ConditionCheck": {"TableName": "T"}}]});
        assert_eq!(actions("TransactWriteItems", &request), ["dynamodb:PutItem T", "dynamodb:ConditionCheckItem T"]);
    }

    #[test]
    fn a_query_on_an_index_needs_the_index() {
        assert_eq!(actions("Query", &json!({"TableName": "T", "IndexName": "due"})), ["dynamodb:Query T/index/due"]);
        assert_eq!(actions("BatchGetItem", &json!({"RequestItems": {"T": {}}})), ["dynamodb:BatchGetItem T"]);
    }

    #[test]
    fn whoever_has_no_policy_may_do_nothing() {
        let callers = Callers::new(&[], HashMap::new());
        let mut headers = HeaderMap::new();
        headers.insert(
            AUTHORIZATION,
            "AWS4-HMAC-SHA256 Credential=local-me/20261121/r/dynamodb/aws4_request".parse().unwrap(),
        );
        assert_eq!(credential(&headers), Some("local-me"));
        assert!(callers.check_dynamodb(&headers, "GetItem", &json!({"TableName": "T"})).is_err());
    }
}
