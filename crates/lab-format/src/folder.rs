//! A lab's files, checked together.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::checks::{self, MAX_CHECKS};
use crate::file::{LabFile, MAX_LAB_BYTES, MAX_LAB_FILES};
use crate::manifest::LabManifest;
use crate::problem::{LabProblem, place_in};
use crate::{guide, path, scripts, yaml};

/// More would be read by nobody.
const MAX_PROBLEMS: usize = 200;

/// A checked set of files, and what its `lab.yaml` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabFolder {
    pub manifest: LabManifest,
    /// The SHA-256 of the files, shortened: the same files have the same version, however they came here.
    pub version: String,
    /// Sorted by path; scripts are executable.
    pub files: Vec<LabFile>,
}

/// What came of looking at a lab's files.
#[derive(Clone, Debug, Default)]
pub struct Examined {
    /// Only where no problem is an error.
    pub folder: Option<LabFolder>,
    /// Errors first.
    pub problems: Vec<LabProblem>,
}

impl LabFolder {
    /// Says everything that is wrong with a lab's files.
    pub fn examine(mut files: Vec<LabFile>) -> Examined {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let mut problems = Vec::new();
        count(&files, &mut problems);
        let mut digest = Sha256::new();
        let (mut manifest, mut total) = (None, 0_usize);
        let checks: Vec<String> =
            files.iter().filter_map(|file| checks::name_of(&file.path)).map(str::to_owned).collect();
        let checks: Vec<&str> = checks.iter().map(String::as_str).collect();
        for file in &mut files {
            problems.extend(path::problem(&file.path));
            let Some(content) = file.bytes() else {
                problems.push(LabProblem::error(&file.path, "the content is not base64"));
                continue;
            };
            total += content.len();
            if path::is_script(&file.path) {
                // Zip files made on Windows know no such bit, and a script that isn't executable is of no use.
                file.executable = true;
                problems.extend(scripts::problem(&file.path, &content));
            }
            for part in [file.path.as_bytes(), &[u8::from(file.executable)], &content] {
                digest.update((part.len() as u64).to_be_bytes());
                digest.update(part);
            }
            match file.path.as_str() {
                yaml::FILE => {
                    let reading = yaml::read(&content, &checks);
                    problems.extend(reading.problems);
                    manifest = reading.manifest;
                }
                "guide.md" => problems.extend(examine_guide(&content)),
                _ => {}
            }
        }
        if total > MAX_LAB_BYTES {
            problems.push(too_large(&files, total));
        }
        missing(&files, &mut problems);
        let version = digest.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        let folder = manifest.map(|manifest| Self { manifest, version, files });
        Examined { folder, problems }.settled()
    }

    /// Checks a lab's files.
    ///
    /// # Errors
    /// The first problem that keeps them from being a lab; [`LabFolder::examine`] gives all of them.
    pub fn read(files: Vec<LabFile>) -> Result<Self, LabProblem> {
        let Examined { folder, problems } = Self::examine(files);
        match (folder, problems.into_iter().next()) {
            (Some(folder), _) => Ok(folder),
            (None, problem) => Err(problem.unwrap_or_else(|| LabProblem::error(yaml::FILE, "the file is missing"))),
        }
    }
}

impl Examined {
    /// Errors first, not too many, and no folder beside an error.
    pub(crate) fn settled(mut self) -> Self {
        self.problems.sort_by_key(|problem| problem.severity);
        self.problems.truncate(MAX_PROBLEMS);
        self.problems = self.problems.into_iter().map(LabProblem::printable).collect();
        if self.problems.iter().any(LabProblem::is_error) {
            self.folder = None;
        }
        self
    }

    pub fn errors(&self) -> impl Iterator<Item = &LabProblem> {
        self.problems.iter().filter(|problem| problem.is_error())
    }

    pub fn warnings(&self) -> impl Iterator<Item = &LabProblem> {
        self.problems.iter().filter(|problem| !problem.is_error())
    }
}

fn count(files: &[LabFile], problems: &mut Vec<LabProblem>) {
    if files.len() > MAX_LAB_FILES {
        let problem = format!("a lab has at most {MAX_LAB_FILES} files, not {}", files.len());
        problems.push(LabProblem::error("files", problem).fix("pack many small files into one archive under files/"));
    }
    let checks = files.iter().filter(|file| checks::name_of(&file.path).is_some()).count();
    if checks > MAX_CHECKS {
        let problem = format!("a lab has at most {MAX_CHECKS} checks, not {checks}");
        problems.push(LabProblem::error("checks", problem).fix("join checks of one task, or make two labs of it"));
    }
    for pair in files.windows(2) {
        if pair[0].path == pair[1].path {
            problems.push(LabProblem::error(&pair[0].path, "the file is given twice").fix("leave one of the two out"));
        }
    }
    let paths: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    for path in &paths {
        let folders = path.match_indices('/').map(|(slash, _)| &path[..slash]);
        for folder in folders.filter(|folder| paths.contains(folder)) {
            let problem = format!("the name is that of a file and of the folder of {path}");
            problems.push(LabProblem::error(folder, problem).fix("rename one of the two"));
        }
    }
}

fn examine_guide(content: &[u8]) -> Vec<LabProblem> {
    match std::str::from_utf8(content) {
        Ok(text) => guide::problems(text),
        Err(error) => {
            let good = String::from_utf8_lossy(&content[..error.valid_up_to()]);
            let at = place_in(&good, good.len());
            vec![LabProblem::error("guide.md", "the file is not UTF-8 text").at(at).fix("save it as UTF-8")]
        }
    }
}

fn too_large(files: &[LabFile], total: usize) -> LabProblem {
    let largest = files.iter().max_by_key(|file| file.content.len());
    let name = largest.map_or("files", |file| file.path.as_str());
    let problem = format!("a lab's files have at most {MAX_LAB_BYTES} bytes together, not {total}");
    LabProblem::error(name, problem).fix("this is the largest: make it smaller, or let setup.sh make it")
}

fn missing(files: &[LabFile], problems: &mut Vec<LabProblem>) {
    for (name, fix) in [
        ("lab.yaml", "add it: docs/writing-a-lab.md says what it holds"),
        ("guide.md", "add what the trainee reads beside the terminal"),
        ("setup.sh", "add it; an empty script will do"),
    ] {
        if !files.iter().any(|file| file.path == name) {
            problems.push(LabProblem::error(name, "the file is missing").fix(fix));
        }
    }
}
