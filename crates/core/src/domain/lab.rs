//! A lab as its author wrote it: a folder with `lab.yaml`, `guide.md`, `setup.sh`, `files/` and `checks/`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::ids::{ClassId, LabSlug};
use super::placement::Placement;
use super::validation::field_errors;

/// All files of a lab together, decoded, in bytes.
pub const MAX_LAB_BYTES: usize = 1 << 20;
pub const MAX_LAB_FILES: usize = 300;

/// `lab.yaml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct LabManifest {
    #[validate(length(min = 1, max = 80))]
    pub title: String,
    #[validate(length(min = 1, max = 300))]
    pub summary: String,
    /// Time to live of an environment, from the start of its machine.
    #[validate(range(min = 5, max = 480))]
    pub minutes: u32,
    /// In order of preference.
    #[validate(length(min = 1, max = 6), nested)]
    pub placements: Vec<Placement>,
    #[serde(default)]
    #[validate(length(max = 8), nested)]
    pub tabs: Vec<Tab>,
}

/// A web app of the lab, shown beside the terminal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tab {
    #[validate(length(min = 1, max = 20), custom(function = "plain_name"))]
    pub name: String,
    #[validate(length(min = 1, max = 40))]
    pub title: String,
    /// Where the app listens on the machine's own loopback.
    #[validate(range(min = 1024, max = 65535))]
    pub port: u16,
}

fn plain_name(name: &str) -> Result<(), ValidationError> {
    if name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        Ok(())
    } else {
        Err(ValidationError::new("name").with_message("must be lower-case letters, digits and hyphens".into()))
    }
}

/// One file of a lab; `content` is base64.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LabFile {
    /// Relative, with `/` between its parts.
    pub path: String,
    #[serde(default)]
    pub executable: bool,
    pub content: String,
}

/// A lab of a class, in its current version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lab {
    pub class_id: ClassId,
    pub slug: LabSlug,
    /// The SHA-256 of the files, shortened: the same folder has the same version, however often it is pushed.
    pub version: String,
    pub manifest: LabManifest,
}

/// What is wrong with a lab, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct LabProblem {
    pub file: String,
    pub problem: String,
}

fn problem(file: &str, problem: impl Into<String>) -> LabProblem {
    LabProblem { file: file.to_owned(), problem: problem.into() }
}

/// The text of `guide.md`.
pub fn guide_of(files: &[LabFile]) -> Option<String> {
    let file = files.iter().find(|file| file.path == "guide.md")?;
    String::from_utf8(STANDARD.decode(&file.content).ok()?).ok()
}

/// A checked set of files, and what its `lab.yaml` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabFolder {
    pub manifest: LabManifest,
    pub version: String,
    pub files: Vec<LabFile>,
}

