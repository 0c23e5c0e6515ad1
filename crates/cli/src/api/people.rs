//! The people of a class and how they get in.

use jiff::Timestamp;
use serde::Deserialize;

use super::class::ClassRef;
use super::{Answer, Api, all_pages, segment};
use crate::failure::Failure;

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) display_name: String,
    #[serde(default)]
    pub(crate) email: Option<String>,
    pub(crate) state: String,
    #[serde(default)]
    pub(crate) extra_time_percent: u32,
    #[serde(default)]
    pub(crate) joined_via: String,
    #[serde(default)]
    pub(crate) revision: u64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Added {
    pub(crate) member: Person,
    #[serde(default)]
    pub(crate) code: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct OneTimeCode {
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) expires_at: Option<Timestamp>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RosterOutcome {
    pub(crate) columns: RosterColumns,
    #[serde(default)]
    pub(crate) delimiter: String,
    #[serde(default)]
    pub(crate) encoding: String,
    pub(crate) rows: Vec<RosterRow>,
    pub(crate) counts: RosterCounts,
    pub(crate) imported: bool,
    #[serde(default)]
    pub(crate) codes: Vec<RosterCode>,
    #[serde(default)]
    pub(crate) codes_expire_at: Option<Timestamp>,
}

/// Which header of the file was understood as what.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RosterColumns {
    pub(crate) name: Option<String>,
    pub(crate) display_name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) extra_time_percent: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RosterRow {
    /// Line of the file, counted from 1.
    pub(crate) row: u64,
    #[serde(default)]
    pub(crate) display_name: Option<String>,
    #[serde(default)]
    pub(crate) problems: Vec<RosterProblem>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RosterProblem {
    #[serde(default)]
    pub(crate) field: Option<String>,
    pub(crate) problem: String,
    #[serde(default)]
    pub(crate) fix: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct RosterCounts {
    pub(crate) new: u64,
    pub(crate) unchanged: u64,
    pub(crate) bad: u64,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct RosterCode {
    pub(crate) name: String,
    pub(crate) display_name: String,
    pub(crate) code: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct JoinLink {
    pub(crate) id: String,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) seats: u32,
    #[serde(default)]
    pub(crate) used: u32,
    #[serde(default)]
    pub(crate) revoked_at: Option<Timestamp>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct NewJoinLink {
    #[serde(flatten)]
    pub(crate) link: JoinLink,
    pub(crate) url: String,
}

impl Api {
    pub(crate) async fn people(&self, class: &ClassRef) -> Result<Answer<Vec<Person>>, Failure> {
        all_pages(self, &class.path("/members"), "members").await
    }

    /// The person with this sign-in name, id, e-mail address or, if only one has it, display name.
    pub(crate) async fn find_person(&self, class: &ClassRef, wanted: &str) -> Result<Person, Failure> {
        let people = self.people(class).await?.value;
        let index = match_person(wanted, people.iter().map(Known::from))
            .map_err(|trouble| trouble.failure(wanted, &class.code))?;
        let person = people.into_iter().nth(index);
        let person = person.ok_or_else(|| Unmatched::Nobody.failure(wanted, &class.code))?;
        segment(&person.id)?;
        Ok(person)
    }
}

/// What a person may be called by on the command line.
pub(crate) struct Known<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) email: Option<&'a str>,
    pub(crate) display_name: &'a str,
}

impl<'a> From<&'a Person> for Known<'a> {
    fn from(person: &'a Person) -> Self {
        let Person { id, name, email, display_name, .. } = person;
        Self { id, name, email: email.as_deref(), display_name }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unmatched {
    Nobody,
    Several,
}

impl Unmatched {
    pub(crate) fn failure(self, wanted: &str, class: &str) -> Failure {
        match self {
            Self::Nobody => Failure::NotFound(format!("nobody in {class} is called “{wanted}”; give a sign-in name")),
            Self::Several => {
                Failure::WrongUsage(format!("several people in {class} are called “{wanted}”; give a sign-in name"))
            }
        }
    }
}

/// The place of the one who is meant. Names that are one person's alone go first.
pub(crate) fn match_person<'a>(wanted: &str, people: impl Iterator<Item = Known<'a>>) -> Result<usize, Unmatched> {
    let mut by_display_name = Vec::new();
    for (index, person) in people.enumerate() {
        let unique = person.id == wanted
            || person.name.eq_ignore_ascii_case(wanted)
            || person.email.is_some_and(|email| email.eq_ignore_ascii_case(wanted));
        if unique {
            return Ok(index);
        }
        if person.display_name.to_lowercase() == wanted.to_lowercase() {
            by_display_name.push(index);
        }
    }
    match by_display_name[..] {
        [] => Err(Unmatched::Nobody),
        [only] => Ok(only),
        _ => Err(Unmatched::Several),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known<'a>(name: &'a str, display_name: &'a str) -> Known<'a> {
        Known { id: "mem_x", name, email: None, display_name }
    }

    #[test]
    fn a_sign_in_name_goes_before_somebody_elses_display_name() {
        let people = || [known("lin", "Ada"), known("ada", "Ada Lovelace")].into_iter();
        assert_eq!(match_person("Ada", people()), Ok(1));
        assert_eq!(match_person("ada lovelace", people()), Ok(1));
        assert_eq!(match_person("grace", people()), Err(Unmatched::Nobody));
    }

    #[test]
    fn a_display_name_that_two_have_names_nobody() {
        let people = [known("ada1", "Ada"), known("ada2", "Ada")];
        assert_eq!(match_person("Ada", people.into_iter()), Err(Unmatched::Several));
    }
}
