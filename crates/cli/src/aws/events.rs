//! EventBridge: the bus's rule, and the schedule.

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::{Aws, AwsError};

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Rule {
    pub(crate) state: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Targets {
    #[serde(default)]
    targets: Vec<Target>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Target {
    pub(crate) arn: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Schedule {
    pub(crate) state: String,
    pub(crate) schedule_expression: String,
    pub(crate) target: Target,
}

impl Aws {
    pub(crate) async fn rule(&self, bus: &str, rule: &str) -> Result<Rule, AwsError> {
        let body = json!({ "Name": rule_name(rule), "EventBusName": bus });
        self.json("events", "AWSEvents.DescribeRule", "1.1", &body).await
    }

    pub(crate) async fn rule_targets(&self, bus: &str, rule: &str) -> Result<Vec<String>, AwsError> {
        let body = json!({ "Rule": rule_name(rule), "EventBusName": bus });
        let targets: Targets = self.json("events", "AWSEvents.ListTargetsByRule", "1.1", &body).await?;
        Ok(targets.targets.into_iter().map(|target| target.arn).collect())
    }

    /// `name` is the schedule's, or `group/name`.
    pub(crate) async fn schedule(&self, name: &str) -> Result<Schedule, AwsError> {
        let path = match name.rsplit_once('/').or_else(|| name.rsplit_once('|')) {
            Some((group, name)) => format!("/schedules/{name}?groupName={group}"),
            None => format!("/schedules/{name}"),
        };
        self.rest("scheduler", "GetSchedule", Method::GET, &path, None).await
    }
}

/// CloudFormation's `Ref` of a rule on a bus of one's own is `bus|rule`.
fn rule_name(reference: &str) -> &str {
    reference.rsplit('|').next().unwrap_or(reference)
}
