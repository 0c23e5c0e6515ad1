//! CloudFormation: the stack, what it was given, what it tells, and what became of its parts.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::xml::{Done, List};
use super::{Aws, AwsError};

const SERVICE: &str = "cloudformation";
const VERSION: &str = "2010-05-15";
/// A page holds 100; a stack has at most 500 resources.
const PAGES: usize = 10;

#[derive(Clone, Debug)]
pub(crate) struct Stack {
    /// Finds the stack when it is deleted, too.
    pub(crate) id: String,
    pub(crate) status: String,
    pub(crate) reason: Option<String>,
    pub(crate) termination_protected: bool,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) outputs: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Resource {
    pub(crate) resource_type: String,
    #[serde(default)]
    pub(crate) physical_resource_id: String,
    pub(crate) resource_status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeStacksResponse {
    describe_stacks_result: DescribeStacksResult,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeStacksResult {
    #[serde(default)]
    stacks: List<Described>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    stack_id: String,
    stack_status: String,
    stack_status_reason: Option<String>,
    #[serde(default)]
    enable_termination_protection: bool,
    #[serde(default)]
    parameters: List<Parameter>,
    #[serde(default)]
    outputs: List<Output>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    parameter_key: String,
    #[serde(default)]
    parameter_value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Output {
    output_key: String,
    #[serde(default)]
    output_value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListStackResourcesResponse {
    list_stack_resources_result: ListStackResourcesResult,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListStackResourcesResult {
    #[serde(default)]
    stack_resource_summaries: List<Resource>,
    next_token: Option<String>,
}

impl From<Described> for Stack {
    fn from(described: Described) -> Self {
        let parameters = described.parameters.member.into_iter().map(|p| (p.parameter_key, p.parameter_value));
        let outputs = described.outputs.member.into_iter().map(|o| (o.output_key, o.output_value));
        Self {
            id: described.stack_id,
            status: described.stack_status,
            reason: described.stack_status_reason.filter(|reason| !reason.is_empty()),
            termination_protected: described.enable_termination_protection,
            parameters: parameters.collect(),
            outputs: outputs.collect(),
        }
    }
}

impl Aws {
    /// The stack of this name or id; `None` where there is none.
    pub(crate) async fn stack(&self, name: &str) -> Result<Option<Stack>, AwsError> {
        let answer: Result<DescribeStacksResponse, _> =
            self.query(SERVICE, VERSION, "DescribeStacks", &[("StackName", name)]).await;
        match answer {
            Ok(answer) => Ok(answer.describe_stacks_result.stacks.member.into_iter().next().map(Stack::from)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What the stack made, and what became of it. A deleted stack is found by its id.
    pub(crate) async fn stack_resources(&self, stack_id: &str) -> Result<Vec<Resource>, AwsError> {
        let mut resources = Vec::new();
        let mut token: Option<String> = None;
        for _ in 0..PAGES {
            let mut parameters = vec![("StackName", stack_id)];
            parameters.extend(token.as_deref().map(|token| ("NextToken", token)));
            let page: ListStackResourcesResponse =
                self.query(SERVICE, VERSION, "ListStackResources", &parameters).await?;
            let ListStackResourcesResult { stack_resource_summaries, next_token } = page.list_stack_resources_result;
            resources.extend(stack_resource_summaries.member);
            token = next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                break;
            }
        }
        Ok(resources)
    }

    pub(crate) async fn delete_stack(&self, stack_id: &str) -> Result<(), AwsError> {
        let _: Done = self.query(SERVICE, VERSION, "DeleteStack", &[("StackName", stack_id)]).await?;
        Ok(())
    }
}
