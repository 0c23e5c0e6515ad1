//! `setup.sh` and `checks/*.sh`: whether a machine can run them.

use crate::problem::LabProblem;

/// What a machine would stumble over. Says nothing about what the script does.
pub(crate) fn problem(path: &str, content: &[u8]) -> Option<LabProblem> {
    let first_line = content.split(|&byte| byte == b'\n').next().unwrap_or_default();
    if content.is_empty() {
        None
    } else if !first_line.starts_with(b"#!") {
        Some(
            LabProblem::warning(path, "the script does not say what runs it")
                .at((1, 1))
                .fix("begin it with #!/usr/bin/env bash"),
        )
    } else if first_line.ends_with(b"\r") {
        Some(
            LabProblem::error(
                path,
                "the lines end as on Windows, so that Linux looks for an interpreter of another name",
            )
            .at((1, 1))
            .fix("save it with line ends of Unix (LF)"),
        )
    } else {
        None
    }
}
