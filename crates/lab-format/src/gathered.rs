//! A lab as it lies in a folder or an archive, among other things.

use std::path::Path;

use crate::file::{LabFile, MAX_LAB_BYTES, MAX_LAB_FILES};
use crate::folder::{Examined, LabFolder};
use crate::problem::LabProblem;
use crate::{archive, disk, path};

/// The files of a lab that were found somewhere.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    pub files: Vec<LabFile>,
    /// What lay beside them and does not belong to a lab: a solution, notes.
    pub ignored: Vec<String>,
    /// What could not be taken, and why.
    pub problems: Vec<LabProblem>,
    /// Not everything was looked at: nothing can be said about what is missing.
    pub cut_short: bool,
}

impl Gathered {
    /// Takes a lab out of its folder. Symbolic links are not followed.
    pub fn from_folder(folder: &Path) -> Self {
        disk::gather(folder)
    }

    /// Takes a lab out of a zip or tar.gz file; a single folder around it is taken off.
    pub fn from_archive(archive: &[u8]) -> Self {
        archive::gather(archive)
    }

    /// Says everything that is wrong with the lab.
    pub fn examine(self) -> Examined {
        let Self { files, ignored, mut problems, cut_short, .. } = self;
        if cut_short {
            return Examined { folder: None, problems }.settled();
        }
        let Examined { folder, problems: found } = LabFolder::examine(files);
        // What could not be taken has been told already.
        let untold = found.into_iter().filter(|new| !problems.iter().any(|old| old.is_error() && old.file == new.file));
        let untold: Vec<LabProblem> = untold.map(|problem| with_likely_file(problem, &ignored)).collect();
        problems.extend(untold);
        Examined { folder, problems }.settled()
    }

    /// Gives up with this problem.
    pub(crate) fn refused(problem: LabProblem) -> Self {
        let mut gathered = Self::default();
        gathered.cut(problem);
        gathered
    }

    pub(crate) fn cut(&mut self, problem: LabProblem) {
        self.problems.push(problem);
        self.cut_short = true;
    }

    /// Keeps a file; gives up where the lab grows past its limit, before more of it is in memory.
    pub(crate) fn add(&mut self, path: &str, executable: bool, content: &[u8]) {
        // Four characters of base64 are three bytes, or one or two at a file's end.
        let kept: usize = self.files.iter().map(|file| file.content.len() / 4 * 3).sum();
        if kept + content.len() > MAX_LAB_BYTES + 2 * MAX_LAB_FILES {
            let problem = format!("with this file the lab has more than {MAX_LAB_BYTES} bytes");
            self.cut(LabProblem::error(path, problem).fix("make it smaller, or let setup.sh make it"));
        } else {
            self.files.push(LabFile::new(path, executable, content));
        }
    }

    pub(crate) fn ignore(&mut self, path: &str) {
        if !path::is_litter(path) && path.starts_with("checks/") {
            let problem = "the file is not taken along: only the scripts checks/*.sh are";
            self.problems.push(LabProblem::warning(path, problem).fix("move it to files/, or let its name end in .sh"));
        }
        self.ignored.push(path.to_owned());
    }
}

/// `lab.yml` is the likely reason for a missing `lab.yaml`.
fn with_likely_file(problem: LabProblem, ignored: &[String]) -> LabProblem {
    let missing = path::NEEDED.contains(&problem.file.as_str()) && problem.line.is_none() && problem.field.is_none();
    let close = |name: &&String| strsim::damerau_levenshtein(&name.to_lowercase(), &problem.file) <= 2;
    match ignored.iter().find(close) {
        Some(name) if missing => {
            let fix = format!("rename {name} to {}", problem.file);
            problem.fix(fix)
        }
        _ => problem,
    }
}
