//! An empty table of a test's own.

use std::collections::HashMap;

use brihaspati_core::config::Settings;
use brihaspati_core::store::Store;
use dynoxide::Database;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

pub(crate) struct Table {
    pub(crate) store: Store,
    pub(crate) settings: HashMap<String, String>,
    database: Database,
    _server: DropGuard,
}

impl Table {
    pub(crate) async fn start() -> Self {
        let database = Database::memory().unwrap();
        let definition = json!({
            "TableName": "table",
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [
                { "AttributeName": "pk", "AttributeType": "S" },
                { "AttributeName": "sk", "AttributeType": "S" },
                { "AttributeName": "due_shard", "AttributeType": "S" },
                { "AttributeName": "due_at", "AttributeType": "N" },
                { "AttributeName": "class_pk", "AttributeType": "S" },
                { "AttributeName": "class_sk", "AttributeType": "S" },
            ],
            "KeySchema": [
                { "AttributeName": "pk", "KeyType": "HASH" },
                { "AttributeName": "sk", "KeyType": "RANGE" },
            ],
            "GlobalSecondaryIndexes": [{
                "IndexName": "due",
                "KeySchema": [
                    { "AttributeName": "due_shard", "KeyType": "HASH" },
                    { "AttributeName": "due_at", "KeyType": "RANGE" },
                ],
                "Projection": { "ProjectionType": "ALL" },
            }, {
                "IndexName": "class",
                "KeySchema": [
                    { "AttributeName": "class_pk", "KeyType": "HASH" },
                    { "AttributeName": "class_sk", "KeyType": "RANGE" },
                ],
                "Projection": {
                    "ProjectionType": "INCLUDE",
                    "NonKeyAttributes": ["listed", "requested_at", "committed"],
                },
            }],
        });
        database.create_table(serde_json::from_value(definition).unwrap()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let stopped = stop.clone().cancelled_owned();
        let served = database.clone();
        tokio::spawn(async move { dynoxide::server::serve_with_shutdown(listener, served, stopped).await.unwrap() });
        let variables = [
            ("AWS_REGION", "eu-west-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
            ("AWS_ENDPOINT_URL_DYNAMODB", format!("http://{address}")),
            ("TABLE_NAME", "table".to_owned()),
        ];
        let settings: HashMap<String, String> = variables.map(|(name, value)| (name.to_owned(), value)).into();
        let store = Store::from_settings(&Settings::from_map(settings.clone())).unwrap();
        Self { store, settings, database, _server: stop.drop_guard() }
    }

    /// The names of an item's attributes.
    pub(crate) fn attributes(&self, pk: &str, sk: &str) -> Vec<String> {
        let request = json!({ "TableName": "table", "Key": { "pk": { "S": pk }, "sk": { "S": sk } } });
        let answer = self.database.get_item(serde_json::from_value(request).unwrap()).unwrap();
        let answer = serde_json::to_value(answer).unwrap();
        answer["Item"].as_object().unwrap().keys().cloned().collect()
    }
}
