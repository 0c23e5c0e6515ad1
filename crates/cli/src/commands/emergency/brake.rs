//! Switching off what makes machines, and on again: with a reserved concurrency of zero Lambda starts a function for nobody
//! (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html>). Nothing is lost by it: what waits in
//! the queue is found by its due time when the reaper runs again.

use serde_json::{Value, json};

use crate::aws::Aws;
use crate::deployment::Deployment;
use crate::failure::Failure;
use crate::output::Output;

/// The functions that hold the providers' tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Provision,
    Reaper,
}

impl Part {
    pub(crate) const ALL: [Self; 2] = [Self::Provision, Self::Reaper];

    /// The stack's output that names the function.
    pub(crate) fn output(self) -> &'static str {
        match self {
            Self::Provision => "ProvisionFunctionName",
            Self::Reaper => "ReaperFunctionName",
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Provision => "provision",
            Self::Reaper => "the reaper",
        }
    }

    /// Its reserved concurrency as the template sets it: none for provision, whose queue limits it, and one for the reaper,
    /// unless the account is too small to reserve any.
    pub(crate) fn normal(self, reserves: bool) -> Option<u32> {
        match self {
            Self::Provision => None,
            Self::Reaper => reserves.then_some(1),
        }
    }
}

/// What could be switched off.
pub(super) struct Brake {
    /// `None` where there was no stack to switch anything off in.
    troubles: Option<Vec<String>>,
}

impl Brake {
    fn holds(&self) -> bool {
        self.troubles.as_ref().is_some_and(Vec::is_empty)
    }

    pub(super) fn document(&self) -> Value {
        json!({ "on": self.holds(), "troubles": self.troubles })
    }

    pub(super) fn words(&self) -> &'static str {
        match self.holds() {
            true => {
                "provision and the reaper are switched off: no lab starts and none expires. When it is safe again: \
                 brihaspati emergency-stop --release"
            }
            false => {
                "what makes machines could not be switched off: look again in a few minutes, machines may have been made \
                 for environments that are still wanted"
            }
        }
    }
}

pub(super) async fn pull(at_aws: Option<(&Aws, &Deployment)>, output: &Output) -> Brake {
    let Some((aws, deployment)) = at_aws else { return Brake { troubles: None } };
    let (provision, reaper) =
        tokio::join!(set(aws, deployment, Part::Provision, Some(0)), set(aws, deployment, Part::Reaper, Some(0)));
    let troubles: Vec<String> =
        [provision, reaper].into_iter().filter_map(Result::err).map(|e| e.to_string()).collect();
    for trouble in &troubles {
        output.note(trouble);
    }
    Brake { troubles: Some(troubles) }
}

pub(super) async fn release(aws: &Aws, deployment: &Deployment, output: &Output) -> Result<(), Failure> {
    for part in Part::ALL {
        set(aws, deployment, part, part.normal(deployment.reserves_concurrency())).await?;
    }
    output.show(&json!({ "brake": { "on": false, "troubles": [] } }), |output| {
        output.line("provision and the reaper run again; within a minute or two the reaper takes up what is due")
    })
}

async fn set(aws: &Aws, deployment: &Deployment, part: Part, wanted: Option<u32>) -> Result<(), Failure> {
    let function = deployment.require(part.output())?;
    aws.reserve_concurrency(function, wanted).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of a resource of the template.
    fn resource<'a>(template: &'a str, name: &str) -> Vec<&'a str> {
        let lines = template.lines().skip_while(|line| *line != format!("  {name}:")).skip(1);
        lines.take_while(|line| line.is_empty() || line.starts_with("   ")).collect()
    }

    #[test]
    fn a_release_sets_what_the_template_sets() {
        let template = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml")).unwrap();
        let reserved = |name| {
            let lines = resource(&template, name);
            assert!(!lines.is_empty(), "{name}");
            lines.iter().find_map(|line| line.trim().strip_prefix("ReservedConcurrentExecutions: ")).map(str::to_owned)
        };
        assert_eq!((reserved("Provision"), Part::Provision.normal(true)), (None, None));
        let reaper = reserved("Reaper").unwrap();
        assert!(["1", "!If [ReservesConcurrency, 1, !Ref AWS::NoValue]"].contains(&reaper.as_str()), "{reaper}");
        assert_eq!((Part::Reaper.normal(true), Part::Reaper.normal(false)), (Some(1), None));
    }
}
