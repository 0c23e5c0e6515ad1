//! Every machine of the installation, deleted now, whether or not anything of the control plane still works.
//!
//! The order is what makes it safe to repeat and to interrupt:
//! 1. *Brake*: provision and reaper are switched off, so that what is deleted is not made again for environments that are
//!    still wanted. Lambda refuses to start them from that moment on; a run under way lasts a minute at most.
//! 2. *Unwanting*: the API, if it answers, is told to stop every environment, so that none is made again afterwards either.
//! 3. *Deleting*, beside 2: both providers are listed by the installation's tag, what is listed is deleted, and they are
//!    listed again until nothing has been seen for longer than a create under way can take.
//!
//! Whatever of 1 and 2 is out of reach is said, and never keeps 3 from happening.

pub(super) mod brake;
mod sweep;
mod unwant;

use std::time::Instant;

use futures::future::join_all;
use serde_json::json;

use self::brake::Brake;
use self::sweep::Swept;
use self::unwant::Unwanted;
use crate::args::EmergencyStop;
use crate::aws::Aws;
use crate::clouds::{Cloud, Tokens, tokens};
use crate::deployment::{Deployment, Installation};
use crate::failure::Failure;
use crate::output::{Colour, Output, Table, cell, many, plain};
use crate::prompt;

pub(super) async fn run(wanted: EmergencyStop, output: &Output) -> Result<(), Failure> {
    let at_aws = match &wanted.installation {
        Some(_) => None,
        None => Some(read(&wanted, output).await?),
    };
    if let (true, Some((aws, deployment))) = (wanted.release, &at_aws) {
        return brake::release(aws, deployment, output).await;
    }
    let installation: Installation = match (&wanted.installation, &at_aws) {
        (Some(name), _) => name.parse()?,
        (None, Some((_, deployment))) => deployment.installation()?,
        (None, None) => return Err(Failure::WrongUsage("give --stack or --installation".to_owned())),
    };
    let at_aws = at_aws.as_ref().map(|(aws, deployment)| (aws, deployment));
    let tokens = tokens(at_aws).await;
    if tokens.clouds.is_empty() {
        let why = tokens.missing.iter().map(|(kind, why)| format!("{kind}: {why}")).collect::<Vec<_>>().join("; ");
        return Err(Failure::NotSignedIn(format!("no provider can be asked: {why}")));
    }
    let count = count(&tokens.clouds, &installation, output).await;
    for (kind, why) in &tokens.missing {
        output.note(format!("{kind} is not asked ({why})"));
    }
    let question = format!(
        "{count} of {} will be deleted now, with everything on them, whoever works there. Type its name to go on",
        installation.name()
    );
    prompt::confirm_name(&question, installation.name(), wanted.yes.yes)?;

    let brake = brake::pull(at_aws, output).await;
    let until = Instant::now() + wanted.deadline;
    let sweeps = tokens.clouds.iter().map(|cloud| sweep::sweep(cloud, &installation, wanted.watch, until, output));
    let (swept, unwanted) = tokio::join!(join_all(sweeps), unwant::everything(at_aws, output));
    report(&Outcome { installation: &installation, brake, unwanted, swept, tokens: &tokens }, output)
}

async fn read(wanted: &EmergencyStop, output: &Output) -> Result<(Aws, Deployment), Failure> {
    let found = async {
        let aws = Aws::connect(wanted.at.region.as_deref(), wanted.at.profile.as_deref()).await?;
        let deployment = Deployment::read(&aws, &wanted.at.stack).await?;
        Ok::<_, Failure>((aws, deployment))
    };
    found.await.inspect_err(|_| {
        output.note(
            "the stack cannot be read; machines can be deleted without it: brihaspati emergency-stop --installation NAME, \
             with LINODE_TOKEN and DIGITALOCEAN_TOKEN set",
        );
    })
}

/// In words, for the question. A provider that does not answer now is asked again after it.
async fn count(clouds: &[Cloud], installation: &Installation, output: &Output) -> String {
    let tag = installation.tag();
    let lists = join_all(clouds.iter().map(|cloud| cloud.machines(&tag))).await;
    let mut words = Vec::new();
    for (cloud, list) in clouds.iter().zip(lists) {
        match list {
            Ok(machines) => words.push(format!("{} at {}", many(machines.len(), "machine"), cloud.kind)),
            Err(error) => {
                output.note(error.to_string());
                words.push(format!("every machine at {}", cloud.kind));
            }
        }
    }
    words.join(" and ")
}

struct Outcome<'a> {
    installation: &'a Installation,
    brake: Brake,
    unwanted: Unwanted,
    swept: Vec<Swept>,
    tokens: &'a Tokens,
}

fn report(outcome: &Outcome<'_>, output: &Output) -> Result<(), Failure> {
    let Outcome { installation, brake, unwanted, swept, tokens } = outcome;
    let not_asked: Vec<_> =
        tokens.missing.iter().map(|(kind, why)| json!({ "provider": kind.slug(), "why": why })).collect();
    let document = json!({
        "installation": installation.name(),
        "brake": brake.document(),
        "environments": unwanted.document(),
        "providers": swept.iter().map(Swept::document).collect::<Vec<_>>(),
        "not_asked": not_asked,
    });
    output.show(&document, |output| {
        let mut table = Table::new(["provider", "deleted", "left", "why"]);
        for one in swept {
            let left = cell(one.left.len().to_string(), (!one.left.is_empty()).then_some(Colour::Red));
            let why = one.trouble.clone().unwrap_or_default();
            table.row([one.kind.title().into(), one.deleted.to_string().into(), left, why.into()]);
        }
        output.table(&table)?;
        for one in swept {
            for machine in &one.left {
                output.line(format!("left at {}: {} ({})", one.kind, plain(&machine.label), machine.id))?;
            }
        }
        output.line(brake.words())?;
        output.line(unwanted.words())
    })?;
    let unfinished = swept.iter().filter(|one| !one.is_clean()).count();
    if unfinished > 0 {
        return Err(Failure::SomeFailed("something is left; run it again".to_owned()));
    }
    match tokens.missing.is_empty() {
        true => Ok(()),
        false => Err(Failure::SomeFailed("what could be asked is empty; a provider was not asked".to_owned())),
    }
}
