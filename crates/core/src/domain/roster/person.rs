//! One row's cells as a person.

use validator::ValidateEmail as _;

use super::Row;
use super::columns::Layout;
use super::login::LoginName;
use super::problem::{Field, Problem, is_invisible, shown};
use super::table::{Delimiter, Record};
use crate::domain::spreadsheet::computes;

const MAX_NAME_CHARS: usize = 80;
/// RFC 5321, section 4.5.3.1.3, without the angle brackets.
const MAX_EMAIL_BYTES: usize = 254;
const MAX_EXTRA_TIME_PERCENT: u32 = 300;

/// Somebody who can be added to the class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPerson {
    pub display_name: String,
    pub name: LoginName,
    /// The login name stands in the file; otherwise it was made from the address or the name, and may be numbered where
    /// the class has one like it ([`numbered`](super::numbered)).
    pub name_is_given: bool,
    pub email: Option<String>,
    pub extra_time_percent: u32,
}

/// A row while it is compared with the others.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) line: u64,
    pub(super) display_name: String,
    shown_login: String,
    pub(super) given_name: Option<LoginName>,
    pub(super) made_name: Option<LoginName>,
    pub(super) email: Option<String>,
    extra_time_percent: u32,
    pub(super) problems: Vec<Problem>,
}

impl Draft {
    pub(super) fn read(record: &Record, layout: &Layout, delimiter: Delimiter) -> Self {
        let mut problems = Vec::new();
        let cell = |place: Option<usize>| place.map_or("", |index| record.cell(index));
        if record.cells.iter().skip(layout.width).any(|cell| !cell.trim().is_empty()) {
            problems.push(Problem::new(
                Field::Row,
                format!("has {} cells, where the first row has {}", record.cells.len(), layout.width),
                format!("put cells that contain {} between quotation marks", delimiter.title()),
            ));
        }
        let full_name = cell(layout.full_name);
        let parts = match full_name.trim().is_empty() {
            true => vec![cell(layout.first_name), cell(layout.last_name)],
            false => vec![full_name],
        };
        let display_name = display_name(&parts, &mut problems);
        let login = cell(layout.login);
        Self {
            line: record.line,
            display_name,
            shown_login: shown(login),
            given_name: login_name(login, &mut problems),
            made_name: None,
            email: email(cell(layout.email), &mut problems),
            extra_time_percent: extra_time(cell(layout.extra_time), &mut problems),
            problems,
        }
    }

    pub(super) fn into_row(self) -> Row {
        let name_is_given = self.given_name.is_some();
        let name = self.given_name.or(self.made_name);
        let shown_name = name.as_ref().map_or(self.shown_login, |name| name.as_str().to_owned());
        let outcome = match name {
            Some(name) if self.problems.is_empty() => Ok(NewPerson {
                display_name: self.display_name.clone(),
                name,
                name_is_given,
                email: self.email,
                extra_time_percent: self.extra_time_percent,
            }),
            _ => Err(self.problems),
        };
        Row { line: self.line, display_name: shown(&self.display_name), name: shown_name, outcome }
    }
}

fn display_name(parts: &[&str], problems: &mut Vec<Problem>) -> String {
    let name = match parts {
        // "Ada Lovelace", and "Lovelace" once more.
        [first, last] if first.trim().to_lowercase().ends_with(&format!(" {}", last.trim().to_lowercase())) => {
            first.trim().to_owned()
        }
        _ => parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "),
    };
    if name.is_empty() {
        problems.push(Problem::new(
            Field::DisplayName,
            "there is no name",
            "write the person's name, or remove the row",
        ));
        return name;
    }
    for part in parts.iter().filter(|part| !part.trim().is_empty()) {
        check_text(part, Field::DisplayName, problems);
    }
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = name.chars().count();
    if length > MAX_NAME_CHARS {
        let problem = format!("the name has {length} characters");
        problems.push(Problem::new(Field::DisplayName, problem, format!("shorten it to {MAX_NAME_CHARS}")));
    }
    name
}

fn login_name(cell: &str, problems: &mut Vec<Problem>) -> Option<LoginName> {
    if cell.trim().is_empty() || !check_text(cell, Field::Name, problems) {
        return None;
    }
    let name = cell.parse().ok();
    if name.is_none() {
        let problem = format!("{:?} cannot be a login name", shown(cell));
        let fix = "use 1 to 40 of the letters a to z, digits and . _ - @, or leave the cell empty to have one made";
        problems.push(Problem::new(Field::Name, problem, fix));
    }
    name
}

fn email(cell: &str, problems: &mut Vec<Problem>) -> Option<String> {
    let address = cell.trim();
    if address.is_empty() || !check_text(cell, Field::Email, problems) {
        return None;
    }
    if is_email(address) {
        return Some(address.to_owned());
    }
    let problem = format!("{:?} is not an e-mail address", shown(cell));
    problems.push(Problem::new(
        Field::Email,
        problem,
        "write one address such as ada@example.org, or leave the cell empty",
    ));
    None
}

fn extra_time(cell: &str, problems: &mut Vec<Problem>) -> u32 {
    if cell.trim().is_empty() {
        return 0;
    }
    percent(cell).unwrap_or_else(|| {
        let problem = format!("{:?} is not a percentage from 0 to {MAX_EXTRA_TIME_PERCENT}", shown(cell));
        let fix = "write a whole number: 25 for a quarter more time, 100 for twice the time";
        problems.push(Problem::new(Field::ExtraTimePercent, problem, fix));
        0
    })
}

/// Whether the text may be kept and shown: no formula, nothing invisible, one line.
fn check_text(cell: &str, field: Field, problems: &mut Vec<Problem>) -> bool {
    let before = problems.len();
    let mut add = |problem: String, fix: &str| problems.push(Problem::new(field, problem, fix));
    if computes(cell) {
        let first = cell.trim_start().chars().next().unwrap_or('\t');
        let sign = if first.is_alphanumeric() { "a tab or line break".to_owned() } else { first.to_string() };
        add(
            format!("{:?} begins with {sign}: a spreadsheet would compute it", shown(cell)),
            "remove the sign at the beginning of the cell",
        );
    }
    let text = cell.trim();
    if text.contains(['\n', '\r', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}', '\u{85}']) {
        add(
            format!("{:?} has a line break in it", shown(cell)),
            "remove it; if the row goes on for many lines, a quotation mark is missing or too many",
        );
    } else if text.contains('\u{fffd}') {
        add(format!("{:?} has characters that cannot be read", shown(cell)), "save the file as \"CSV UTF-8\"");
    } else if text.chars().any(is_invisible) {
        add(format!("{:?} has invisible control characters in it", shown(cell)), "type the cell's text anew");
    }
    problems.len() == before
}

pub(super) fn is_email(text: &str) -> bool {
    text.len() <= MAX_EMAIL_BYTES && text.contains('@') && text.validate_email()
}

/// A percentage that somebody may get, with or without its sign.
pub(super) fn percent(cell: &str) -> Option<u32> {
    let number = cell.trim();
    let number = number.strip_suffix('%').unwrap_or(number).trim_end();
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    number.parse().ok().filter(|percent| digits && *percent <= MAX_EXTRA_TIME_PERCENT)
}
