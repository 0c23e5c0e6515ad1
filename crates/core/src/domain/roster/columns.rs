//! Which column holds what: by the headings, or, where a file has none, by what its first row plainly is.

use serde::Serialize;
use utoipa::ToSchema;

use super::RosterProblem;
use super::headings::Heading;
use super::person::{is_email, percent};
use super::problem::shown;
use super::table::Record;

/// The headings that were understood; `null` where there is no such column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Columns {
    /// The login name's.
    pub name: Option<String>,
    /// Of two columns with first and last names, both headings.
    pub display_name: Option<String>,
    pub email: Option<String>,
    pub extra_time_percent: Option<String>,
    /// Those of the columns that are not read.
    pub ignored: Vec<String>,
}

/// The same as positions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) has_header: bool,
    /// Cells in a row.
    pub(super) width: usize,
    pub(super) login: Option<usize>,
    pub(super) full_name: Option<usize>,
    pub(super) first_name: Option<usize>,
    pub(super) last_name: Option<usize>,
    pub(super) email: Option<usize>,
    pub(super) extra_time: Option<usize>,
}

pub(super) fn find(records: &[Record]) -> Result<(Columns, Layout), RosterProblem> {
    let first = records.first().ok_or(RosterProblem::Empty)?;
    let headings: Vec<Option<Heading>> = first.cells.iter().map(|cell| Heading::of(cell)).collect();
    let has_email = first.cells.iter().any(|cell| is_email(cell.trim()));
    let layout = match headings.iter().any(Option::is_some) && !has_email {
        true => by_headings(first, &headings)?,
        false => by_content(records, first)?,
    };
    if layout.full_name.or(layout.first_name).or(layout.last_name).is_none() {
        return Err(RosterProblem::NoNames { found: found(first) });
    }
    Ok((layout.columns(records), layout))
}

fn by_headings(first: &Record, headings: &[Option<Heading>]) -> Result<Layout, RosterProblem> {
    let at = |heading: Heading, what: &'static str| {
        let mut places = (0..headings.len()).filter(|index| headings[*index] == Some(heading));
        match (places.next(), places.next()) {
            (Some(one), Some(other)) => {
                let (first, second) = (shown(first.cell(one)), shown(first.cell(other)));
                Err(RosterProblem::TwoColumns { what, first, second })
            }
            (place, _) => Ok(place),
        }
    };
    let mut layout = Layout {
        has_header: true,
        width: first.cells.len(),
        login: at(Heading::Login, "login name")?,
        full_name: at(Heading::FullName, "name")?,
        first_name: at(Heading::FirstName, "first name")?,
        last_name: at(Heading::LastName, "last name")?,
        email: at(Heading::Email, "e-mail address")?,
        extra_time: at(Heading::ExtraTime, "extra time")?,
    };
    let name_or_last = at(Heading::NameOrLast, "name")?;
    let name_or_first = at(Heading::NameOrFirst, "name")?;
    if layout.first_name.is_some() && layout.last_name.is_none() {
        layout.last_name = name_or_last;
    } else if layout.last_name.is_some() && layout.first_name.is_none() {
        // "Name" and "Surname".
        layout.first_name = name_or_first.or(name_or_last.filter(|_| layout.full_name.is_none()));
    }
    let is_used = |place: &usize| layout.first_name != Some(*place) && layout.last_name != Some(*place);
    let others = [layout.full_name, name_or_last.filter(is_used), name_or_first.filter(is_used)];
    let mut others = others.into_iter().flatten();
    if let (Some(one), Some(other)) = (others.next(), others.next()) {
        let (first, second) = (shown(first.cell(one)), shown(first.cell(other)));
        return Err(RosterProblem::TwoColumns { what: "name", first, second });
    }
    layout.full_name = layout.full_name.or(name_or_last.filter(is_used)).or(name_or_first.filter(is_used));
    Ok(layout)
}

/// Without headings: one column of names, or an address with one or two columns of names and perhaps extra time.
fn by_content(records: &[Record], first: &Record) -> Result<Layout, RosterProblem> {
    let nothing = || RosterProblem::NoHeadings { found: found(first) };
    let width = first.cells.len();
    let layout = Layout { width, ..Layout::default() };
    let Some(email) = first.cells.iter().position(|cell| is_email(cell.trim())) else {
        let others_have_emails = records.iter().any(|record| record.cells.iter().any(|cell| is_email(cell.trim())));
        let is_list_of_names = width == 1 && !others_have_emails;
        return if is_list_of_names { Ok(Layout { full_name: Some(0), ..layout }) } else { Err(nothing()) };
    };
    let mut others: Vec<usize> = (0..width).filter(|index| *index != email && has_text(records, *index)).collect();
    let extra_time = others.pop_if(|last| {
        let mut cells = records.iter().map(|record| record.cell(*last)).filter(|cell| !cell.trim().is_empty());
        cells.all(|cell| percent(cell).is_some())
    });
    let layout = Layout { email: Some(email), extra_time, ..layout };
    match others[..] {
        [full_name] => Ok(Layout { full_name: Some(full_name), ..layout }),
        [first_name, last_name] => Ok(Layout { first_name: Some(first_name), last_name: Some(last_name), ..layout }),
        _ => Err(nothing()),
    }
}

impl Layout {
    /// The heading of a column, or its number where there is none.
    fn heading(&self, first: &Record, index: usize) -> String {
        let text = if self.has_header { shown(first.cell(index)) } else { String::new() };
        if text.is_empty() { format!("column {}", index + 1) } else { text }
    }

    fn columns(&self, records: &[Record]) -> Columns {
        let Some(first) = records.first() else { return Columns::default() };
        let heading = |place: Option<usize>| place.map(|index| self.heading(first, index));
        let both = [self.first_name, self.last_name].into_iter().filter_map(heading).collect::<Vec<_>>().join(" + ");
        let read = [self.login, self.full_name, self.first_name, self.last_name, self.email, self.extra_time];
        let unread = (0..self.width).filter(|index| !read.contains(&Some(*index)));
        let unread = unread.filter(|index| has_text(records, *index));
        Columns {
            name: heading(self.login),
            display_name: heading(self.full_name).or(Some(both).filter(|both| !both.is_empty())),
            email: heading(self.email),
            extra_time_percent: heading(self.extra_time),
            ignored: unread.map(|index| self.heading(first, index)).collect(),
        }
    }
}

fn has_text(records: &[Record], index: usize) -> bool {
    records.iter().any(|record| !record.cell(index).trim().is_empty())
}

/// The first row, for a message.
fn found(first: &Record) -> String {
    let cells = first.cells.iter().take(6).map(|cell| format!("{:?}", shown(cell))).collect::<Vec<_>>().join(", ");
    format!("the first row is {cells}")
}
