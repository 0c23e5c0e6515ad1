//! DynamoDB: the table, how it is protected, and how many environments still live in it.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Aws, AwsError};

const SERVICE: &str = "dynamodb";
/// Pages of 1 MB each of an index that holds a few hundred bytes per living environment.
const PAGES: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    table: Table,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Table {
    pub(crate) table_status: String,
    #[serde(default)]
    pub(crate) global_secondary_indexes: Vec<Index>,
    #[serde(default)]
    pub(crate) deletion_protection_enabled: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Index {
    pub(crate) index_name: String,
    pub(crate) index_status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Count {
    count: u64,
    last_evaluated_key: Option<Value>,
}

impl Aws {
    pub(crate) async fn table(&self, name: &str) -> Result<Table, AwsError> {
        let described: Described = self.dynamodb("DescribeTable", &json!({ "TableName": name })).await?;
        Ok(described.table)
    }

    /// Whether the table can be put back to any second of the last weeks.
    pub(crate) async fn has_point_in_time_recovery(&self, name: &str) -> Result<bool, AwsError> {
        let answer: Value = self.dynamodb("DescribeContinuousBackups", &json!({ "TableName": name })).await?;
        let recovery = &answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"];
        Ok(recovery["PointInTimeRecoveryStatus"] == "ENABLED")
    }

    /// The attribute by whose time old items go; `None` where they stay.
    pub(crate) async fn time_to_live(&self, name: &str) -> Result<Option<String>, AwsError> {
        let answer: Value = self.dynamodb("DescribeTimeToLive", &json!({ "TableName": name })).await?;
        let described = &answer["TimeToLiveDescription"];
        let enabled = matches!(described["TimeToLiveStatus"].as_str(), Some("ENABLED" | "ENABLING"));
        Ok(described["AttributeName"].as_str().filter(|_| enabled).map(str::to_owned))
    }

    /// How many items an index holds.
    pub(crate) async fn index_size(&self, table: &str, index: &str) -> Result<u64, AwsError> {
        let mut total = 0;
        let mut body = json!({ "TableName": table, "IndexName": index, "Select": "COUNT" });
        for _ in 0..PAGES {
            let page: Count = self.dynamodb("Scan", &body).await?;
            total += page.count;
            match page.last_evaluated_key {
                Some(key) if !key.is_null() => body["ExclusiveStartKey"] = key,
                _ => break,
            }
        }
        Ok(total)
    }

    async fn dynamodb<T: serde::de::DeserializeOwned>(&self, operation: &str, body: &Value) -> Result<T, AwsError> {
        self.json(SERVICE, &format!("DynamoDB_20120810.{operation}"), "1.0", body).await
    }
}
