//! The resources that are played, as typed values. Unknown properties are refused; those without a local counterpart are
//! listed here one by one.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Value, json};

use super::intrinsics::resource_of;
use super::permissions::{Permissions, Policy};

/// A function: its folder's name, what it is given, and what triggers it.
#[derive(Debug)]
pub struct FunctionSpec {
    pub id: String,
    /// The folder in `functions/`, which is also the binary in `target/lambda/`.
    pub name: String,
    pub timeout: Duration,
    pub reserved_concurrency: Option<usize>,
    pub variables: HashMap<String, String>,
    pub permissions: Permissions,
    pub routes: Vec<RouteSpec>,
    pub queues: Vec<QueueSource>,
    pub schedules: Vec<ScheduleSpec>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteSpec {
    pub method: String,
    pub path: String,
}

/// An event source mapping from a queue.
#[derive(Clone, Debug)]
pub struct QueueSource {
    pub queue: String,
    pub batch_size: usize,
    pub maximum_concurrency: usize,
    pub reports_failures: bool,
}

#[derive(Clone, Debug)]
pub struct ScheduleSpec {
    pub id: String,
    pub every: Duration,
}

#[derive(Debug)]
pub struct BusSpec {
    pub id: String,
    pub name: String,
}

#[derive(Debug)]
pub struct RuleSpec {
    pub id: String,
    pub bus: String,
    pub pattern: Value,
    /// Ids of queues.
    pub targets: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct QueueSpec {
    pub id: String,
    pub visibility_timeout: Duration,
    pub redrive: Option<Redrive>,
}

#[derive(Clone, Debug)]
pub struct Redrive {
    pub queue: String,
    pub max_receive_count: u32,
}

#[derive(Debug)]
pub struct TableSpec {
    pub id: String,
    /// A `CreateTable` request.
    pub create: Value,
    /// An `UpdateTimeToLive` request.
    pub time_to_live: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Function {
    code_uri: String,
    timeout: u64,
    reserved_concurrent_executions: Option<usize>,
    environment: Environment,
    #[serde(default)]
    events: BTreeMap<String, Event>,
    #[serde(default)]
    policies: Vec<Policy>,
    // Memory, runtime, logging, tracing and asynchronous retries belong to Lambda.
    #[serde(rename = "Runtime")]
    _runtime: IgnoredAny,
    #[serde(rename = "Handler")]
    _handler: IgnoredAny,
    #[serde(rename = "Architectures")]
    _architectures: IgnoredAny,
    #[serde(rename = "MemorySize")]
    _memory_size: IgnoredAny,
    #[serde(rename = "LoggingConfig")]
    _logging_config: IgnoredAny,
    #[serde(rename = "Tracing")]
    _tracing: Option<IgnoredAny>,
    #[serde(rename = "EventInvokeConfig")]
    _event_invoke_config: Option<IgnoredAny>,
    #[serde(rename = "Description")]
    _description: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Environment {
    variables: HashMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(tag = "Type", content = "Properties", deny_unknown_fields)]
enum Event {
    HttpApi(HttpApiEvent),
    #[serde(rename = "SQS")]
    Sqs(SqsEvent),
    ScheduleV2(ScheduleEvent),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct HttpApiEvent {
    method: String,
    path: String,
    #[serde(rename = "ApiId")]
    _api_id: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct SqsEvent {
    queue: String,
    batch_size: usize,
    #[serde(default)]
    function_response_types: Vec<String>,
    scaling_config: ScalingConfig,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ScalingConfig {
    maximum_concurrency: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ScheduleEvent {
    schedule_expression: String,
    // A tick is a call here: it always arrives.
    #[serde(rename = "DeadLetterConfig")]
    _dead_letter_config: Option<IgnoredAny>,
    #[serde(rename = "Name")]
    _name: Option<IgnoredAny>,
    #[serde(rename = "Description")]
    _description: Option<IgnoredAny>,
    #[serde(rename = "RetryPolicy")]
    _retry_policy: Option<IgnoredAny>,
}

pub(super) fn function(id: &str, properties: Value) -> Result<FunctionSpec> {
    let function: Function = read(properties)?;
    let name = function.code_uri.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
    ensure!(function.code_uri == format!("target/lambda/{name}/"), "CodeUri must be target/lambda/<function>/");
    let mut spec = FunctionSpec {
        id: id.to_owned(),
        name,
        timeout: Duration::from_secs(function.timeout),
        reserved_concurrency: function.reserved_concurrent_executions,
        variables: variables(function.environment.variables)?,
        permissions: Permissions::new(function.policies),
        routes: Vec::new(),
        queues: Vec::new(),
        schedules: Vec::new(),
    };
    for (event_id, event) in function.events {
        match event {
            Event::HttpApi(route) => spec.routes.push(RouteSpec { method: route.method, path: route.path }),
            Event::Sqs(source) => spec.queues.push(queue_source(&source)?),
            Event::ScheduleV2(schedule) => spec.schedules.push(ScheduleSpec {
                every: rate(&schedule.schedule_expression).with_context(|| format!("event {event_id}"))?,
                id: format!("{id}{event_id}"),
            }),
        }
    }
    Ok(spec)
}

fn variables(values: HashMap<String, Value>) -> Result<HashMap<String, String>> {
    let text = |(name, value)| match value {
        Value::String(text) => Ok((name, text)),
        Value::Number(number) => Ok((name, number.to_string())),
        other => bail!("environment variable {name} is not text: {other}"),
    };
    values.into_iter().map(text).collect()
}

fn queue_source(source: &SqsEvent) -> Result<QueueSource> {
    let reports_failures = match source.function_response_types.as_slice() {
        [] => false,
        [only] if only == "ReportBatchItemFailures" => true,
        other => bail!("the function response types {other:?} are not played locally"),
    };
    Ok(QueueSource {
        queue: resource_of(&source.queue).to_owned(),
        batch_size: source.batch_size,
        maximum_concurrency: source.scaling_config.maximum_concurrency,
        reports_failures,
    })
}

/// `rate(1 minute)`, `rate(5 minutes)`, `rate(1 hour)`.
fn rate(expression: &str) -> Result<Duration> {
    let inner = expression.strip_prefix("rate(").and_then(|rest| rest.strip_suffix(')'));
    let (count, unit) = inner.and_then(|inner| inner.split_once(' ')).unwrap_or_default();
    let unit_secs = match unit.trim_end_matches('s') {
        "minute" => 60,
        "hour" => 3600,
        _ => bail!("the schedule {expression} is not played locally; rate(N minutes) and rate(N hours) are"),
    };
    let count: u64 = count.parse().with_context(|| format!("the schedule {expression} has no number"))?;
    Ok(Duration::from_secs(count * unit_secs))
}

pub(super) fn bus(id: &str, properties: &Value) -> Result<BusSpec> {
    let name = properties["Name"].as_str().context("the bus has no Name")?;
    Ok(BusSpec { id: id.to_owned(), name: name.to_owned() })
}

pub(super) fn rule(id: &str, properties: Value) -> Result<RuleSpec> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Rule {
        event_bus_name: String,
        event_pattern: Value,
        targets: Vec<Target>,
        #[serde(rename = "Name")]
        _name: Option<IgnoredAny>,
        #[serde(rename = "Description")]
        _description: Option<IgnoredAny>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Target {
        arn: String,
        #[serde(rename = "Id")]
        _id: IgnoredAny,
        // The bus puts its events into queues of its own process: nothing can come between.
        #[serde(rename = "RetryPolicy")]
        _retry_policy: Option<IgnoredAny>,
        #[serde(rename = "DeadLetterConfig")]
        _dead_letter_config: Option<IgnoredAny>,
    }
    let rule: Rule = read(properties)?;
    Ok(RuleSpec {
        id: id.to_owned(),
        bus: rule.event_bus_name,
        pattern: rule.event_pattern,
        targets: rule.targets.iter().map(|target| resource_of(&target.arn).to_owned()).collect(),
    })
}

pub(super) fn queue(id: &str, properties: Value) -> Result<QueueSpec> {
    /// SQS's default.
    const VISIBILITY_TIMEOUT_SECS: u64 = 30;

    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Queue {
        visibility_timeout: Option<u64>,
        redrive_policy: Option<RedrivePolicy>,
        #[serde(rename = "SqsManagedSseEnabled")]
        _encryption: Option<IgnoredAny>,
        #[serde(rename = "MessageRetentionPeriod")]
        _retention: Option<IgnoredAny>,
        #[serde(rename = "RedriveAllowPolicy")]
        _redrive_allow_policy: Option<IgnoredAny>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct RedrivePolicy {
        dead_letter_target_arn: String,
        max_receive_count: u32,
    }
    let queue: Queue = read(properties)?;
    Ok(QueueSpec {
        id: id.to_owned(),
        visibility_timeout: Duration::from_secs(queue.visibility_timeout.unwrap_or(VISIBILITY_TIMEOUT_SECS)),
        redrive: queue.redrive_policy.map(|policy| Redrive {
            queue: resource_of(&policy.dead_letter_target_arn).to_owned(),
            max_receive_count: policy.max_receive_count,
        }),
    })
}

pub(super) fn table(id: &str, properties: Value) -> Result<TableSpec> {
    let Value::Object(mut create) = properties else { bail!("the table has no Properties") };
    // Settings of the deployed table; the embedded one knows neither back-ups nor encryption, and may be deleted.
    for name in ["PointInTimeRecoverySpecification", "SSESpecification", "DeletionProtectionEnabled"] {
        create.remove(name);
    }
    let time_to_live = create.remove("TimeToLiveSpecification");
    create.insert("TableName".to_owned(), id.into());
    Ok(TableSpec {
        id: id.to_owned(),
        create: Value::Object(create),
        time_to_live: time_to_live.map(|spec| json!({"TableName": id, "TimeToLiveSpecification": spec})),
    })
}

fn read<T: DeserializeOwned>(properties: Value) -> Result<T> {
    serde_json::from_value(properties).context("its properties are not what is played locally")
}
