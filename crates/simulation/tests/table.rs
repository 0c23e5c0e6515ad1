//! The simulated table beside an embedded DynamoDB: the same requests, the same answers.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed, and says where")]

use std::time::Duration;

use brihaspati_simulation::Table;
use dynoxide::Database;
use serde_json::{Value, json};

/// The table of `template.yaml`.
fn definition() -> Value {
    let attribute = |name: &str, kind: &str| json!({ "AttributeName": name, "AttributeType": kind });
    let keys = |hash: &str, range: &str| json!([{ "AttributeName": hash, "KeyType": "HASH" }, { "AttributeName": range, "KeyType": "RANGE" }]);
    json!({
        "TableName": "table",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            attribute("pk", "S"), attribute("sk", "S"), attribute("due_shard", "S"), attribute("due_at", "N"),
            attribute("class_pk", "S"), attribute("class_sk", "S"),
        ],
        "KeySchema": keys("pk", "sk"),
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "due",
                "KeySchema": keys("due_shard", "due_at"),
                "Projection": { "ProjectionType": "INCLUDE", "NonKeyAttributes": ["machine", "unaddressed"] },
            },
            { "IndexName": "class", "KeySchema": keys("class_pk", "class_sk"), "Projection": { "ProjectionType": "ALL" } },
        ],
    })
}

/// What an embedded DynamoDB answers, in the simulated table's terms.
fn perform(database: &Database, operation: &str, request: &Value) -> Result<Value, (String, Value)> {
    macro_rules! call {
        ($method:ident) => {
            database
                .$method(serde_json::from_value(request.clone()).unwrap())
                .map(|answer| serde_json::to_value(answer).unwrap())
        };
    }
    let answer = match operation {
        "GetItem" => call!(get_item),
        "PutItem" => call!(put_item),
        "TransactWriteItems" => call!(transact_write_items),
        "Query" => call!(query),
        _ => panic!("{operation}"),
    };
    answer.map_err(|error| {
        let body: Value = serde_json::from_str(&error.to_json()).unwrap();
        (error.error_type().rsplit('#').next().unwrap().to_owned(), body)
    })
}

/// What the store reads of an answer.
fn essence(answer: Result<Value, (String, Value)>) -> Value {
    match answer {
        Ok(body) => {
            let parts = ["Item", "Items", "LastEvaluatedKey"].map(|name| (name.to_owned(), body[name].clone()));
            let mut body = Value::Object(parts.into_iter().collect());
            // The store hands this back as it is: only whether there is more is ours.
            body["LastEvaluatedKey"] = json!(body["LastEvaluatedKey"].is_object());
            body
        }
        Err((kind, body)) => {
            let codes: Vec<&Value> =
                body["CancellationReasons"].as_array().into_iter().flatten().map(|reason| &reason["Code"]).collect();
            json!({ "refused": kind, "item": body["Item"], "codes": codes })
        }
    }
}

struct Pair {
    simulated: Table,
    embedded: Database,
}

impl Pair {
    fn new() -> Self {
        let embedded = Database::memory().unwrap();
        embedded.create_table(serde_json::from_value(definition()).unwrap()).unwrap();
        Self { simulated: Table::default(), embedded }
    }

    /// Performs the request on both and returns what both answer.
    fn agree(&mut self, operation: &str, request: &Value) -> Value {
        let simulated = self
            .simulated
            .perform(operation, request, Duration::ZERO, Duration::ZERO)
            .map_err(|refusal| (refusal.kind.to_owned(), refusal.detail));
        let embedded = essence(perform(&self.embedded, operation, request));
        let simulated = essence(simulated);
        assert_eq!(simulated, embedded, "{operation} {request}");
        simulated
    }
}

fn item(number: u64, revision: u64, due: Option<u64>) -> Value {
    let mut item = json!({
        "pk": { "S": format!("env_{number}") }, "sk": { "S": "ENVIRONMENT" }, "revision": { "N": revision.to_string() },
        "class_pk": { "S": "CLASS#one" }, "class_sk": { "S": format!("mem_{}#env_{number}", number % 3) },
        "timeline": { "L": [{ "M": { "stage": { "S": "requested" } } }] },
    });
    if let Some(due) = due {
        item["due_shard"] = json!({ "S": format!("DUE#{}", number % 2) });
        item["due_at"] = json!({ "N": due.to_string() });
        item["machine"] = json!({ "S": format!("linode:{number}") });
    }
    item
}

