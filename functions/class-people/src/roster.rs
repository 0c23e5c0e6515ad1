use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use brihaspati_core::admin::{Admin, event};
use brihaspati_core::auth::ClassAdmin;
use brihaspati_core::domain::class::Class;
use brihaspati_core::domain::ids::MemberId;
use brihaspati_core::domain::member::{JoinedVia, LoginName, Member, OneTimeCode};
use brihaspati_core::domain::roster::{MAX_BYTES, NewPerson, Roster, RowProblem};
use brihaspati_core::domain::secret::Secret;
use brihaspati_core::http::{
    ApiError, ApiResult, Problem, Request, bounded_body, json, media_type, query_parameter, unsupported,
};
use jiff::Timestamp;
use serde::Serialize;
use ulid::Ulid;
use utoipa::ToSchema;

use crate::{class_full, new_code};

#[derive(Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ImportMode {
    /// Nothing is written.
    Preview,
    /// The good rows.
    Good,
    /// All rows, or none where one of them is bad.
    All,
}

#[derive(Debug, thiserror::Error)]
#[error("must be preview, good or all")]
pub struct InvalidMode;

impl std::str::FromStr for ImportMode {
    type Err = InvalidMode;

    fn from_str(text: &str) -> Result<Self, InvalidMode> {
        match text {
            "preview" => Ok(Self::Preview),
            "good" => Ok(Self::Good),
            "all" => Ok(Self::All),
            _ => Err(InvalidMode),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RowOutcome {
    New,
    /// The class has this member already: nothing changes.
    Unchanged,
    Bad,
}

#[derive(Serialize, ToSchema)]
pub struct RosterRow {
    /// The line of the file, from 1.
    pub row: usize,
    pub outcome: RowOutcome,
    pub display_name: Option<String>,
    pub name: Option<String>,
    pub problems: Vec<RowProblem>,
}

/// Which header means what; `null` where there is none.
#[derive(Serialize, ToSchema)]
pub struct RosterColumns {
    pub name: Option<String>,
    pub display_name: Option<String>,
    pub email: Option<String>,
    pub extra_time_percent: Option<String>,
}

#[derive(Default, Serialize, ToSchema)]
pub struct RosterCounts {
    pub new: usize,
    pub unchanged: usize,
    pub bad: usize,
}

/// What somebody new signs in with for the first time. Shown this once.
#[derive(Serialize, ToSchema)]
pub struct IssuedCode {
    pub name: String,
    pub display_name: String,
    pub code: String,
}

#[derive(Serialize, ToSchema)]
pub struct RosterOutcome {
    pub mode: ImportMode,
    pub columns: RosterColumns,
    pub delimiter: String,
    pub encoding: String,
    pub rows: Vec<RosterRow>,
    pub counts: RosterCounts,
    pub imported: bool,
    pub codes: Vec<IssuedCode>,
    pub codes_expire_at: Option<Timestamp>,
}

#[utoipa::path(post, path = "/api/admin/classes/{class}/roster", operation_id = "importRoster", tag = "admin", params(
        ("class" = String, Path),
        ("mode" = Option<String>, Query, description = "`preview` (where it is left out), `good` or `all`"),
    ), request_body(content = String, content_type = "text/csv",
        description = "UTF-8, UTF-16 or Windows-1252; separated by comma, semicolon or tab; at most 2 MB and 2,000 rows"),
    responses(
    (status = 200, body = RosterOutcome),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn import(admin: Arc<Admin>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    let ClassAdmin { class, actor } = admin.class(&request, now).await?;
    if media_type(&request) != "text/csv" {
        return Err(unsupported("text/csv"));
    }
    let mode: ImportMode = query_parameter(&request, "mode")?.unwrap_or(ImportMode::Preview);
    let body = bounded_body(&request, MAX_BYTES)?;
    let roster = Roster::read(body).map_err(|problem| ApiError::invalid_field("body", problem.to_string()))?;
    let known: HashSet<LoginName> =
        admin.store.all_members(&class.id).await?.into_iter().map(|member| member.name).collect();
    let mut outcome = examine(mode, &roster, &known);
    let write = match mode {
        ImportMode::Preview => false,
        ImportMode::Good => true,
        ImportMode::All => outcome.counts.bad == 0,
    };
    if write {
        let people: Vec<&NewPerson> = roster.good().filter(|person| !known.contains(&person.name)).collect();
        write_down(&admin, &class, &people, &mut outcome, now).await?;
        outcome.imported = true;
        let event = event(&request, &actor, "roster.imported", now).on(format!("{} people", outcome.counts.new));
        admin.store.record(&class.id, &event).await?;
    }
    json(&outcome)
}

fn examine(mode: ImportMode, roster: &Roster, known: &HashSet<LoginName>) -> RosterOutcome {
    let mut counts = RosterCounts::default();
    let rows = roster.rows.iter().map(|row| match &row.outcome {
        Ok(person) => {
            let outcome = if known.contains(&person.name) { RowOutcome::Unchanged } else { RowOutcome::New };
            match outcome {
                RowOutcome::New => counts.new += 1,
                _ => counts.unchanged += 1,
            }
            RosterRow {
                row: row.line,
                outcome,
                display_name: Some(person.display_name.clone()),
                name: Some(person.name.to_string()),
                problems: Vec::new(),
            }
        }
        Err(problems) => {
            counts.bad += 1;
            RosterRow {
                row: row.line,
                outcome: RowOutcome::Bad,
                display_name: row.shown_as.clone(),
                name: None,
                problems: problems.clone(),
            }
        }
    });
    let rows = rows.collect();
    let columns = &roster.columns;
    RosterOutcome {
        mode,
        columns: RosterColumns {
            name: columns.name.clone(),
            display_name: columns.display_name.clone(),
            email: columns.email.clone(),
            extra_time_percent: columns.extra_time_percent.clone(),
        },
        delimiter: roster.delimiter.to_string(),
        encoding: roster.encoding.to_owned(),
        rows,
        counts,
        imported: false,
        codes: Vec::new(),
        codes_expire_at: None,
    }
}

/// Everybody new, with a code each. Doing it again finds them there: nobody comes twice, and no second code is made.
async fn write_down(
    admin: &Admin,
    class: &Class,
    people: &[&NewPerson],
    outcome: &mut RosterOutcome,
    now: Timestamp,
) -> Result<(), ApiError> {
    let count = u32::try_from(people.len()).unwrap_or(u32::MAX);
    if count == 0 {
        return Ok(());
    }
    let store = &admin.store;
    if !store.take_seats(&class.id, count, class.settings.seats).await? {
        return Err(class_full(class.settings.seats));
    }
    let mut codes: HashMap<LoginName, Secret> = HashMap::new();
    let mut members = Vec::with_capacity(people.len());
    for person in people {
        let (code, kept) = new_code(now);
        codes.insert(person.name.clone(), code);
        members.push(member(class, person, kept, now));
    }
    outcome.codes_expire_at = members.first().and_then(|member| member.code.as_ref()).map(|code| code.expires_at);
    let written = store.create_members(&members).await;
    if written.is_err() {
        // Some may have been written. Who is refused a seat later is counted anew first.
        store.leave_seats(&class.id, count).await?;
    }
    let taken: HashSet<&LoginName> = written?.iter().map(|member| &member.name).collect();
    store.leave_seats(&class.id, u32::try_from(taken.len()).unwrap_or(count)).await?;
    let new = members.iter().filter(|member| !taken.contains(&member.name));
    outcome.codes = new
        .filter_map(|member| {
            let code = codes.get(&member.name)?.expose().to_owned();
            Some(IssuedCode { name: member.name.to_string(), display_name: member.display_name.clone(), code })
        })
        .collect();
    Ok(())
}

fn member(class: &Class, person: &NewPerson, code: OneTimeCode, now: Timestamp) -> Member {
    Member {
        id: MemberId::new(Ulid::new()),
        class_id: class.id.clone(),
        name: person.name.clone(),
        display_name: person.display_name.clone(),
        email: person.email.clone(),
        password_hash: None,
        code: Some(code),
        session_epoch: 0,
        suspended_at: None,
        extra_time_percent: person.extra_time_percent,
        joined_via: JoinedVia::Roster,
        created_at: now,
        revision: 0,
    }
}
