use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use brihaspati_core::admin::{Admin, event};
use brihaspati_core::auth::ClassAdmin;
use brihaspati_core::domain::class::Class;
use brihaspati_core::domain::ids::MemberId;
use brihaspati_core::domain::member::{JoinedVia, LoginName, Member, OneTimeCode};
use brihaspati_core::domain::roster::{
    Columns, Delimiter, Encoding, MAX_ROSTER_BYTES, NewPerson, Problem as RosterProblem, Roster, numbered,
};
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
    pub row: u64,
    pub outcome: RowOutcome,
    pub display_name: String,
    /// What they sign in with.
    pub name: String,
    pub problems: Vec<RosterProblem>,
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
    pub columns: Columns,
    pub delimiter: Delimiter,
    pub encoding: Encoding,
    /// What a person should look at before they believe it.
    pub notices: Vec<String>,
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
    let body = bounded_body(&request, MAX_ROSTER_BYTES)?;
    let roster = Roster::read(body).map_err(|problem| ApiError::invalid_field("body", problem.to_string()))?;
    let known = Known::of(admin.store.all_members(&class.id).await?);
    let (mut outcome, people) = examine(mode, roster, &known);
    let write = match mode {
        ImportMode::Preview => false,
        ImportMode::Good => true,
        ImportMode::All => outcome.counts.bad == 0,
    };
    if write {
        write_down(&admin, &class, &people, &mut outcome, now).await?;
        outcome.imported = true;
        let event = event(&request, &actor, "roster.imported", now).on(format!("{} people", outcome.counts.new));
        admin.store.record(&class.id, &event).await?;
    }
    json(&outcome)
}

/// Who is in the class already.
struct Known {
    by_name: HashMap<LoginName, Member>,
    by_email: HashMap<String, LoginName>,
}

impl Known {
    fn of(members: Vec<Member>) -> Self {
        let email = |member: &Member| Some((member.email.as_ref()?.to_lowercase(), member.name.clone()));
        let by_email = members.iter().filter_map(email).collect();
        Self { by_name: members.into_iter().map(|member| (member.name.clone(), member)).collect(), by_email }
    }

    /// The name under which this person is here; nothing where they are not.
    fn name_of(&self, person: &NewPerson) -> Option<&LoginName> {
        let by_email = person.email.as_ref().and_then(|email| self.by_email.get(&email.to_lowercase()));
        if by_email.is_some() {
            return by_email;
        }
        if person.name_is_given {
            return self.by_name.get_key_value(&person.name).map(|(name, _)| name);
        }
        // A name that was made may have got a number, because somebody else had it.
        let wanted = person.name.as_str();
        let mut alike =
            self.by_name.iter().filter(|(name, _)| name.as_str() == wanted || is_numbered(name.as_str(), wanted));
        alike.find(|(_, member)| same_person(member, person)).map(|(name, _)| name)
    }
}

fn is_numbered(name: &str, of: &str) -> bool {
    let number = name.strip_prefix(of).and_then(|rest| rest.strip_prefix('-'));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// Told apart by their addresses, or else by their names.
fn same_person(member: &Member, person: &NewPerson) -> bool {
    let same = |one: &str, other: &str| one.to_lowercase() == other.to_lowercase();
    match (&member.email, &person.email) {
        (Some(one), Some(other)) => same(one, other),
        _ => same(&member.display_name, &person.display_name),
    }
}

/// What would become of each row, and those who are new.
fn examine(mode: ImportMode, roster: Roster, known: &Known) -> (RosterOutcome, Vec<NewPerson>) {
    let mut counts = RosterCounts::default();
    let mut people: Vec<NewPerson> = Vec::new();
    let mut taken: HashSet<String> = known.by_name.keys().map(|name| name.as_str().to_owned()).collect();
    let mut rows = Vec::with_capacity(roster.rows.len());
    for row in roster.rows {
        let (outcome, name, problems) = match row.outcome {
            Err(problems) => (RowOutcome::Bad, row.name, problems),
            Ok(person) => match known.name_of(&person) {
                Some(name) => (RowOutcome::Unchanged, name.to_string(), Vec::new()),
                None => {
                    let name = numbered(&person.name, |name| taken.contains(name)).unwrap_or(person.name.clone());
                    taken.insert(name.as_str().to_owned());
                    people.push(NewPerson { name: name.clone(), ..person });
                    (RowOutcome::New, name.to_string(), Vec::new())
                }
            },
        };
        match outcome {
            RowOutcome::New => counts.new += 1,
            RowOutcome::Unchanged => counts.unchanged += 1,
            RowOutcome::Bad => counts.bad += 1,
        }
        rows.push(RosterRow { row: row.line, outcome, display_name: row.display_name, name, problems });
    }
    let outcome = RosterOutcome {
        mode,
        columns: roster.columns,
        delimiter: roster.delimiter,
        encoding: roster.encoding,
        notices: roster.notices,
        rows,
        counts,
        imported: false,
        codes: Vec::new(),
        codes_expire_at: None,
    };
    (outcome, people)
}

/// Everybody new, with a code each. Doing it again finds them there: nobody comes twice, and no second code is made.
async fn write_down(
    admin: &Admin,
    class: &Class,
    people: &[NewPerson],
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
