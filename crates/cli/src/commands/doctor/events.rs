//! What makes things happen: the rule, the queue, the schedule; what was left undone, and who is told.

use super::Scene;
use super::finding::{Checked, DRIFT, problem, warning};
use crate::output::many;

pub(super) async fn rule(scene: &Scene) -> Checked {
    let deployment = &scene.deployment;
    let (bus, rule) = (deployment.require("BusName")?, deployment.require("ProvisionRuleName")?);
    let url = deployment.require("ProvisionQueueUrl")?;
    let name = rule.rsplit('|').next().unwrap_or(rule);
    let (state, targets, queue) =
        tokio::join!(scene.aws.rule(bus, rule), scene.aws.rule_targets(bus, rule), scene.aws.queue(url));
    let state = state?.state;
    if state != "ENABLED" {
        return Err(problem(
            format!("it is {state}: Play waits for the reaper, up to a minute"),
            format!("aws events enable-rule --event-bus-name {bus} --name {name}"),
        ));
    }
    let queue = queue?.arn;
    if !targets?.contains(&queue) {
        return Err(problem(
            "it does not lead to the queue: Play waits for the reaper",
            format!(
                "aws events put-targets --event-bus-name {bus} --rule {name} --targets Id=ProvisionQueue,Arn={queue}"
            ),
        ));
    }
    Ok("enabled, and leads to the queue".to_owned())
}

/// The queue's way into the function.
pub(super) async fn queue(scene: &Scene) -> Checked {
    let deployment = &scene.deployment;
    let url = deployment.require("ProvisionQueueUrl")?;
    let function = deployment.require("ProvisionFunctionName")?;
    let (queue, sources) = tokio::join!(scene.aws.queue(url), scene.aws.event_sources(function));
    let (queue, sources) = (queue?, sources?);
    let source = sources.iter().find(|source| source.event_source_arn.as_deref() == Some(queue.arn.as_str()));
    match source.map(|source| (source.state.as_str(), &source.uuid)) {
        None => Err(problem("nothing reads the queue", DRIFT)),
        Some(("Enabled" | "Enabling" | "Updating" | "Creating", _)) => {
            Ok(format!("read, {} in it", many(queue.messages, "message")))
        }
        Some((state, uuid)) => Err(problem(
            format!("what reads it is {state}: Play waits for the reaper"),
            format!("aws lambda update-event-source-mapping --enabled --uuid {uuid}"),
        )),
    }
}

pub(super) async fn schedule(scene: &Scene) -> Checked {
    let (name, reaper) =
        (scene.deployment.require("ReaperScheduleName")?, scene.deployment.require("ReaperFunctionName")?);
    let schedule = scene.aws.schedule(name).await?;
    if schedule.state != "ENABLED" {
        return Err(problem(
            format!("it is {}: nothing expires, and no leak is found", schedule.state),
            format!("enable the schedule {name} in the EventBridge console: a deploy of the same template does not"),
        ));
    }
    let target = schedule.target.arn;
    if target.rsplit(':').next() != Some(reaper) {
        return Err(problem(format!("it runs {target}, not the reaper"), DRIFT));
    }
    Ok(format!("enabled, {}", schedule.schedule_expression))
}

pub(super) async fn dead_letters(scene: &Scene) -> Checked {
    let deployment = &scene.deployment;
    let provision = scene.aws.queue(deployment.require("ProvisionDeadLettersUrl")?).await?.messages;
    let events = match deployment.value("EventDeadLettersUrl") {
        Some(url) => scene.aws.queue(url).await?.messages,
        None => 0,
    };
    if provision + events == 0 {
        return Ok("none".to_owned());
    }
    Err(problem(
        format!(
            "{} that provision failed on, {} that could not be delivered",
            many(provision, "message"),
            many(events, "event")
        ),
        "read one for its environment, look its trace id up in the log, fix the cause, then redrive or purge the queue; \
         the reaper has taken the environments up meanwhile",
    ))
}

pub(super) async fn alarms(scene: &Scene) -> Checked {
    let subscriptions = scene.aws.subscriptions(scene.deployment.require("AlarmTopicArn")?).await?;
    let confirmed: Vec<&str> =
        subscriptions.iter().filter(|one| one.is_confirmed()).map(|one| one.protocol.as_str()).collect();
    match (confirmed.is_empty(), subscriptions.is_empty()) {
        (false, _) => Ok(format!("told by {}", confirmed.join(", "))),
        (true, true) => Err(warning(
            "nobody is told of an alarm",
            "deploy with AlarmEmail=you@example.org, then confirm the mail that comes",
        )),
        (true, false) => Err(problem(
            "nobody is told of an alarm: the subscription is not confirmed",
            "open the mail from AWS Notifications and confirm it; deploy again if it was deleted after three days",
        )),
    }
}
