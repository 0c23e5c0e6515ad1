use reqwest::Client;
use serde_json::{Value, json};

/// The table itself, past the product: to see what is left in it, and to put into the past what a test cannot wait for.
/// Items are in DynamoDB's own JSON.
pub struct Table {
    client: Client,
    url: String,
}

impl Table {
    pub(crate) fn new(client: Client, url: String) -> Self {
        Self { client, url }
    }

    pub async fn items(&self) -> Vec<Value> {
        let mut items = Vec::new();
        let mut request = json!({ "TableName": "Table", "ConsistentRead": true });
        loop {
            let page = self.call("Scan", &request).await;
            items.extend(page["Items"].as_array().cloned().unwrap_or_default());
            match &page["LastEvaluatedKey"] {
                Value::Null => return items,
                key => request["ExclusiveStartKey"] = key.clone(),
            }
        }
    }

    /// # Panics
    /// When there is no such item.
    pub async fn rewrite(&self, pk: &str, sk: &str, change: impl FnOnce(&mut Value)) {
        let key = json!({ "pk": { "S": pk }, "sk": { "S": sk } });
        let found = self.call("GetItem", &json!({ "TableName": "Table", "Key": key, "ConsistentRead": true })).await;
        let mut item = found["Item"].clone();
        assert!(item.is_object(), "nothing is stored under {pk}, {sk}");
        change(&mut item);
        self.call("PutItem", &json!({ "TableName": "Table", "Item": item })).await;
    }

    async fn call(&self, operation: &str, request: &Value) -> Value {
        let credential = "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/dynamodb/aws4_request, \
                          SignedHeaders=host, Signature=none";
        let request = self
            .client
            .post(&self.url)
            .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-date", "20260101T000000Z")
            .header("authorization", credential)
            .body(request.to_string());
        let answer = request.send().await.unwrap_or_else(|error| panic!("{operation}: {error}"));
        let status = answer.status();
        let text = answer.text().await.unwrap_or_default();
        assert!(status.is_success(), "{operation}: {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }
}
