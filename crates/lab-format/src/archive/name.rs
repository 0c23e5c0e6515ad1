//! The names of an archive's entries, which anybody may have written.

use crate::problem::LabProblem;

const FIX: &str = "pack the lab's folder anew, from inside its parent folder";

/// The entry's path from the archive's top on, without `./` and closing slashes; empty for the top itself.
pub(super) fn checked(raw: &[u8]) -> Result<String, LabProblem> {
    let refused = |problem: &str| Err(LabProblem::error(String::from_utf8_lossy(raw), problem).fix(FIX));
    let Ok(name) = std::str::from_utf8(raw) else {
        return refused("the entry's name is not UTF-8");
    };
    if name.chars().any(char::is_control) {
        return refused("the entry's name holds control characters");
    }
    if name.contains('\\') {
        return refused("the entry's name holds a backslash");
    }
    if name.starts_with('/') || name.as_bytes().get(1) == Some(&b':') {
        return refused("the entry's path is absolute");
    }
    let parts: Vec<&str> = name.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    if parts.contains(&"..") {
        return refused("the entry's path leads out of the archive (..)");
    }
    Ok(parts.join("/"))
}
