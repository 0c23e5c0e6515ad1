//! The partition keys of the items that a DynamoDB call is about: what IAM knows as `dynamodb:LeadingKeys`.

use serde_json::Value;

/// The name of the partition key in our table.
const PARTITION_KEY: &str = "pk";

/// The key of a whole item (`Item`) or of a key alone (`Key`).
fn of_item(holder: &Value) -> Option<String> {
    let attributes = holder.get("Item").or_else(|| holder.get("Key"))?;
    attributes[PARTITION_KEY]["S"].as_str().map(str::to_owned)
}

/// Of an operation on one item, and of one part of a transaction.
pub(crate) fn of_one(request: &Value) -> Vec<String> {
    of_item(request).into_iter().collect()
}

/// Of what `BatchGetItem` and `BatchWriteItem` want of one table.
pub(crate) fn of_batch(wanted: &Value) -> Vec<String> {
    let as_key = |key: &Value| key[PARTITION_KEY]["S"].as_str().map(str::to_owned);
    let reads = wanted["Keys"].as_array().into_iter().flatten().filter_map(as_key);
    let writes = wanted.as_array().into_iter().flatten().filter_map(Value::as_object);
    let writes = writes.flat_map(|write| write.values()).filter_map(of_item);
    reads.chain(writes).collect()
}

/// Of a query of the table: the value that its condition compares the partition key with. Where the condition is written
/// in a way that is not understood here, it stands for a key that no policy allows.
pub(crate) fn of_query(request: &Value) -> Vec<String> {
    let condition = request["KeyConditionExpression"].as_str().unwrap_or_default();
    let equal = condition.split(" AND ").filter_map(|term| term.split_once('='));
    let placeholder = equal.into_iter().find(|(name, _)| name.trim() == PARTITION_KEY).map(|(_, value)| value.trim());
    let value = placeholder.and_then(|placeholder| request["ExpressionAttributeValues"][placeholder]["S"].as_str());
    vec![value.unwrap_or(condition).to_owned()]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_item_has_the_key_that_it_is_written_or_found_under() {
        assert_eq!(of_one(&json!({"Key": {"pk": {"S": "CODE#a"}, "sk": {"S": "CLASS"}}})), ["CODE#a"]);
        assert_eq!(of_one(&json!({"Put": 1, "Item": {"pk": {"S": "CLASSES"}, "n": {"N": "1"}}})), ["CLASSES"]);
    }

    #[test]
    fn a_batch_has_the_keys_of_all_its_items() {
        let reads = json!({"Keys": [{"pk": {"S": "a"}}, {"pk": {"S": "b"}}]});
        assert_eq!(of_batch(&reads), ["a", "b"]);
        let writes =
            json!([{"DeleteRequest": {"Key": {"pk": {"S": "a"}}}}, {"PutRequest": {"Item": {"pk": {"S": "b"}}}}]);
        assert_eq!(of_batch(&writes), ["a", "b"]);
    }

    #[test]
    fn a_query_has_the_key_that_its_condition_names() {
        let query = |condition: &str| {
            let values = json!({":pk": {"S": "CLASS#c"}, ":from": {"S": "LAB#"}});
            of_query(&json!({"KeyConditionExpression": condition, "ExpressionAttributeValues": values}))
        };
        assert_eq!(query("pk = :pk AND begins_with(sk, :from)"), ["CLASS#c"]);
        assert_eq!(query("pk = :pk"), ["CLASS#c"]);
        assert_eq!(query("#pk = :pk"), ["#pk = :pk"]);
    }
}
