//! Environments of a class, and one from click to receipt.

use serde_json::Value;

use super::Context;
use crate::api::environment::{Check, ClassEnvironment, Environment, EnvironmentDetail};
use crate::api::{Answer, all_pages, segment};
use crate::args::EnvironmentCommand;
use crate::failure::Failure;
use crate::output::{Colour, Output, Table, cell, local_time, money, plain, plain_value, span};

pub(super) async fn run(context: &Context<'_>, command: EnvironmentCommand) -> Result<(), Failure> {
    match command {
        EnvironmentCommand::List { class, member } => list(context, &class.class, member.as_deref()).await,
        EnvironmentCommand::Show { class, environment } => {
            let class = context.api.find_class(&class.class).await?;
            let path = class.path(&format!("/environments/{}", segment(&environment)?));
            let answer: Answer<EnvironmentDetail> = context.api.get(&path).await?;
            context.output.show(&answer.json, |output| show(&answer.value, output))
        }
    }
}

async fn list(context: &Context<'_>, class: &str, member: Option<&str>) -> Result<(), Failure> {
    let class = context.api.find_class(class).await?;
    let path = match member {
        Some(member) => {
            let person = context.api.find_person(&class, member).await?;
            class.path(&format!("/environments?member={}", person.id))
        }
        None => class.path("/environments"),
    };
    let answer: Answer<Vec<ClassEnvironment>> = all_pages(&context.api, &path, "environments").await?;
    context.output.show(&answer.json, |output| {
        let mut table = Table::new(["who", "lab", "status", "requested", "expires", "checks", "where", "id"]);
        for ClassEnvironment { member, environment } in &answer.value {
            let placement = environment.placement.as_ref();
            let checks = environment.checks.as_ref().map(|checks| format!("{}/{}", checks.passed, checks.total));
            table.row([
                member.as_ref().map_or_else(String::new, |member| member.display_name.clone()).into(),
                (&*environment.lab.slug).into(),
                cell(&*environment.status, status_colour(&environment.status)),
                local_time(environment.requested_at).into(),
                environment.expires_at.map(local_time).unwrap_or_default().into(),
                checks.unwrap_or_default().into(),
                placement.map(|at| format!("{} {}", at.provider, at.region)).unwrap_or_default().into(),
                (&*environment.id).into(),
            ]);
        }
        output.table(&table)
    })
}

fn show(detail: &EnvironmentDetail, output: &Output) -> Result<(), Failure> {
    let environment = &detail.environment;
    let facts = [
        ("environment", Some(environment.id.clone())),
        ("who", detail.member.as_ref().map(|member| member.display_name.clone())),
        ("lab", Some(format!("{} ({})", environment.lab.title, environment.lab.slug))),
        ("status", Some(environment.status.clone())),
        ("expires", environment.expires_at.map(local_time)),
        (
            "machine",
            detail.machine_label.clone().or_else(|| Some(detail.machine_labels.join(", ")).filter(|l| !l.is_empty())),
        ),
        ("cost", detail.cost_micro_usd.map(money)),
        ("failure", environment.failure.as_ref().map(failure_words)),
        ("trace id", environment.trace_id.clone()),
    ];
    for (name, value) in facts.iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
        output.line(format!("{name:<12} {}", plain(value)))?;
    }
    output.line("")?;
    output.table(&timeline(environment))?;
    for extension in &detail.extensions {
        let (at, by) = (local_time(extension.at), plain_value(&extension.by));
        output.line(format!("extended by {} min, {at}, by {by}", extension.minutes))?;
    }
    for help in &detail.help {
        output.line(format!("help: {}", help_words(help)))?;
    }
    if let Some(checks) = environment.checks.as_ref().filter(|checks| checks.total > 0) {
        output.line(format!("\nchecks: {} of {} passed", checks.passed, checks.total))?;
        output.table(&check_table(&checks.items))?;
    }
    receipt(environment, output)
}

fn timeline(environment: &Environment) -> Table {
    let mut table = Table::new(["at", "after", "what", "detail"]);
    for entry in &environment.timeline {
        let after = entry.at.as_second() - environment.requested_at.as_second();
        let at = entry.at.to_zoned(jiff::tz::TimeZone::system());
        table.row([
            at.strftime("%Y-%m-%d %H:%M:%S").to_string().into(),
            span(after).into(),
            entry.stage.replace('-', " ").into(),
            entry.detail.clone().unwrap_or_default().into(),
        ]);
    }
    table
}

fn check_table(checks: &[Check]) -> Table {
    let mut table = Table::new(["check", "passed", "message", "at"]);
    for check in checks {
        let passed = match check.passed {
            Some(true) => cell("yes", Some(Colour::Green)),
            Some(false) => cell("no", Some(Colour::Red)),
            None => cell("not run", Some(Colour::Faint)),
        };
        table.row([
            (&*check.title).into(),
            passed,
            check.message.clone().unwrap_or_default().into(),
            check.checked_at.map(local_time).unwrap_or_default().into(),
        ]);
    }
    table
}

fn receipt(environment: &Environment, output: &Output) -> Result<(), Failure> {
    let Some(receipt) = &environment.receipt else { return Ok(()) };
    let reason = receipt.reason.as_deref().unwrap_or("ended");
    let at = receipt.completed_at.map(local_time).unwrap_or_default();
    output.line(plain(&format!("\nreceipt: {reason}, complete {at}")).trim_start())?;
    for resource in &receipt.resources {
        let gone = local_time(resource.verified_absent_at);
        let text = format!("{} {}: absent {gone}: {}", resource.provider, resource.label, resource.evidence);
        output.line(format!("  {}", plain(&text)))?;
    }
    Ok(())
}

fn failure_words(failure: &Value) -> String {
    match failure["message"].as_str() {
        Some(message) => message.to_owned(),
        None => plain_value(failure),
    }
}

/// `2026-11-22T09:00:00Z Grace looked in (read)`, whatever the entry holds.
fn help_words(help: &Value) -> String {
    match help {
        Value::Object(fields) => fields.values().map(plain_value).collect::<Vec<_>>().join(" "),
        other => plain_value(other),
    }
}

fn status_colour(status: &str) -> Option<Colour> {
    match status {
        "ready" => Some(Colour::Green),
        "failed" => Some(Colour::Red),
        "gone" => Some(Colour::Faint),
        _ => Some(Colour::Yellow),
    }
}
