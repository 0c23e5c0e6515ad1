use std::sync::Arc;

use brihaspati_core::admin::Admin;
use brihaspati_core::domain::environment::Environment;
use brihaspati_core::domain::lifecycle::Status;
use brihaspati_core::domain::member::Member;
use brihaspati_core::domain::receipt::Receipt;
use brihaspati_core::domain::spreadsheet::to_csv;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, download, json, query_parameter};
use brihaspati_core::store::EnvironmentCursor;
use brihaspati_core::views::{LabRef, MemberView};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Format;

/// On one page.
const LIMIT: i32 = 100;
/// All pages of a CSV file; more than a class of five hundred makes in a week.
const MOST_PAGES: usize = 300;

/// The proof that an environment is gone.
#[derive(Serialize, ToSchema)]
pub struct ReceiptRow {
    pub environment: String,
    /// `null` where the member is in the class no more.
    pub member: Option<MemberView>,
    pub lab: LabRef,
    pub status: Status,
    pub requested_at: Timestamp,
    pub trace_id: String,
    /// `null` while it is not proven gone.
    pub receipt: Option<Receipt>,
}

#[derive(Serialize, ToSchema)]
pub struct ReceiptList {
    pub receipts: Vec<ReceiptRow>,
    pub next_cursor: Option<String>,
}

#[utoipa::path(get, path = "/api/admin/classes/{class}/receipts", operation_id = "classReceipts", tag = "admin", params(
        ("class" = String, Path),
        ("format" = Option<String>, Query, description = "`json`: a page of 100; `csv`: all of them, a line for each machine"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
    ), responses(
    (status = 200, content((ReceiptList = "application/json"), (String = "text/csv"))),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn receipts(admin: Arc<Admin>, request: Request) -> ApiResult {
    let class = admin.class(&request, Timestamp::now()).await?.class;
    let format: Format = query_parameter(&request, "format")?.unwrap_or_default();
    let mut from: Option<EnvironmentCursor> = query_parameter(&request, "cursor")?;
    if format == Format::Json {
        let (rows, next) = page(&admin, &class.id, from.as_ref()).await?;
        return json(&ReceiptList { receipts: rows, next_cursor: next.map(|next| next.to_string()) });
    }
    let mut all = Vec::new();
    for _ in 0..MOST_PAGES {
        let (rows, next) = page(&admin, &class.id, from.as_ref()).await?;
        all.extend(rows);
        from = next;
        if from.is_none() {
            break;
        }
    }
    csv(&all, class.code.as_str())
}

async fn page(
    admin: &Admin,
    class: &brihaspati_core::domain::ids::ClassId,
    from: Option<&EnvironmentCursor>,
) -> Result<(Vec<ReceiptRow>, Option<EnvironmentCursor>), ApiError> {
    let (environments, next) = admin.store.environments_of_class(class, from, LIMIT).await?;
    let members = environments.iter().map(|environment| &environment.member_id);
    let members = admin.store.members(class, members).await?;
    Ok((environments.iter().map(|environment| row(environment, &members)).collect(), next))
}

fn row(environment: &Environment, members: &[Member]) -> ReceiptRow {
    ReceiptRow {
        environment: environment.id.to_string(),
        member: members.iter().find(|member| member.id == environment.member_id).map(MemberView::from),
        lab: LabRef { slug: environment.lab.to_string(), title: environment.lab_title.clone() },
        status: environment.status(),
        requested_at: environment.requested_at,
        trace_id: environment.trace_id.clone(),
        receipt: environment.phase.receipt().cloned(),
    }
}

/// As the API writes it.
fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// A line for each machine; one without machine for an environment that never had any.
fn csv(rows: &[ReceiptRow], code: &str) -> ApiResult {
    let header = [
        "environment",
        "name",
        "lab",
        "status",
        "reason",
        "requested_at",
        "completed_at",
        "provider",
        "machine",
        "label",
        "region",
        "created_at",
        "delete_requested_at",
        "verified_absent_at",
        "evidence",
    ];
    let mut lines: Vec<[String; 15]> = Vec::new();
    for row in rows {
        let name = row.member.as_ref().map_or_else(String::new, |member| member.name.clone());
        let receipt = row.receipt.as_ref();
        let start = [
            row.environment.clone(),
            name,
            row.lab.slug.clone(),
            word(row.status),
            receipt.map_or_else(String::new, |receipt| word(receipt.reason)),
            row.requested_at.to_string(),
            receipt.map_or_else(String::new, |receipt| receipt.completed_at.to_string()),
        ];
        let machines = receipt.map(|receipt| receipt.resources.as_slice()).unwrap_or_default();
        let none = std::array::from_fn::<String, 8, _>(|_| String::new());
        let mut ends: Vec<[String; 8]> = machines
            .iter()
            .map(|machine| {
                [
                    machine.provider.to_string(),
                    machine.id.clone(),
                    machine.label.clone(),
                    machine.region.clone(),
                    machine.created_at.to_string(),
                    machine.delete_requested_at.map_or_else(String::new, |at| at.to_string()),
                    machine.verified_absent_at.to_string(),
                    machine.evidence.clone(),
                ]
            })
            .collect();
        if ends.is_empty() {
            ends.push(none);
        }
        for end in ends {
            let mut cells = start.iter().cloned().chain(end);
            lines.push(std::array::from_fn(|_| cells.next().unwrap_or_default()));
        }
    }
    let text = to_csv(header, lines).map_err(ApiError::internal)?;
    download("text/csv; charset=utf-8", &format!("receipts-{code}.csv"), text)
}
