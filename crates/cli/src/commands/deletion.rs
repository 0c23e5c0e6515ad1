//! The end of a class, and the receipt of it.

use std::time::Duration;

use reqwest::Method;

use super::Context;
use crate::api::class::{ClassDeletion, ClassRef};
use crate::api::{Answer, Payload, segment};
use crate::failure::Failure;
use crate::output::{Output, local_time, plain, plain_value};
use crate::prompt;

/// A large class is deleted part by part, each as long as a function may run.
const PARTS: usize = 200;
const BETWEEN_PARTS: Duration = Duration::from_millis(500);
/// A class that was archived a moment ago is waited for; the installation says how long.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

pub(super) async fn delete(context: &Context<'_>, class: &str, yes: bool) -> Result<(), Failure> {
    let class = context.api.find_class(class).await?;
    let question = format!("{} and all data about its people will be deleted for good. Go on?", plain(&class.code));
    prompt::confirm(&question, yes)?;
    for _ in 0..PARTS {
        let answer = delete_a_part(context, &class).await?;
        if answer.value.verified_absent {
            return receipt(context.output, &answer);
        }
        tokio::time::sleep(BETWEEN_PARTS).await;
    }
    Err(Failure::Refused(format!("{} is not deleted completely yet; delete it again", plain(&class.code))))
}

async fn delete_a_part(context: &Context<'_>, class: &ClassRef) -> Result<Answer<ClassDeletion>, Failure> {
    let path = class.path("");
    let again = || context.api.send(Method::DELETE, &path, Payload::default());
    let raw = match again().await {
        Err(Failure::Problem(problem)) if problem.code == "class_archived_just_now" => {
            let Some(wait) = problem.retry_after.filter(|wait| *wait <= LONGEST_WAIT) else {
                return Err(Failure::Problem(problem));
            };
            context.output.note(format!("waiting {} s: {}", wait.as_secs(), plain(&problem.detail)));
            tokio::time::sleep(wait).await;
            again().await?
        }
        other => other?,
    };
    raw.decode()
}

/// Of a class that is gone.
pub(super) async fn show(context: &Context<'_>, class: &str) -> Result<(), Failure> {
    let path = format!("/api/admin/deletions/{}", segment(class)?);
    receipt(context.output, &context.api.get(&path).await?)
}

fn receipt(output: &Output, answer: &Answer<ClassDeletion>) -> Result<(), Failure> {
    let receipt = &answer.value;
    output.show(&answer.json, |output| {
        let title = format!("{} ({}, {})", receipt.title, receipt.code, receipt.class_id);
        output.line(plain(&format!("deleted {title}")))?;
        let at = receipt.deleted_at.map_or_else(|| "not complete yet".to_owned(), local_time);
        output.line(format!("  at            {at}"))?;
        for (what, count) in &receipt.counts {
            output.line(format!("  {:<13} {}", plain(&what.replace('_', " ")), plain_value(count)))?;
        }
        let machines = &receipt.machines;
        output.line(format!("  machines      {}, verified absent {}", machines.total, machines.verified_absent))?;
        let verdict = if receipt.verified_absent { "nothing of it is left" } else { "not all is verified yet" };
        output.line(format!("  verified      {verdict}"))
    })
}
