//! `template.yaml` as a model of what the local stack plays. What it cannot play is refused by name, so that nothing
//! works here that is not deployed, and nothing is deployed that was silently left out here.

mod intrinsics;
mod parameters;
mod permissions;
mod resources;
mod yaml;

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value};

pub use intrinsics::SecretLookup;
pub use permissions::Permissions;
pub(crate) use permissions::Wanted;
pub use resources::{
    BusSpec, FunctionSpec, QueueSource, QueueSpec, Redrive, RouteSpec, RuleSpec, ScheduleSpec, TableSpec,
};

use intrinsics::Scope;

pub(crate) use intrinsics::{ACCOUNT, REGION, arn, queue_url};

/// What is deployed, resolved to local values.
#[derive(Debug, Default)]
pub struct Template {
    pub functions: Vec<FunctionSpec>,
    pub tables: Vec<TableSpec>,
    pub buses: Vec<BusSpec>,
    pub rules: Vec<RuleSpec>,
    pub queues: Vec<QueueSpec>,
}

impl Template {
    /// Reads a template with the given parameters (the rest take their defaults) and secrets.
    pub fn parse(text: &str, parameters: &BTreeMap<String, String>, secrets: &SecretLookup<'_>) -> Result<Self> {
        let document = yaml::parse(text)?;
        let scope = Scope::new(&document, parameters, secrets)?;
        let resources = document["Resources"].as_object().context("the template has no Resources")?;
        let mut template = Self::default();
        for (id, resource) in resources {
            template.add(id, resource, &document["Globals"], &scope).with_context(|| format!("resource {id}"))?;
        }
        template.check()?;
        Ok(template)
    }

    fn add(&mut self, id: &str, resource: &Value, globals: &Value, scope: &Scope<'_>) -> Result<()> {
        let kind = resource["Type"].as_str().context("it has no Type")?;
        let properties = || scope.resolve(&resource["Properties"]);
        match kind {
            "AWS::Serverless::Function" => {
                let merged = merge(&globals["Function"], &resource["Properties"]);
                self.functions.push(resources::function(id, scope.resolve(&merged)?)?);
            }
            "AWS::DynamoDB::Table" => self.tables.push(resources::table(id, properties()?)?),
            "AWS::Events::EventBus" => self.buses.push(resources::bus(id, &properties()?)?),
            "AWS::Events::Rule" => self.rules.push(resources::rule(id, properties()?)?),
            "AWS::SQS::Queue" => self.queues.push(resources::queue(id, properties()?)?),
            // Without a counterpart on one machine: throttling and access logs, log groups, who may send to a queue.
            "AWS::Serverless::HttpApi" | "AWS::Logs::LogGroup" | "AWS::SQS::QueuePolicy" => {}
            // What an operator watches from outside. No function knows of it, so nothing behaves otherwise without it.
            "AWS::Logs::MetricFilter"
            | "AWS::CloudWatch::Alarm"
            | "AWS::CloudWatch::Dashboard"
            | "AWS::SNS::Topic"
            | "AWS::SNS::TopicPolicy"
            | "AWS::SNS::Subscription"
            | "AWS::KMS::Key" => {}
            // `Local::events` keeps the newest events of this bus.
            "AWS::Events::Archive" => {}
            other => bail!("the type {other} is not played locally"),
        }
        Ok(())
    }

    /// Every rule, event source and redrive policy points at something that exists.
    fn check(&self) -> Result<()> {
        let queue = |id: &str| self.queues.iter().find(|queue| queue.id == id);
        for rule in &self.rules {
            ensure!(
                self.buses.iter().any(|bus| bus.name == rule.bus),
                "rule {} is on a bus that does not exist",
                rule.id
            );
            for target in &rule.targets {
                ensure!(queue(target).is_some(), "rule {}: its target {target} is not a queue", rule.id);
            }
        }
        for spec in &self.queues {
            if let Some(redrive) = &spec.redrive {
                ensure!(queue(&redrive.queue).is_some(), "queue {}: its dead-letter queue does not exist", spec.id);
            }
        }
        for function in &self.functions {
            for source in &function.queues {
                let queue = queue(&source.queue)
                    .with_context(|| format!("function {}: its queue {} does not exist", function.id, source.queue))?;
                ensure!(
                    queue.visibility_timeout >= function.timeout * 6,
                    "queue {}: the visibility time-out must be at least six times the time-out of {}",
                    queue.id,
                    function.id
                );
            }
        }
        Ok(())
    }
}

/// SAM's rule for globals: maps are merged, everything else is replaced by the function's own.
fn merge(global: &Value, own: &Value) -> Value {
    match (global, own) {
        (Value::Object(global), Value::Object(own)) => {
            let mut merged: Map<String, Value> = global.clone();
            for (key, value) in own {
                let value = merged.get(key).map_or_else(|| value.clone(), |global| merge(global, value));
                merged.insert(key.clone(), value);
            }
            Value::Object(merged)
        }
        (global, Value::Null) => global.clone(),
        (_, own) => own.clone(),
    }
}

#[cfg(test)]
mod tests;
