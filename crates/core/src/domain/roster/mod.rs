//! A roster: the people of a class as their institution lists them, in a CSV file of whatever program wrote it. Reading
//! one says of every row what would become of it; nothing is written here.
//!
//! Nobody is passed over: a row is somebody new, or it is bad and says why; only rows without any text are left out.

mod columns;
mod encoding;
mod headings;
mod login;
mod person;
mod problem;
mod table;

use std::collections::HashMap;

pub use columns::Columns;
pub use encoding::Encoding;
pub use login::{login_of, numbered};
pub use person::NewPerson;
pub use problem::{Field, Problem, RosterProblem};
pub use table::Delimiter;

use columns::Layout;
use person::Draft;
use table::Record;

pub const MAX_ROSTER_BYTES: usize = 2 << 20;
pub const MAX_ROSTER_ROWS: usize = 2000;

/// A roster as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    pub encoding: Encoding,
    pub delimiter: Delimiter,
    pub columns: Columns,
    /// What a person should look at before they believe it.
    pub notices: Vec<String>,
    pub rows: Vec<Row>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// From 1, counted in the file as an editor shows it.
    pub line: u64,
    /// The cells as they were found, cut to be shown, whatever is wrong with them.
    pub display_name: String,
    pub name: String,
    pub outcome: Result<NewPerson, Vec<Problem>>,
}

impl Roster {
    /// Reads a file's bytes.
    ///
    /// # Errors
    /// What is wrong with the file as a whole. What is wrong with a row stands in its outcome.
    pub fn read(bytes: &[u8]) -> Result<Self, RosterProblem> {
        if bytes.len() > MAX_ROSTER_BYTES {
            return Err(RosterProblem::TooLarge);
        }
        let (text, encoding, mut notices) = encoding::decode(bytes)?;
        let (records, delimiter) = table::parse(&text, MAX_ROSTER_ROWS + 1)?;
        let (columns, layout) = columns::find(&records)?;
        let records = if layout.has_header { &records[1..] } else { &records[..] };
        match records.len() {
            0 => return Err(RosterProblem::NoRows),
            count if count > MAX_ROSTER_ROWS => return Err(RosterProblem::TooManyRows),
            _ => {}
        }
        if !columns.ignored.is_empty() {
            notices.push(format!("these columns are not read: {}", columns.ignored.join(", ")));
        }
        Ok(Self { encoding, delimiter, rows: rows(records, &layout, delimiter), columns, notices })
    }
}

fn rows(records: &[Record], layout: &Layout, delimiter: Delimiter) -> Vec<Row> {
    let mut drafts: Vec<Draft> = records.iter().map(|record| Draft::read(record, layout, delimiter)).collect();
    refuse_duplicates(&mut drafts, Field::Email, |draft| draft.email.as_deref().map(str::to_lowercase));
    refuse_duplicates(&mut drafts, Field::Name, |draft| draft.given_name.as_ref().map(|name| name.as_str().to_owned()));
    login::assign(&mut drafts);
    drafts.into_iter().map(Draft::into_row).collect()
}

/// The first who has it keeps it; every other one is told who that is.
fn refuse_duplicates(drafts: &mut [Draft], field: Field, value: impl Fn(&Draft) -> Option<String>) {
    let mut first: HashMap<String, u64> = HashMap::new();
    for draft in drafts {
        let Some(value) = value(draft) else { continue };
        match first.get(&value) {
            Some(line) => draft.problems.push(Problem::duplicate(field, &value, *line)),
            None => {
                first.insert(value, draft.line);
            }
        }
    }
}
