//! Login names for those who have none in the file: made from the address's local part, or else from the name.
//!
//! Two people for whom the same name is made are told apart: the second is numbered (`ada-2`), if it is clear that they
//! are two, by their names or by their addresses. Where neither tells them apart, it is more likely that one person is
//! listed twice: then the second row is bad, and says so. The same file always makes the same names.

use std::collections::HashMap;

use deunicode::deunicode;

use super::person::Draft;
use super::problem::{Field, Problem};
pub(super) use crate::domain::member::LoginName;

const MAX_BYTES: usize = 40;
/// More people than a class has.
const MOST_ALIKE: u32 = 9999;

/// Makes the missing names, in the order of the rows. A row that is bad for another reason takes its name all the same.
pub(super) fn assign(drafts: &mut [Draft]) {
    let mut owners: HashMap<String, usize> = HashMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        if let Some(name) = &draft.given_name {
            owners.entry(name.as_str().to_owned()).or_insert(index);
        }
    }
    for index in 0..drafts.len() {
        let draft = &drafts[index];
        let has_own = draft.given_name.is_some() || draft.problems.iter().any(|problem| problem.field == Field::Name);
        if has_own || draft.display_name.is_empty() {
            continue;
        }
        let Some(wanted) = made_from(draft) else {
            let fix = "add a column \"login name\" and give one there: letters a to z, digits and . _ -";
            drafts[index].problems.push(Problem::new(Field::Name, "no login name can be made from the name", fix));
            continue;
        };
        let owner = owners.get(wanted.as_str()).map(|owner| &drafts[*owner]);
        if let Some(line) = owner.filter(|owner| !are_two(owner, draft)).map(|owner| owner.line) {
            // Of an address that is there twice the row says so already.
            if draft.problems.iter().all(|problem| problem.field != Field::Email) {
                let problem = format!("is already in row {line}, and nothing tells the two apart");
                let fix = "remove one of the two rows, or give both an e-mail address or a login name";
                drafts[index].problems.push(Problem::new(Field::DisplayName, problem, fix));
            }
            continue;
        }
        let name = numbered(&wanted, |name| owners.contains_key(name));
        if let Some(name) = &name {
            owners.insert(name.as_str().to_owned(), index);
        }
        drafts[index].made_name = name;
    }
}

/// Whether two rows are clearly of two people.
fn are_two(one: &Draft, other: &Draft) -> bool {
    let differ = |one: &str, other: &str| one.to_lowercase() != other.to_lowercase();
    match (&one.email, &other.email) {
        (Some(one), Some(other)) => differ(one, other),
        _ => differ(&one.display_name, &other.display_name),
    }
}

/// The name itself, or the first of `name-2`, `name-3`, … that is free; nothing where none of a few thousand is.
pub fn numbered(name: &LoginName, is_taken: impl Fn(&str) -> bool) -> Option<LoginName> {
    if !is_taken(name.as_str()) {
        return Some(name.clone());
    }
    let mut numbers = (2..=MOST_ALIKE).map(|number| {
        let suffix = format!("-{number}");
        let kept = name.as_str().len().min(MAX_BYTES - suffix.len());
        format!("{}{suffix}", &name.as_str()[..kept])
    });
    numbers.find(|numbered| !is_taken(numbered))?.parse().ok()
}

fn made_from(draft: &Draft) -> Option<LoginName> {
    let local = draft.email.as_deref().and_then(|email| Some(email.rsplit_once('@')?.0));
    // What follows a plus sign names a mailbox, not a person.
    let local = local.map(|local| local.split('+').next().unwrap_or_default());
    local.and_then(login_of).or_else(|| login_of(&draft.display_name))
}

/// The login name of somebody who is called so, in Latin letters, its words joined by dots; nothing where no letter or
/// digit is left.
pub fn login_of(text: &str) -> Option<LoginName> {
    let mut login = String::new();
    for c in deunicode(text).chars() {
        match c {
            'a'..='z' | '0'..='9' | '_' => login.push(c),
            'A'..='Z' => login.push(c.to_ascii_lowercase()),
            '\'' | '`' | '"' => {}
            '-' if !login.ends_with(['.', '-']) => login.push('-'),
            _ if !login.is_empty() && !login.ends_with(['.', '-']) => login.push('.'),
            _ => {}
        }
    }
    login.truncate(MAX_BYTES);
    login.trim_matches(['.', '-', '_']).parse().ok()
}
