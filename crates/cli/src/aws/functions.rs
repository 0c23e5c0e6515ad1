//! Lambda: what a function is set to, what feeds it, and how many may run at once.

use std::collections::BTreeMap;

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Aws, AwsError};

const SERVICE: &str = "lambda";

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Function {
    pub(crate) state: Option<String>,
    pub(crate) last_update_status: Option<String>,
    #[serde(default)]
    environment: Environment,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Environment {
    #[serde(default)]
    variables: BTreeMap<String, String>,
}

impl Function {
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.environment.variables.get(name).map(String::as_str)
    }
}

/// A queue's way into a function.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct EventSource {
    #[serde(rename = "UUID")]
    pub(crate) uuid: String,
    pub(crate) event_source_arn: Option<String>,
    pub(crate) state: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct EventSources {
    #[serde(default)]
    event_source_mappings: Vec<EventSource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Concurrency {
    reserved_concurrent_executions: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AccountSettings {
    account_limit: AccountLimit,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AccountLimit {
    pub(crate) concurrent_executions: u32,
    pub(crate) unreserved_concurrent_executions: Option<u32>,
}

impl Aws {
    pub(crate) async fn function(&self, name: &str) -> Result<Function, AwsError> {
        let path = format!("/2015-03-31/functions/{name}/configuration");
        self.rest(SERVICE, "GetFunctionConfiguration", Method::GET, &path, None).await
    }

    pub(crate) async fn event_sources(&self, function: &str) -> Result<Vec<EventSource>, AwsError> {
        let path = format!("/2015-03-31/event-source-mappings/?FunctionName={function}");
        let sources: EventSources = self.rest(SERVICE, "ListEventSourceMappings", Method::GET, &path, None).await?;
        Ok(sources.event_source_mappings)
    }

    /// How many may run at once; `None` where the function shares what the account has.
    pub(crate) async fn reserved_concurrency(&self, function: &str) -> Result<Option<u32>, AwsError> {
        let path = format!("/2019-09-30/functions/{function}/concurrency");
        let answer: Concurrency = self.rest(SERVICE, "GetFunctionConcurrency", Method::GET, &path, None).await?;
        Ok(answer.reserved_concurrent_executions)
    }

    /// Zero stops the function at once, whoever calls it
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html>); `None` takes the setting away.
    pub(crate) async fn reserve_concurrency(&self, function: &str, wanted: Option<u32>) -> Result<(), AwsError> {
        let path = format!("/2017-10-31/functions/{function}/concurrency");
        let _: Value = match wanted {
            Some(count) => {
                let body = json!({ "ReservedConcurrentExecutions": count });
                self.rest(SERVICE, "PutFunctionConcurrency", Method::PUT, &path, Some(&body)).await?
            }
            None => self.rest(SERVICE, "DeleteFunctionConcurrency", Method::DELETE, &path, None).await?,
        };
        Ok(())
    }

    pub(crate) async fn function_limit(&self) -> Result<AccountLimit, AwsError> {
        let path = "/2016-08-19/account-settings/";
        let answer: AccountSettings = self.rest(SERVICE, "GetAccountSettings", Method::GET, path, None).await?;
        Ok(answer.account_limit)
    }
}
