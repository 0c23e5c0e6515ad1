//! What carries the tag at the providers, and what stays at AWS on purpose.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::aws::{Aws, AwsError, Resource};
use crate::clouds::{Cloud, CloudError, CloudKind, Leftover};
use crate::deployment::Deployment;
use crate::failure::Failure;
use crate::output::{Output, Table, many, plain};

/// Everything with the installation's tag, at every provider it uses.
pub(super) struct Traces(Vec<Trace>);

struct Trace {
    kind: CloudKind,
    machines: usize,
    /// What else carries it; or why that cannot be seen with this token.
    others: Result<Vec<Leftover>, CloudError>,
}

pub(super) async fn traces(clouds: &[Cloud], tag: &str) -> Result<Traces, Failure> {
    let looks = join_all(clouds.iter().map(|cloud| async move {
        let (machines, others) = tokio::join!(cloud.machines(tag), cloud.leftovers(tag));
        Ok::<_, CloudError>(Trace { kind: cloud.kind, machines: machines?.len(), others })
    }));
    let looks: Result<Vec<Trace>, CloudError> = looks.await.into_iter().collect();
    looks.map(Traces).map_err(|error| Failure::Refused(error.to_string()))
}

impl Traces {
    pub(super) fn machines(&self) -> usize {
        self.0.iter().map(|trace| trace.machines).sum()
    }

    pub(super) fn is_clean(&self) -> bool {
        self.machines() == 0 && self.0.iter().all(|trace| trace.others.as_ref().map_or(true, Vec::is_empty))
    }

    pub(super) fn document(&self) -> Value {
        let one = |trace: &Trace| {
            let named = |others: &Vec<Leftover>| {
                others.iter().map(|one| json!({ "kind": one.kind, "name": one.name })).collect::<Vec<_>>()
            };
            json!({
                "provider": trace.kind.slug(),
                "machines": trace.machines,
                "others": trace.others.as_ref().ok().map(named),
                "trouble": trace.others.as_ref().err().map(ToString::to_string),
            })
        };
        self.0.iter().map(one).collect()
    }

    pub(super) fn words(&self) -> String {
        let one = |trace: &Trace| {
            let others = match &trace.others {
                Ok(others) if others.is_empty() => "nothing else".to_owned(),
                Ok(others) => {
                    others.iter().map(|one| plain(&format!("{} {}", one.kind, one.name))).collect::<Vec<_>>().join(", ")
                }
                Err(error) => format!("what else could not be seen ({})", plain(&error.to_string())),
            };
            format!("{}: {} with the tag, {others}", trace.kind, many(trace.machines, "machine"))
        };
        self.0.iter().map(one).collect::<Vec<_>>().join("\n")
    }
}

/// What a deleted stack leaves on purpose, each with the command that removes it.
pub(super) struct Remains(Vec<Remain>);

struct Remain {
    what: String,
    why: &'static str,
    command: String,
}

impl Remains {
    pub(super) async fn of(aws: &Aws, deployment: &Deployment) -> Result<Self, AwsError> {
        let resources = aws.stack_resources(&deployment.stack.id).await?;
        let kept = resources.iter().filter(|resource| resource.resource_status == "DELETE_SKIPPED");
        let mut remains: Vec<Remain> = kept.map(Remain::of).collect();
        // Not every answer still tells what was kept: the table is asked for itself.
        let table = deployment.value("TableName").unwrap_or_default();
        let told =
            resources.iter().any(|one| one.physical_resource_id == table && one.resource_status == "DELETE_SKIPPED");
        if !told && !table.is_empty() && aws.table(table).await.is_ok() {
            remains.push(Remain::table(table));
        }
        for secret in ["SessionKeysSecret", "LinodeTokenSecret", "DigitalOceanTokenSecret"] {
            if let Some(name) = deployment.value(secret) {
                remains.push(Remain {
                    what: format!("secret {name}"),
                    why: "it was made by hand, and may serve another installation",
                    command: format!("aws secretsmanager delete-secret --secret-id {name}"),
                });
            }
        }
        Ok(Self(remains))
    }

    pub(super) fn document(&self) -> Value {
        let one = |remain: &Remain| json!({ "what": remain.what, "why": remain.why, "command": remain.command });
        self.0.iter().map(one).collect()
    }

    pub(super) fn show(&self, output: &Output) -> Result<(), Failure> {
        let mut table = Table::new(["remains", "why", "remove it with"]);
        for Remain { what, why, command } in &self.0 {
            table.row([(&**what).into(), (*why).into(), (&**command).into()]);
        }
        if table.is_empty() { Ok(()) } else { output.table(&table) }
    }
}

impl Remain {
    fn of(resource: &Resource) -> Self {
        let name = &resource.physical_resource_id;
        match resource.resource_type.as_str() {
            "AWS::DynamoDB::Table" => Self::table(name),
            "AWS::Logs::LogGroup" => Self {
                what: format!("log group {name}"),
                why: "what happened can still be looked up",
                command: format!("aws logs delete-log-group --log-group-name {name}"),
            },
            kind => Self {
                what: format!("{kind} {name}"),
                why: "the template keeps it",
                command: "the AWS console".to_owned(),
            },
        }
    }

    fn table(name: &str) -> Self {
        Self {
            what: format!("table {name}"),
            why: "it holds classes, people and receipts",
            command: format!(
                "aws dynamodb update-table --no-deletion-protection-enabled --table-name {name} && aws dynamodb \
                 delete-table --table-name {name}"
            ),
        }
    }
}
