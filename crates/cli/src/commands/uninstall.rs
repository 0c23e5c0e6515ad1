//! The end of an installation: nothing of it left at either provider, its stack gone, and both proven.

mod remains;

use std::time::{Duration, Instant};

use serde_json::json;

use self::remains::{Remains, traces};
use crate::args::Uninstall;
use crate::aws::Aws;
use crate::clouds::{Tokens, tokens};
use crate::deployment::Deployment;
use crate::failure::Failure;
use crate::output::{Output, many, plain};
use crate::prompt;

const BETWEEN_LOOKS: Duration = Duration::from_secs(5);
/// The sparse index that holds every environment that has not ended.
const LIVING: &str = "due";

pub(super) async fn run(wanted: Uninstall, output: &Output) -> Result<(), Failure> {
    let aws = Aws::connect(wanted.at.region.as_deref(), wanted.at.profile.as_deref()).await?;
    let deployment = Deployment::read(&aws, &wanted.at.stack).await?;
    let installation = deployment.installation()?;
    let tokens = tokens(Some((&aws, &deployment))).await;
    ready(&aws, &deployment, &tokens).await?;
    before(&deployment, output);
    let question =
        format!("The stack {} will be deleted. Type the installation's name to go on", plain(&wanted.at.stack));
    prompt::confirm_name(&question, installation.name(), wanted.yes.yes)?;
    // Somebody may have pressed Play since the question was asked.
    ready(&aws, &deployment, &tokens).await?;

    aws.delete_stack(&deployment.stack.id).await?;
    gone(&aws, &deployment, Instant::now() + wanted.deadline, output).await?;
    let remains = Remains::of(&aws, &deployment).await?;
    let traces = traces(&tokens.clouds, &installation.tag()).await?;
    let document = json!({
        "installation": installation.name(),
        "stack": "deleted",
        "providers": traces.document(),
        "remains": remains.document(),
    });
    output.show(&document, |output| {
        output.line(format!("the stack {} is gone", plain(&wanted.at.stack)))?;
        output.line(traces.words())?;
        remains.show(output)
    })?;
    match traces.is_clean() {
        true => Ok(()),
        false => Err(Failure::SomeFailed(format!(
            "something still carries the installation's tag; machines go with: brihaspati emergency-stop --installation {}",
            installation.name()
        ))),
    }
}

/// Whether nothing would be left behind without an owner.
async fn ready(aws: &Aws, deployment: &Deployment, tokens: &Tokens) -> Result<(), Failure> {
    if let Some((kind, why)) = tokens.missing.first() {
        return Err(Failure::Refused(format!("nobody can prove that nothing is left at {kind}: {why}")));
    }
    if deployment.stack.termination_protected {
        return Err(Failure::Refused(
            "the stack is protected: aws cloudformation update-termination-protection \
             --no-enable-termination-protection --stack-name …"
                .to_owned(),
        ));
    }
    let tag = deployment.installation()?.tag();
    let found = traces(&tokens.clouds, &tag).await?;
    if found.machines() > 0 {
        return Err(Failure::Refused(format!(
            "the providers still have {} with the tag {tag}: end the classes (brihaspati class archive), or run \
             brihaspati emergency-stop",
            many(found.machines(), "machine")
        )));
    }
    let living = match aws.index_size(deployment.require("TableName")?, LIVING).await {
        Ok(living) => living,
        // A table that went before its stack holds no environment.
        Err(error) if error.is_not_found() => 0,
        Err(error) => return Err(error.into()),
    };
    match living {
        0 => Ok(()),
        living => Err(Failure::Refused(format!(
            "{} not ended: archive the classes, and wait until the reaper has proven each machine \
             gone (after an emergency stop: brihaspati emergency-stop --release)",
            many(living, "environment")
        ))),
    }
}

fn before(deployment: &Deployment, output: &Output) {
    output.note(match deployment.data_is_protected() {
        true => {
            "ProtectData is on: the table stays, with all classes, receipts and its backups, and is not deleted by mistake \
             either; at the end stands how to delete it"
        }
        false => "the table stays, with all classes and receipts; at the end stands how to delete it",
    });
}

async fn gone(aws: &Aws, deployment: &Deployment, until: Instant, output: &Output) -> Result<(), Failure> {
    let mut told = String::new();
    loop {
        let Some(stack) = aws.stack(&deployment.stack.id).await? else { return Ok(()) };
        match stack.status.as_str() {
            "DELETE_COMPLETE" => return Ok(()),
            "DELETE_FAILED" => {
                let reason = stack.reason.unwrap_or_default();
                return Err(Failure::Refused(format!(
                    "the stack could not be deleted: {}; fix that and run it again",
                    plain(&reason)
                )));
            }
            status if status != told => {
                output.note(format!("the stack is {status}"));
                told = status.to_owned();
            }
            _ => {}
        }
        if Instant::now() >= until {
            return Err(Failure::SomeFailed("the stack is still being deleted; run it again later".to_owned()));
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}
