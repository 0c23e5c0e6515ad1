//! AWS as its API references describe its answers: one address for all services, as AWS_ENDPOINT_URL takes it.

use std::fmt::Write as _;

use serde_json::{Value, json};
use wiremock::matchers::{body_string_contains, header, method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

pub(crate) const QUEUE: &str = "arn:aws:sqs:eu-west-1:123456789012:brihaspati-provision";
pub(crate) const REAPER: &str = "arn:aws:lambda:eu-west-1:123456789012:function:brihaspati-Reaper";
const STACK: &str = "arn:aws:cloudformation:eu-west-1:123456789012:stack/brihaspati/1f2e3d4c";

pub(crate) struct Aws {
    pub(crate) server: MockServer,
}

impl Aws {
    pub(crate) async fn start() -> Self {
        Self { server: MockServer::start().await }
    }

    /// A later answer to the same call takes the place of an earlier one.
    async fn mount(&self, mock: Mock) {
        let earlier = self.server.received_requests().await.map_or(0, |requests| requests.len());
        assert_eq!(earlier, 0, "answers are told before anybody asks");
        mock.mount(&self.server).await;
    }

    /// A service of the JSON protocols.
    pub(crate) async fn json(&self, target: &str, priority: u8, answer: &Value) {
        let mock = Mock::given(method("POST")).and(header("x-amz-target", target));
        let answer = ResponseTemplate::new(200).set_body_raw(answer.to_string(), "application/x-amz-json-1.0");
        self.mount(mock.respond_with(answer).with_priority(priority)).await;
    }

    /// Refuses a call of the JSON protocols as IAM does.
    pub(crate) async fn denies(&self, target: &str) {
        let refusal = json!({ "__type": "com.amazon.coral.service#AccessDeniedException",
            "Message": "User: arn:aws:iam::123456789012:user/grace is not authorized to perform this" });
        let mock = Mock::given(method("POST")).and(header("x-amz-target", target));
        let answer = ResponseTemplate::new(400).set_body_raw(refusal.to_string(), "application/x-amz-json-1.1");
        self.mount(mock.respond_with(answer).with_priority(1)).await;
    }

    /// A service of the REST JSON protocol.
    pub(crate) async fn rest(&self, verb: &str, at: &str, priority: u8, answer: &Value) {
        let mock =
            Mock::given(method(verb)).and(path(at)).respond_with(ResponseTemplate::new(200).set_body_json(answer));
        self.mount(mock.with_priority(priority)).await;
    }

    /// A service of the Query protocol.
    pub(crate) async fn query(&self, action: &str, priority: u8, result: &str) {
        let mock = Mock::given(method("POST")).and(body_string_contains(format!("Action={action}&")));
        self.mount(mock.respond_with(xml(action, result)).with_priority(priority)).await;
    }

    pub(crate) async fn asked(&self, verb: &str, at: &str) -> Vec<Request> {
        let requests = self.server.received_requests().await.unwrap();
        requests.into_iter().filter(|request| request.method.as_str() == verb && request.url.path() == at).collect()
    }

    /// How often a Query operation was called.
    pub(crate) async fn called(&self, action: &str) -> usize {
        let wanted = format!("Action={action}&");
        let requests = self.asked("POST", "/").await;
        requests.iter().filter(|request| String::from_utf8_lossy(&request.body).contains(&wanted)).count()
    }
}

pub(crate) fn xml(action: &str, result: &str) -> ResponseTemplate {
    let text = format!(
        "<{action}Response xmlns=\"http://example.amazonaws.com/doc/\"><{action}Result>{result}</{action}Result>\
         <ResponseMetadata><RequestId>b9b5fc3d</RequestId></ResponseMetadata></{action}Response>"
    );
    ResponseTemplate::new(200).set_body_raw(text, "text/xml")
}

/// A stack as `DescribeStacks` tells it.
pub(crate) fn stack(status: &str, parameters: &[(&str, &str)], outputs: &[(&str, &str)]) -> String {
    let mut text = format!(
        "<Stacks><member><StackName>brihaspati</StackName><StackId>{STACK}</StackId><StackStatus>{status}</StackStatus>\
         <CreationTime>2026-11-20T08:00:00Z</CreationTime><DisableRollback>false</DisableRollback>\
         <EnableTerminationProtection>false</EnableTerminationProtection>"
    );
    let mut list = |name: &str, kind: &str, pairs: &[(&str, &str)]| {
        write!(text, "<{name}>").unwrap();
        for (key, value) in pairs {
            write!(text, "<member><{kind}Key>{key}</{kind}Key><{kind}Value>{value}</{kind}Value></member>").unwrap();
        }
        write!(text, "</{name}>").unwrap();
    };
    list("Parameters", "Parameter", parameters);
    list("Outputs", "Output", outputs);
    text + "</member></Stacks>"
}

/// The parts of the stack after its deletion.
pub(crate) fn resources(parts: &[(&str, &str, &str)]) -> String {
    let mut text = "<StackResourceSummaries>".to_owned();
    for (kind, name, status) in parts {
        write!(
            text,
            "<member><LogicalResourceId>Part</LogicalResourceId><PhysicalResourceId>{name}</PhysicalResourceId>\
             <ResourceType>{kind}</ResourceType><ResourceStatus>{status}</ResourceStatus></member>"
        )
        .unwrap();
    }
    text + "</StackResourceSummaries>"
}

/// Subscriptions as `ListSubscriptionsByTopic` tells them.
pub(crate) fn subscriptions(arns: &[&str]) -> String {
    let mut text = "<Subscriptions>".to_owned();
    for arn in arns {
        write!(
            text,
            "<member><TopicArn>arn:aws:sns:eu-west-1:123456789012:alarms</TopicArn><Protocol>email</Protocol>\
             <SubscriptionArn>{arn}</SubscriptionArn><Owner>123456789012</Owner><Endpoint>ops@example.org</Endpoint>\
             </member>"
        )
        .unwrap();
    }
    text + "</Subscriptions>"
}

pub(crate) fn queue(messages: u32) -> Value {
    json!({ "Attributes": { "QueueArn": QUEUE, "ApproximateNumberOfMessages": messages.to_string(),
        "ApproximateNumberOfMessagesNotVisible": "0" } })
}

pub(crate) fn table(indexes: &[&str]) -> Value {
    let indexes: Vec<Value> =
        indexes.iter().map(|name| json!({ "IndexName": name, "IndexStatus": "ACTIVE" })).collect();
    json!({ "Table": { "TableName": "brihaspati-Table", "TableStatus": "ACTIVE", "GlobalSecondaryIndexes": indexes,
        "DeletionProtectionEnabled": true } })
}

pub(crate) fn function(linode_token: &str) -> Value {
    json!({ "FunctionName": "f", "State": "Active", "LastUpdateStatus": "Successful",
        "Environment": { "Variables": { "LINODE_TOKEN": linode_token, "DIGITALOCEAN_TOKEN": "do-token" } } })
}
