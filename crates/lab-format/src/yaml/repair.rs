//! A manifest with mistakes, read to its end: each mistake is told, put right for the moment, and the reading goes on.
//! Nothing that was put right this way is ever used.

use serde_json::{Value, json};
use serde_saphyr::Error;
use serde_saphyr::options::DuplicateKeyPolicy;

use super::tree::{Node, strict};
use super::{MAX_PROBLEMS, explain};
use crate::field_path::{FieldPath, Step};
use crate::manifest::LabManifest;
use crate::problem::LabProblem;

/// The manifest as the text says it, or the way to the first thing that keeps it from being one, and why.
pub(super) fn typed(text: &str) -> Result<LabManifest, Box<(FieldPath, Error)>> {
    let mut path = FieldPath::default();
    let options = strict(DuplicateKeyPolicy::FirstWins);
    let read = serde_saphyr::with_deserializer_from_str_with_options(text, options, |deserializer| {
        serde_path_to_error::deserialize(deserializer).map_err(|error| {
            path = error.path().iter().filter_map(step).collect();
            error.into_inner()
        })
    });
    read.map_err(|error| Box::new((path, error)))
}

fn step(segment: &serde_path_to_error::Segment) -> Option<Step> {
    use serde_path_to_error::Segment;
    match segment {
        Segment::Seq { index } => Some(Step::Index(*index)),
        Segment::Map { key } => Some(Step::Key(key.clone())),
        Segment::Enum { .. } | Segment::Unknown => None,
    }
}

/// Tells every field that is unknown, missing or of the wrong kind. Returns the manifest with those put right.
pub(super) fn complete(tree: &Node, problems: &mut Vec<LabProblem>) -> Option<LabManifest> {
    let mut value = tree.plain();
    for _ in 0..MAX_PROBLEMS {
        let (path, error) = match typed(&value.to_string()) {
            Ok(manifest) => return Some(manifest),
            Err(trouble) => *trouble,
        };
        problems.push(explain::typed(&error, &path, tree));
        put_right(&mut value, &path, &error)?;
    }
    None
}

/// Gives an unknown field the name it was probably meant to have or takes it out, and takes another from the specimen;
/// `None` where there is nothing to be done.
fn put_right(value: &mut Value, path: &FieldPath, error: &Error) -> Option<()> {
    match error {
        Error::SerdeUnknownField { expected, .. } => {
            let (parent, Step::Key(name)) = path.split_last()? else { return None };
            let fields = find(value, &parent)?.as_object_mut()?;
            let content = fields.remove(name)?;
            if let Some(meant) = explain::likely(name, expected) {
                fields.entry(meant).or_insert(content);
            }
        }
        Error::SerdeMissingField { field, .. } => {
            let good = specimen_at(&path.key(field))?;
            find(value, path)?.as_object_mut()?.insert((*field).to_owned(), good);
        }
        _ => {
            let good = specimen_at(path)?;
            *find(value, path)? = good;
        }
    }
    Some(())
}

fn find<'a>(value: &'a mut Value, path: &FieldPath) -> Option<&'a mut Value> {
    path.steps().iter().try_fold(value, |value, step| match step {
        Step::Key(name) => value.get_mut(name),
        Step::Index(index) => value.get_mut(index),
    })
}

/// A good value for a field: one entry of each list stands for all of them.
fn specimen_at(path: &FieldPath) -> Option<Value> {
    let specimen = specimen();
    // Checks have names of the author's own.
    let title = Value::from("T");
    let found = path.steps().iter().try_fold(&specimen, |value, step| match step {
        Step::Key(name) => Some(value.get(name).unwrap_or(&title)),
        Step::Index(_) => value.get(0),
    })?;
    Some(found.clone())
}

/// A manifest with every field.
fn specimen() -> Value {
    json!({
        "title": "T",
        "summary": "S",
        "minutes": 60,
        "placements": [{ "provider": "linode", "region": "r", "size": "s", "image": "i" }],
        "tabs": [{ "name": "n", "title": "T", "port": 5000 }],
        "checks": { "every": 2, "limit": 10, "titles": {} },
        "limits": { "starts": 5, "idle_minutes": 30, "extra_minutes": 60 },
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_specimen_has_every_field_of_the_schema() {
        let schema = crate::lab_schema();
        let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
        let specimen = specimen();
        assert_eq!(keys(&specimen), keys(&schema["properties"]));
        for (part, definition) in [
            (&specimen["placements"][0], "Placement"),
            (&specimen["tabs"][0], "Tab"),
            (&specimen["checks"], "CheckSettings"),
            (&specimen["limits"], "LabLimits"),
        ] {
            assert_eq!(keys(part), keys(&schema["definitions"][definition]["properties"]), "{definition}");
        }
        assert!(typed(&specimen.to_string()).is_ok());
    }
}
