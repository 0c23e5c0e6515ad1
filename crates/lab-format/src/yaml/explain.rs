//! What the YAML reader complains about, in the words of somebody who writes a lab.

use serde_saphyr::Error;
use serde_saphyr::budget::BudgetBreach;

use super::FILE;
use super::tree::{Node, place};
use crate::field_path::FieldPath;
use crate::problem::LabProblem;

/// What keeps the text from being YAML, or YAML of the plain kind that a manifest is.
pub(super) fn syntax(error: &Error, text: &str) -> LabProblem {
    let at = error.location().map_or((1, 1), place);
    if let Some(line) = tab_indented_line(text, at.0) {
        return LabProblem::error(FILE, "the line is indented with a tab").at((line, 1)).fix("indent with spaces");
    }
    let problem = |text: &str, fix: &str| LabProblem::error(FILE, text).fix(fix);
    let found = match error {
        Error::DuplicateMappingKey { key, .. } => {
            let key = key.as_deref().unwrap_or("a field");
            problem("is given twice", "keep one of the two").field(key)
        }
        Error::MergeKeyNotAllowed { .. } => problem("merge keys (<<) are not read", "write the fields out"),
        Error::UnknownAnchor { .. } => problem("aliases (*name) are not read", "write the value out"),
        Error::UnsupportedTag { tag, .. } => problem(&format!("the tag {tag} means nothing here"), "take it out"),
        Error::MultipleDocuments { .. } => one_document(),
        Error::Budget { breach, .. } => breached(breach),
        Error::Eof { .. } => empty(),
        Error::ExternalMessage { msg, .. } => problem(
            &format!("the file is not YAML from here on ({msg})"),
            "check the indentation, put texts with a colon or a # into quotes, and close quotes and brackets",
        ),
        other => LabProblem::error(FILE, format!("the file cannot be read ({})", without_place(other))),
    };
    found.at(at)
}

pub(super) fn is_duplicate(error: &Error) -> bool {
    matches!(error, Error::DuplicateMappingKey { .. })
}

pub(super) fn empty() -> LabProblem {
    LabProblem::error(FILE, "the file says nothing").fix("begin with title, summary, minutes and placements").at((1, 1))
}

fn breached(breach: &BudgetBreach) -> LabProblem {
    let (text, fix) = match breach {
        BudgetBreach::Anchors { .. } | BudgetBreach::Aliases { .. } | BudgetBreach::AliasAnchorRatio { .. } => {
            ("anchors (&name) and aliases (*name) are not read", "write the value out where it is needed")
        }
        BudgetBreach::Documents { .. } => return one_document(),
        BudgetBreach::Depth { .. } => ("the file is nested deeper than any field goes", "see docs/writing-a-lab.md"),
        _ => ("the file holds more values than a manifest can have", "see docs/writing-a-lab.md for its fields"),
    };
    LabProblem::error(FILE, text).fix(fix)
}

fn one_document() -> LabProblem {
    LabProblem::error(FILE, "the file holds more than one document").fix("take out what follows the line ---")
}

/// The nearest line up to `last` whose indentation holds a tab: what comes after it is misread.
fn tab_indented_line(text: &str, last: u32) -> Option<u32> {
    let indented = |line: &str| line.trim_start_matches(' ').starts_with('\t') && !line.trim().is_empty();
    // The reader complains at the line before a tab, since it still belongs to that line's value.
    let lines = (1..=last.saturating_add(1)).zip(text.lines());
    lines.filter(|(_, line)| indented(line)).last().map(|(number, _)| number)
}

/// What keeps a value from being what its field wants.
pub(super) fn typed(error: &Error, path: &FieldPath, tree: &Node) -> LabProblem {
    let field = path.to_string();
    let wrong = |text: String| LabProblem::error(FILE, text).field(field.clone()).at(tree.place_of(path));
    match error {
        Error::SerdeUnknownField { field: name, expected, .. } => {
            let problem = LabProblem::error(FILE, "is not a field of a lab");
            problem.field(field).at(tree.key_place_of(path)).fix(did_you_mean(name, expected))
        }
        Error::SerdeMissingField { field: name, .. } => {
            let missing = path.key(name);
            LabProblem::error(FILE, "is missing").field(missing.to_string()).at(tree.place_of(path)).fix("add it")
        }
        Error::SerdeUnknownVariant { variant, expected, .. } => {
            wrong(format!("cannot be {variant:?}")).fix(did_you_mean(variant, expected))
        }
        Error::InvalidScalar { .. } => wrong("must be a whole number".to_owned()).fix("write digits alone"),
        Error::NullIntoString { .. } => wrong("is empty".to_owned()).fix("write a text"),
        Error::Unexpected { expected, .. } => {
            let (what, fix) = match *expected {
                "sequence start" => ("a list", "begin each entry with \"- \""),
                "mapping start" => ("a group of fields", "write field: value, indented"),
                _ => ("a single value", "write one value on one line"),
            };
            if field.is_empty() {
                return LabProblem::error(FILE, "the file is not a list of fields")
                    .at(tree.at)
                    .fix("begin with title: … on a line of its own");
            }
            wrong(format!("must be {what}")).fix(fix)
        }
        other => wrong(format!("cannot be read ({})", without_place(other))),
    }
}

/// The reader's own words without "at line …": the place is told apart from them.
fn without_place(error: &Error) -> String {
    let text = error.without_snippet().to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

fn did_you_mean(written: &str, known: &[&'static str]) -> String {
    match likely(written, known) {
        Some(name) => format!("did you mean {name}?"),
        None => format!("known are {}", known.join(", ")),
    }
}

/// The known name that is closest to a mistyped one.
pub(super) fn likely(written: &str, known: &[&'static str]) -> Option<&'static str> {
    let written = written.to_lowercase();
    let distance = |name: &str| strsim::damerau_levenshtein(&written, name);
    let nearest = known.iter().copied().min_by_key(|name| distance(name))?;
    (distance(nearest) <= written.len().div_ceil(3)).then_some(nearest)
}
