//! What each value of a manifest must be, and what the values must be to each other.

use std::borrow::Cow;

use validator::{Validate, ValidationError, ValidationErrors, ValidationErrorsKind};

use super::FILE;
use super::tree::Node;
use crate::checks::MAX_CHECKS;
use crate::field_path::FieldPath;
use crate::manifest::{LabManifest, PLAIN_TEXT, plain_text};
use crate::problem::LabProblem;

const MAX_TITLE: usize = 80;

pub(super) fn check(manifest: &LabManifest, checks: &[&str], tree: &Node, problems: &mut Vec<LabProblem>) {
    if let Err(errors) = manifest.validate() {
        collect(&FieldPath::default(), &errors, tree, problems);
    }
    tabs(manifest, tree, problems);
    titles(manifest, checks, tree, problems);
}

fn tabs(manifest: &LabManifest, tree: &Node, problems: &mut Vec<LabProblem>) {
    for (index, tab) in manifest.tabs.iter().enumerate() {
        if let Some(first) = manifest.tabs[..index].iter().position(|other| other.name == tab.name) {
            let path = FieldPath::default().key("tabs").index(index).key("name");
            let text = format!("repeats the name of tabs[{first}], {:?}", tab.name);
            problems.push(told(&path, tree, text).fix("give each tab a name of its own"));
        }
    }
}

fn titles(manifest: &LabManifest, checks: &[&str], tree: &Node, problems: &mut Vec<LabProblem>) {
    // What is over the limit has been told as one problem.
    for (name, title) in manifest.checks.titles.iter().take(MAX_CHECKS) {
        let path = FieldPath::default().key("checks").key("titles").key(name);
        if !checks.contains(&name.as_str()) {
            let problem = LabProblem::error(FILE, "gives a title to a check that does not exist");
            let fix = format!("add checks/{name}.sh, or use the name of a script in checks/ without .sh");
            problems.push(problem.field(path.to_string()).at(tree.key_place_of(&path)).fix(fix));
        }
        if !(1..=MAX_TITLE).contains(&title.chars().count()) {
            let text = format!("must have 1 to {MAX_TITLE} characters, not {}", title.chars().count());
            problems.push(told(&path, tree, text));
        } else if plain_text(title).is_err() {
            problems.push(told(&path, tree, PLAIN_TEXT));
        }
    }
}

fn told(path: &FieldPath, tree: &Node, text: impl Into<String>) -> LabProblem {
    LabProblem::error(FILE, text).field(path.to_string()).at(tree.place_of(path))
}

fn collect(path: &FieldPath, errors: &ValidationErrors, tree: &Node, problems: &mut Vec<LabProblem>) {
    for (name, kind) in errors.errors() {
        let path = path.key(name);
        match kind {
            ValidationErrorsKind::Struct(inner) => collect(&path, inner, tree, problems),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    collect(&path.index(*index), inner, tree, problems);
                }
            }
            ValidationErrorsKind::Field(errors) => {
                problems.extend(errors.iter().map(|error| told(&path, tree, message(error))));
            }
        }
    }
}

fn message(error: &ValidationError) -> Cow<'static, str> {
    if let Some(message) = &error.message {
        return message.clone();
    }
    let bound = |name: &str| error.params.get(name).map(ToString::to_string);
    let (min, max) = (bound("min").unwrap_or_else(|| "0".to_owned()), bound("max").unwrap_or_default());
    match (error.code.as_ref(), error.params.get("value")) {
        ("range", Some(value)) => format!("must be from {min} to {max}, not {value}").into(),
        ("length", Some(serde_json::Value::String(text))) => {
            format!("must have {min} to {max} characters, not {}", text.chars().count()).into()
        }
        ("length", Some(serde_json::Value::Array(list))) => {
            format!("must have {min} to {max} entries, not {}", list.len()).into()
        }
        ("length", Some(serde_json::Value::Object(map))) => {
            format!("must have {min} to {max} entries, not {}", map.len()).into()
        }
        (code, _) => format!("is not valid ({code})").into(),
    }
}
