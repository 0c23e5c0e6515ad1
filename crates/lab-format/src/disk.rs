//! A lab's folder on disk.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use crate::file::{MAX_LAB_BYTES, MAX_LAB_FILES};
use crate::gathered::Gathered;
use crate::path::{MAX_PATH, belongs, is_litter};
use crate::problem::LabProblem;

pub(crate) fn gather(folder: &Path) -> Gathered {
    let mut gathered = Gathered::default();
    if let Err(error) = walk(folder, "", &mut gathered) {
        let name = folder.display().to_string();
        gathered
            .cut(LabProblem::error(name, format!("the folder cannot be read ({error})")).fix("name a lab's folder"));
    }
    gathered
}

/// Looks through one folder; `inside` is its path from the lab's folder on, with a slash at the end.
fn walk(folder: &Path, inside: &str, gathered: &mut Gathered) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        if gathered.cut_short {
            break;
        }
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
            let shown = format!("{inside}{}", entry.file_name().to_string_lossy());
            gathered.problems.push(LabProblem::error(shown, "the name is not UTF-8").fix("rename it"));
            continue;
        };
        let path = format!("{inside}{name}");
        let is_part = matches!(path.as_str(), "files" | "checks") || inside.starts_with("files/");
        let kind = entry.file_type()?;
        if is_litter(&path) || !(belongs(&path) || is_part) {
            gathered.ignore(&path);
        } else if kind.is_symlink() {
            let problem = "the file is a symbolic link, which a machine could not follow";
            gathered.problems.push(LabProblem::error(path, problem).fix("put a copy of what it leads to in its place"));
        } else if kind.is_dir() && path.len() > MAX_PATH {
            gathered.problems.push(LabProblem::error(path, "the folder lies too deep").fix("shorten its path"));
        } else if kind.is_dir() && is_part {
            walk(&entry.path(), &format!("{path}/"), gathered)?;
        } else if kind.is_file() {
            take(&entry.path(), &path, gathered);
        } else {
            gathered
                .problems
                .push(LabProblem::error(path, "this is not a file").fix("take it out of the lab's folder"));
        }
    }
    Ok(())
}

fn take(file: &Path, path: &str, gathered: &mut Gathered) {
    if gathered.files.len() >= MAX_LAB_FILES {
        let problem = format!("with this file the lab has more than {MAX_LAB_FILES} files");
        gathered.cut(LabProblem::error(path, problem).fix("pack many small files into one archive under files/"));
        return;
    }
    match read(file) {
        Ok((executable, content)) => gathered.add(path, executable, &content),
        Err(error) => gathered.problems.push(LabProblem::error(path, format!("the file cannot be read ({error})"))),
    }
}

fn read(file: &Path) -> io::Result<(bool, Vec<u8>)> {
    let file = File::open(file)?;
    let executable = is_executable(&file.metadata()?);
    let mut content = Vec::new();
    file.take(MAX_LAB_BYTES as u64 + 1).read_to_end(&mut content)?;
    Ok((executable, content))
}

#[cfg(unix)]
fn is_executable(file: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_file: &fs::Metadata) -> bool {
    false
}
