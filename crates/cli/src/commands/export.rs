//! What remains of a class: usage and receipts, to look at or to keep.

use serde_json::Value;

use super::Context;
use crate::api::class::Usage;
use crate::api::environment::Receipt;
use crate::api::{Answer, all_pages};
use crate::args::Export;
use crate::failure::Failure;
use crate::output::{Table, local_time, money, plain_value, pretty, span, write_private};

pub(super) async fn usage(context: &Context<'_>, export: Export) -> Result<(), Failure> {
    let class = context.api.find_class(&export.class.class).await?;
    if export.csv {
        return csv(context, &class.path("/usage?format=csv"), &export).await;
    }
    let answer: Answer<Usage> = context.api.get(&class.path("/usage")).await?;
    kept_or_shown(context, &export, &answer.json, || {
        let mut table = Table::new(["who", "lab", "starts", "failures", "time", "cost", "checks"]);
        for row in &answer.value.rows {
            table.row([
                (&*row.member.display_name).into(),
                (&*row.lab.slug).into(),
                row.starts.to_string().into(),
                row.failures.to_string().into(),
                time(row.minutes).into(),
                row.cost_micro_usd.map(money).unwrap_or_default().into(),
                format!("{}/{}", row.checks_passed, row.checks_total).into(),
            ]);
        }
        let totals = &answer.value.totals;
        let cost = totals
            .cost_micro_usd
            .map_or_else(|| "at an unknown cost".to_owned(), |cost| format!("for {}", money(cost)));
        let summary = format!(
            "{} people, {} starts, {} failures, {} {cost}",
            totals.people,
            totals.starts,
            totals.failures,
            time(totals.minutes)
        );
        (table, summary)
    })
}

#[derive(serde::Deserialize)]
struct ReceiptRow {
    #[serde(default)]
    environment: Value,
    #[serde(default)]
    member: Value,
    #[serde(default)]
    lab: Value,
    status: String,
    #[serde(default)]
    receipt: Option<Receipt>,
}

pub(super) async fn receipts(context: &Context<'_>, export: Export) -> Result<(), Failure> {
    let class = context.api.find_class(&export.class.class).await?;
    if export.csv {
        return csv(context, &class.path("/receipts?format=csv"), &export).await;
    }
    let answer: Answer<Vec<ReceiptRow>> = all_pages(&context.api, &class.path("/receipts"), "receipts").await?;
    kept_or_shown(context, &export, &answer.json, || {
        let mut table = Table::new(["environment", "who", "lab", "status", "machines", "verified absent"]);
        let mut proven = 0;
        for row in &answer.value {
            let absent = row.receipt.as_ref().and_then(|receipt| receipt.completed_at);
            proven += usize::from(absent.is_some());
            table.row([
                plain_value(&row.environment).into(),
                plain_value(&row.member).into(),
                plain_value(&row.lab).into(),
                (&*row.status).into(),
                row.receipt.as_ref().map(|receipt| receipt.resources.len().to_string()).unwrap_or_default().into(),
                absent.map(local_time).unwrap_or_default().into(),
            ]);
        }
        (table, format!("{} environments, {proven} with the proof of their end", answer.value.len()))
    })
}

/// As the API wrote it: it has made formulas in names harmless.
async fn csv(context: &Context<'_>, path: &str, export: &Export) -> Result<(), Failure> {
    let bytes = context.api.download(path).await?;
    match &export.output {
        Some(path) => {
            write_private(path, &bytes)?;
            context.output.note(format!("written to {}", path.display()));
            Ok(())
        }
        None => context.output.text_of_others(&bytes),
    }
}

fn kept_or_shown(
    context: &Context<'_>,
    export: &Export,
    document: &Value,
    table: impl FnOnce() -> (Table, String),
) -> Result<(), Failure> {
    let Some(path) = &export.output else {
        return context.output.show(document, |output| {
            let (table, summary) = table();
            output.table(&table)?;
            output.note(summary);
            Ok(())
        });
    };
    let text = if context.output.json { pretty(document) } else { table().0.render(&context.output.for_file()) };
    write_private(path, format!("{text}\n").as_bytes())?;
    context.output.note(format!("written to {}", path.display()));
    Ok(())
}

fn time(minutes: f64) -> String {
    // Within a class, far below where a float forgets whole seconds.
    span((minutes * 60.0) as i64)
}