/// Every form of request that the store makes, of random content.
fn request(random: &mut fastrand::Rng) -> (&'static str, Value) {
    let (number, revision) = (random.u64(0..6), random.u64(0..3));
    // No two are due at once: their order in the index is DynamoDB's own business.
    let due = random.bool().then(|| random.u64(1..1_000_000) * 10 + number);
    let put = |condition: &str, values: Value| {
        json!({
            "TableName": "table", "Item": item(number, revision + 1, due), "ConditionExpression": condition,
            "ExpressionAttributeValues": values, "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        })
    };
    let read = json!({ ":read": { "N": revision.to_string() } });
    let create = |item: Value| json!({ "Put": { "TableName": "table", "Item": item, "ConditionExpression": "attribute_not_exists(pk)" } });
    match random.u8(0..8) {
        0 => (
            "GetItem",
            json!({ "TableName": "table", "Key": { "pk": { "S": format!("env_{number}") }, "sk": { "S": "ENVIRONMENT" } }, "ConsistentRead": true }),
        ),
        1 | 2 => ("PutItem", put("revision = :read", read)),
        3 => ("PutItem", put("attribute_not_exists(pk) OR revision = :read", read)),
        4 => {
            let slot = json!({ "pk": { "S": "MEMBER#1" }, "sk": { "S": "SLOT#lab" }, "environment_id": { "S": format!("env_{number}") } });
            ("TransactWriteItems", json!({ "TransactItems": [create(slot), create(item(number, 0, due))] }))
        }
        5 => {
            let slot = json!({ "pk": { "S": "MEMBER#1" }, "sk": { "S": "SLOT#lab" }, "environment_id": { "S": format!("env_{number}") } });
            let replace = json!({ "Put": {
                "TableName": "table", "Item": slot, "ConditionExpression": "environment_id = :previous",
                "ExpressionAttributeValues": { ":previous": { "S": format!("env_{revision}") } },
            } });
            ("TransactWriteItems", json!({ "TransactItems": [replace, create(item(number + 6, 0, due))] }))
        }
        6 => (
            "Query",
            json!({
                "TableName": "table", "IndexName": "due", "KeyConditionExpression": "due_shard = :shard AND due_at <= :now",
                "ExpressionAttributeValues": {
                    ":shard": { "S": format!("DUE#{}", number % 2) }, ":now": { "N": random.u64(1..10_000_000).to_string() },
                },
                "Limit": random.u64(1..5),
            }),
        ),
        _ => (
            "Query",
            json!({
                "TableName": "table", "IndexName": "class",
                "KeyConditionExpression": "class_pk = :class AND begins_with(class_sk, :member)",
                "ExpressionAttributeValues": {
                    ":class": { "S": "CLASS#one" }, ":member": { "S": format!("mem_{}#", number % 3) },
                },
                "ScanIndexForward": false, "Limit": 50,
            }),
        ),
    }
}

#[test]
fn the_simulated_table_answers_as_an_embedded_dynamodb_does() {
    for seed in 0..20 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut pair = Pair::new();
        for _ in 0..120 {
            let (operation, request) = request(&mut random);
            pair.agree(operation, &request);
        }
    }
}

#[test]
fn a_transaction_repeated_with_its_token_is_made_once() {
    let mut pair = Pair::new();
    let put = json!({ "Put": { "TableName": "table", "Item": item(1, 0, None), "ConditionExpression": "attribute_not_exists(pk)" } });
    let with_token = json!({ "TransactItems": [put], "ClientRequestToken": "token-1" });
    assert_eq!(pair.agree("TransactWriteItems", &with_token)["refused"], Value::Null);
    assert_eq!(pair.agree("TransactWriteItems", &with_token)["refused"], Value::Null);
    let anew = json!({ "TransactItems": [put], "ClientRequestToken": "token-2" });
    assert_eq!(pair.agree("TransactWriteItems", &anew)["codes"], json!(["ConditionalCheckFailed"]));
}

#[test]
fn a_page_ends_where_the_next_one_begins() {
    let mut pair = Pair::new();
    for number in [0, 2, 4] {
        pair.agree("PutItem", &json!({ "TableName": "table", "Item": item(number, 0, Some(number + 1)) }));
    }
    let page = |after: Value| {
        let mut query = json!({
            "TableName": "table", "IndexName": "due", "KeyConditionExpression": "due_shard = :shard AND due_at <= :now",
            "ExpressionAttributeValues": { ":shard": { "S": "DUE#0" }, ":now": { "N": "100" } }, "Limit": 2,
        });
        if after.is_object() {
            query["ExclusiveStartKey"] = after;
        }
        query
    };
    assert_eq!(pair.agree("Query", &page(Value::Null))["Items"].as_array().map(Vec::len), Some(2));
    let after = json!({ "pk": { "S": "env_2" }, "sk": { "S": "ENVIRONMENT" }, "due_shard": { "S": "DUE#0" }, "due_at": { "N": "3" } });
    assert_eq!(pair.agree("Query", &page(after))["Items"].as_array().map(Vec::len), Some(1));
}

#[test]
fn an_index_may_answer_with_what_was_true_a_moment_ago() {
    let mut table = Table::default();
    let put = |revision, due| json!({ "TableName": "table", "Item": item(0, revision, due) });
    let query = json!({
        "TableName": "table", "IndexName": "due", "KeyConditionExpression": "due_shard = :shard AND due_at <= :now",
        "ExpressionAttributeValues": { ":shard": { "S": "DUE#0" }, ":now": { "N": "100" } },
    });
    let second = Duration::from_secs(1);
    table.perform("PutItem", &put(0, Some(5)), second, Duration::ZERO).unwrap();
    table.perform("PutItem", &put(1, None), 2 * second, Duration::ZERO).unwrap();
    let mut due = |now, age| table.perform("Query", &query, now, age).unwrap()["Count"].clone();
    assert_eq!(due(2 * second, Duration::ZERO), 0);
    assert_eq!(due(2 * second, Duration::from_millis(300)), 1);
    assert_eq!(due(3 * second, Duration::from_millis(300)), 0);
}

#[test]
fn a_request_of_an_unknown_form_is_refused() {
    let mut table = Table::default();
    let mut refused = |operation, request: Value| {
        let answer = table.perform(operation, &request, Duration::ZERO, Duration::ZERO);
        assert_eq!(answer.unwrap_err().kind, "ValidationException", "{operation} {request}");
    };
    refused("UpdateItem", json!({}));
    refused("Query", json!({ "FilterExpression": "a = :b" }));
    refused("PutItem", json!({ "Item": item(0, 0, None), "ConditionExpression": "size(pk) > :n" }));
}
