//! Rosters as people's programs write them, and as nobody should.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed, and says where")]

mod encodings;
mod files;
mod headings;
mod logins;
mod rows;
mod size;

use brihaspati_core::domain::roster::{Field, NewPerson, Problem, Roster, RosterProblem, Row};

fn roster(text: &str) -> Roster {
    Roster::read(text.as_bytes()).unwrap()
}

fn refused(text: &str) -> RosterProblem {
    Roster::read(text.as_bytes()).unwrap_err()
}

/// Display name, login name, e-mail, extra time: of a file whose rows are all good.
fn people(text: &str) -> Vec<(String, String, Option<String>, u32)> {
    let good = |row: Row| {
        let person: NewPerson = row.outcome.unwrap();
        (person.display_name, person.name.as_str().to_owned(), person.email, person.extra_time_percent)
    };
    roster(text).rows.into_iter().map(good).collect()
}

fn names(text: &str) -> Vec<String> {
    people(text).into_iter().map(|(display_name, ..)| display_name).collect()
}

fn logins(text: &str) -> Vec<String> {
    people(text).into_iter().map(|(_, login, ..)| login).collect()
}

/// The bad rows: in which line, which field, and what is wrong.
fn problems(text: &str) -> Vec<(u64, Field, String)> {
    let rows = roster(text).rows.into_iter();
    let of_row = |row: Row| {
        let line = row.line;
        let problems: Vec<Problem> = row.outcome.err().unwrap_or_default();
        assert!(problems.iter().all(|problem| !problem.fix.is_empty()), "each says what to do");
        problems.into_iter().map(move |problem| (line, problem.field, problem.problem))
    };
    rows.flat_map(of_row).collect()
}
