//! Which files a lab has.

use crate::checks;
use crate::problem::LabProblem;

/// What no lab is without.
pub(crate) const NEEDED: [&str; 3] = ["lab.yaml", "guide.md", "setup.sh"];

/// Longer names make no readable tile, log line or test name.
const MAX_CHECK_NAME: usize = 60;
pub(crate) const MAX_PATH: usize = 200;

/// Whether a lab has such a file; others (a solution, notes) may lie beside it and are not taken along.
pub(crate) fn belongs(path: &str) -> bool {
    NEEDED.contains(&path) || path.starts_with("files/") || is_check(path)
}

fn is_check(path: &str) -> bool {
    checks::name_of(path).is_some_and(|name| !name.is_empty() && !name.contains('/'))
}

/// Scripts are run, so they must be executable.
pub(crate) fn is_script(path: &str) -> bool {
    path == "setup.sh" || is_check(path)
}

/// What is wrong with a path of a lab.
pub(crate) fn problem(path: &str) -> Option<LabProblem> {
    let plain = !path.is_empty()
        && path.len() <= MAX_PATH
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
        && !path.chars().any(|c| c.is_control() || c == '\\');
    if !plain {
        let text = format!("the path is not a plain relative one of at most {MAX_PATH} bytes");
        return Some(
            LabProblem::error(path, text).fix("name files from the lab's folder on, with / between the parts"),
        );
    }
    if !belongs(path) {
        return Some(
            LabProblem::error(path, "the file does not belong to a lab")
                .fix("leave it out: a lab is lab.yaml, guide.md, setup.sh, files/** and checks/*.sh"),
        );
    }
    let name = checks::name_of(path)?;
    let good = name.len() <= MAX_CHECK_NAME
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    (!good).then(|| {
        LabProblem::error(
            path,
            format!("a check's name has at most {MAX_CHECK_NAME} letters, digits, hyphens and dots"),
        )
        .fix("rename it, for example checks/1-first-task.sh")
    })
}

/// What operating systems leave in folders and archives by themselves.
pub(crate) fn is_litter(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    path.starts_with("__MACOSX/")
        || matches!(name, ".DS_Store" | "Thumbs.db" | "desktop.ini" | "__MACOSX")
        || name.starts_with("._")
}
