//! SQS: a queue's name at AWS, and how much waits in it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::{Aws, AwsError};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attributes {
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Queue {
    pub(crate) arn: String,
    /// Waiting and being worked on; approximate.
    pub(crate) messages: u64,
}

impl Aws {
    pub(crate) async fn queue(&self, url: &str) -> Result<Queue, AwsError> {
        let names = ["QueueArn", "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
        let body = json!({ "QueueUrl": url, "AttributeNames": names });
        let answer: Attributes = self.json("sqs", "AmazonSQS.GetQueueAttributes", "1.0", &body).await?;
        let count = |name: &str| answer.attributes.get(name).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        Ok(Queue {
            arn: answer.attributes.get(names[0]).cloned().unwrap_or_default(),
            messages: count(names[1]) + count(names[2]),
        })
    }
}
