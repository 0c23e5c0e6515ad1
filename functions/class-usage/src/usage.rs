use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use brihaspati_core::admin::Admin;
use brihaspati_core::domain::ids::{LabSlug, MemberId};
use brihaspati_core::domain::member::Member;
use brihaspati_core::domain::spreadsheet::to_csv;
use brihaspati_core::domain::usage::{Use, machines_by_hour, usage as used};
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, download, json, query_parameter};
use brihaspati_core::views::{LabRef, MemberView};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Format;

#[derive(Serialize, ToSchema)]
pub struct UsageRow {
    pub member: MemberView,
    pub lab: LabRef,
    pub starts: u32,
    pub failures: u32,
    /// How long machines existed, in minutes, rounded up.
    pub minutes: i64,
    /// In millionths of a US dollar; `null` where a price was not known.
    pub cost_micro_usd: Option<i64>,
    pub checks_passed: usize,
    pub checks_total: usize,
    pub last_at: Option<Timestamp>,
}

#[derive(Serialize, ToSchema)]
pub struct UsageTotals {
    pub people: usize,
    pub starts: u32,
    pub failures: u32,
    pub minutes: i64,
    pub cost_micro_usd: Option<i64>,
}

#[derive(Serialize, ToSchema)]
pub struct HourOfUse {
    pub hour: Timestamp,
    /// Machines that existed in it.
    pub running: u32,
}

#[derive(Serialize, ToSchema)]
pub struct UsageView {
    pub rows: Vec<UsageRow>,
    pub totals: UsageTotals,
    pub by_hour: Vec<HourOfUse>,
}

#[utoipa::path(get, path = "/api/admin/classes/{class}/usage", operation_id = "classUsage", tag = "admin", params(
        ("class" = String, Path),
        ("format" = Option<String>, Query, description = "`json` or `csv`"),
    ), responses(
    (status = 200, content((UsageView = "application/json"), (String = "text/csv"))),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn usage(admin: Arc<Admin>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    let class = admin.class(&request, now).await?.class;
    let format: Format = query_parameter(&request, "format")?.unwrap_or_default();
    let (environments, members) =
        tokio::try_join!(admin.store.every_environment(&class.id), admin.store.all_members(&class.id))?;
    let members: HashMap<&MemberId, &Member> = members.iter().map(|member| (&member.id, member)).collect();
    let rows: Vec<UsageRow> =
        used(&environments, now).into_iter().map(|((member, lab), used)| row(&members, &member, &lab, used)).collect();
    match format {
        Format::Csv => csv(&rows, class.code.as_str()),
        Format::Json => {
            let hours = machines_by_hour(&environments, now);
            let by_hour = hours.into_iter().map(|(hour, running)| HourOfUse { hour, running }).collect();
            json(&UsageView { totals: totals(&rows), rows, by_hour })
        }
    }
}

fn row(members: &HashMap<&MemberId, &Member>, id: &MemberId, lab: &LabSlug, used: Use) -> UsageRow {
    // Who left the class left no name.
    let nobody = || MemberView { id: id.to_string(), name: String::new(), display_name: "(removed)".to_owned() };
    UsageRow {
        member: members.get(id).map_or_else(nobody, |member| MemberView::from(*member)),
        lab: LabRef { slug: lab.to_string(), title: used.lab_title },
        starts: used.starts,
        failures: used.failures,
        minutes: (used.lived.as_secs() + 59) / 60,
        cost_micro_usd: used.cost_micro_usd,
        checks_passed: used.checks_passed,
        checks_total: used.checks_total,
        last_at: used.last_at,
    }
}

fn totals(rows: &[UsageRow]) -> UsageTotals {
    let people: BTreeSet<&str> = rows.iter().map(|row| row.member.id.as_str()).collect();
    UsageTotals {
        people: people.len(),
        starts: rows.iter().map(|row| row.starts).sum(),
        failures: rows.iter().map(|row| row.failures).sum(),
        minutes: rows.iter().map(|row| row.minutes).sum(),
        cost_micro_usd: rows.iter().try_fold(0_i64, |sum, row| Some(sum.saturating_add(row.cost_micro_usd?))),
    }
}

fn csv(rows: &[UsageRow], code: &str) -> ApiResult {
    let header = [
        "name",
        "display_name",
        "lab",
        "lab_title",
        "starts",
        "failures",
        "minutes",
        "cost_usd",
        "checks_passed",
        "checks_total",
        "last_at",
    ];
    let lines = rows.iter().map(|row| {
        [
            row.member.name.clone(),
            row.member.display_name.clone(),
            row.lab.slug.clone(),
            row.lab.title.clone(),
            row.starts.to_string(),
            row.failures.to_string(),
            row.minutes.to_string(),
            row.cost_micro_usd.map_or_else(String::new, usd),
            row.checks_passed.to_string(),
            row.checks_total.to_string(),
            row.last_at.map_or_else(String::new, |at| at.to_string()),
        ]
    });
    let text = to_csv(header, lines).map_err(ApiError::internal)?;
    download("text/csv; charset=utf-8", &format!("usage-{code}.csv"), text)
}

/// Dollars with all six digits: spreadsheets add them up.
pub(crate) fn usd(micro_usd: i64) -> String {
    format!("{}.{:06}", micro_usd / 1_000_000, micro_usd % 1_000_000)
}
