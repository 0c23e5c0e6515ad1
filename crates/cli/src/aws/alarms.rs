//! SNS: who hears of an alarm.

use serde::Deserialize;

use super::xml::List;
use super::{Aws, AwsError};

/// A page holds 100 subscriptions; the first says enough.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListSubscriptionsByTopicResponse {
    list_subscriptions_by_topic_result: Subscriptions,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Subscriptions {
    #[serde(default)]
    subscriptions: List<Subscription>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Subscription {
    #[serde(default)]
    subscription_arn: String,
    pub(crate) protocol: String,
}

impl Subscription {
    /// Until its owner has confirmed it, a subscription has no address of its own, and nothing is sent to it
    /// (<https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html>).
    pub(crate) fn is_confirmed(&self) -> bool {
        self.subscription_arn.starts_with("arn:")
    }
}

impl Aws {
    pub(crate) async fn subscriptions(&self, topic: &str) -> Result<Vec<Subscription>, AwsError> {
        let answer: ListSubscriptionsByTopicResponse =
            self.query("sns", "2010-03-31", "ListSubscriptionsByTopic", &[("TopicArn", topic)]).await?;
        Ok(answer.list_subscriptions_by_topic_result.subscriptions.member)
    }
}
