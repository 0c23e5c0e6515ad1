//! `lab.yaml`, read strictly, with everything that is wrong with it.

mod explain;
mod repair;
mod rules;
mod tree;

use serde_saphyr::options::DuplicateKeyPolicy;

use crate::manifest::LabManifest;
use crate::problem::{LabProblem, place_in};
use tree::Node;

pub(crate) const FILE: &str = "lab.yaml";

/// Several times what the fullest manifest needs.
const MAX_MANIFEST_BYTES: usize = 32 << 10;

/// Past these, an author wants to begin with the first ones.
const MAX_PROBLEMS: usize = 50;

/// What `lab.yaml` says, as far as it can be understood, and what is wrong with it.
#[derive(Default)]
pub(crate) struct Reading {
    /// Only where nothing is wrong.
    pub(crate) manifest: Option<LabManifest>,
    pub(crate) problems: Vec<LabProblem>,
}

impl Reading {
    fn refused(problem: LabProblem) -> Self {
        Self { problems: vec![problem], ..Self::default() }
    }
}

/// Reads `lab.yaml` of a lab that has checks of these names.
pub(crate) fn read(content: &[u8], checks: &[&str]) -> Reading {
    if content.len() > MAX_MANIFEST_BYTES {
        let problem = format!("the file has {} bytes, more than {MAX_MANIFEST_BYTES}", content.len());
        return Reading::refused(LabProblem::error(FILE, problem).fix("move long texts to guide.md"));
    }
    let text = match std::str::from_utf8(content) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => {
            let good = String::from_utf8_lossy(&content[..error.valid_up_to()]);
            let problem = LabProblem::error(FILE, "the file is not UTF-8 text").fix("save it as UTF-8");
            return Reading::refused(problem.at(place_in(&good, good.len())));
        }
    };
    let mut problems = Vec::new();
    let tree = match Node::read(text, DuplicateKeyPolicy::Error) {
        Ok(tree) => Ok(tree),
        Err(error) if explain::is_duplicate(&error) => {
            problems.push(explain::syntax(&error, text));
            Node::read(text, DuplicateKeyPolicy::FirstWins)
        }
        Err(error) => Err(error),
    };
    match tree {
        Ok(tree) if tree.is_empty() => Reading::refused(explain::empty()),
        Ok(tree) => read_tree(text, &tree, checks, problems),
        Err(error) => {
            problems.push(explain::syntax(&error, text));
            Reading { problems, ..Reading::default() }
        }
    }
}

fn read_tree(text: &str, tree: &Node, checks: &[&str], mut problems: Vec<LabProblem>) -> Reading {
    let manifest = match repair::typed(text) {
        Ok(manifest) => Some(manifest),
        Err(trouble) => {
            let (path, error) = *trouble;
            let manifest = repair::complete(tree, &mut problems);
            if problems.is_empty() {
                problems.push(explain::typed(&error, &path, tree));
            }
            manifest
        }
    };
    if let Some(manifest) = &manifest {
        rules::check(manifest, checks, tree, &mut problems);
    }
    problems.sort_by_key(|problem| (problem.line, problem.column));
    problems.truncate(MAX_PROBLEMS);
    Reading { manifest: manifest.filter(|_| problems.is_empty()), problems }
}