impl LabFolder {
    /// Checks a lab's files.
    ///
    /// # Errors
    /// The first problem found, with the file and what to do about it.
    pub fn read(mut files: Vec<LabFile>) -> Result<Self, LabProblem> {
        if files.len() > MAX_LAB_FILES {
            return Err(problem("files", format!("a lab has at most {MAX_LAB_FILES} files")));
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let mut digest = Sha256::new();
        let (mut manifest, mut has_guide, mut has_setup, mut total) = (None, false, false, 0_usize);
        for (index, file) in files.iter().enumerate() {
            check_path(&file.path)?;
            if index > 0 && files[index - 1].path == file.path {
                return Err(problem(&file.path, "is given twice"));
            }
            let content = STANDARD.decode(&file.content).map_err(|_| problem(&file.path, "content is not base64"))?;
            total += content.len();
            if total > MAX_LAB_BYTES {
                return Err(problem(&file.path, format!("a lab's files have at most {MAX_LAB_BYTES} bytes together")));
            }
            for part in [file.path.as_bytes(), &[u8::from(file.executable)], &content] {
                digest.update((part.len() as u64).to_be_bytes());
                digest.update(part);
            }
            match file.path.as_str() {
                "lab.yaml" => manifest = Some(read_manifest(&content)?),
                "guide.md" => {
                    std::str::from_utf8(&content).map_err(|_| problem("guide.md", "is not UTF-8 text"))?;
                    has_guide = true;
                }
                "setup.sh" => has_setup = true,
                _ => {}
            }
        }
        if !has_guide {
            return Err(problem("guide.md", "is missing"));
        }
        if !has_setup {
            return Err(problem("setup.sh", "is missing; an empty script will do"));
        }
        Ok(Self {
            manifest: manifest.ok_or_else(|| problem("lab.yaml", "is missing"))?,
            version: digest.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect(),
            files,
        })
    }
}

fn check_path(path: &str) -> Result<(), LabProblem> {
    let plain = !path.is_empty()
        && path.len() <= 200
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
        && !path.chars().any(|c| c.is_control() || c == '\\');
    if !plain {
        return Err(problem(path, "is not a plain relative path of at most 200 characters"));
    }
    let known = matches!(path, "lab.yaml" | "guide.md" | "setup.sh")
        || path.starts_with("files/")
        || (path.starts_with("checks/") && path.ends_with(".sh"));
    if known {
        Ok(())
    } else {
        Err(problem(path, "does not belong to a lab: lab.yaml, guide.md, setup.sh, files/** and checks/*.sh do"))
    }
}

fn read_manifest(content: &[u8]) -> Result<LabManifest, LabProblem> {
    const MAX_MANIFEST_BYTES: usize = 32 << 10;
    if content.len() > MAX_MANIFEST_BYTES {
        return Err(problem("lab.yaml", format!("has at most {MAX_MANIFEST_BYTES} bytes")));
    }
    let text = std::str::from_utf8(content).map_err(|_| problem("lab.yaml", "is not UTF-8 text"))?;
    let manifest: LabManifest = serde_saphyr::from_str(text).map_err(|error| problem("lab.yaml", error.to_string()))?;
    if let Err(errors) = manifest.validate() {
        let first = field_errors(&errors).into_iter().next();
        let text = first.map_or_else(String::new, |error| format!("{} {}", error.field, error.message));
        return Err(problem("lab.yaml", text));
    }
    for (index, tab) in manifest.tabs.iter().enumerate() {
        if manifest.tabs[..index].iter().any(|other| other.name == tab.name) {
            return Err(problem("lab.yaml", format!("tabs[{index}].name repeats the name {:?}", tab.name)));
        }
    }
    Ok(manifest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "title: T\nsummary: S\nminutes: 30\nplacements:\n  - { provider: linode, region: eu-central, size: g6-nanode-1, image: linode/debian12 }\n";

    fn file(path: &str, content: &str) -> LabFile {
        LabFile { path: path.to_owned(), executable: false, content: STANDARD.encode(content) }
    }

    fn folder(manifest: &str) -> Vec<LabFile> {
        vec![file("lab.yaml", manifest), file("guide.md", "# Guide"), file("setup.sh", "#!/bin/sh\n")]
    }

    #[test]
    fn the_same_files_in_any_order_are_the_same_version() {
        let one = LabFolder::read(folder(MANIFEST)).unwrap();
        let mut reversed = folder(MANIFEST);
        reversed.reverse();
        assert_eq!(LabFolder::read(reversed).unwrap().version, one.version);
        let mut changed = folder(MANIFEST);
        changed[2].executable = true;
        assert_ne!(LabFolder::read(changed).unwrap().version, one.version);
    }

    #[test]
    fn a_path_that_leaves_the_folder_is_refused_by_name() {
        for path in ["../x", "/etc/passwd", "files/../../x", "files//x", "notes.txt", "checks/a.py"] {
            let mut files = folder(MANIFEST);
            files.push(file(path, ""));
            assert_eq!(LabFolder::read(files).unwrap_err().file, path);
        }
    }

    #[test]
    fn a_wrong_manifest_names_the_field() {
        let unknown = LabFolder::read(folder(&format!("{MANIFEST}colour: red\n"))).unwrap_err();
        assert_eq!(unknown.file, "lab.yaml");
        assert!(unknown.problem.contains("colour"), "{}", unknown.problem);
        let short = LabFolder::read(folder(&MANIFEST.replace("minutes: 30", "minutes: 1"))).unwrap_err();
        assert!(short.problem.contains("minutes"), "{}", short.problem);
    }

    #[test]
    fn a_missing_part_is_named() {
        for part in ["lab.yaml", "guide.md", "setup.sh"] {
            let files = folder(MANIFEST).into_iter().filter(|file| file.path != part).collect();
            assert_eq!(LabFolder::read(files).unwrap_err().file, part);
        }
    }
}
