//! Labs in folders on disk.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use brihaspati_lab::{Gathered, LabFolder};
use tempfile::TempDir;

use crate::build::{MANIFEST, PARTS, lab};

fn folder(more: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (path, content) in PARTS.iter().chain(more) {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    directory
}

fn told(folder: &Path) -> Vec<String> {
    Gathered::from_folder(folder).examine().problems.iter().map(ToString::to_string).collect()
}

#[test]
fn a_lab_is_its_manifest_guide_setup_files_and_checks() {
    let folder = folder(&[
        ("solution.sh", ""),
        ("notes/todo.txt", ""),
        ("files/deep/a.txt", "a"),
        ("files/.bashrc", ""),
        ("files/.DS_Store", ""),
        ("checks/1-one.sh", "#!/bin/sh\n"),
    ]);
    fs::set_permissions(folder.path().join("files/deep/a.txt"), fs::Permissions::from_mode(0o755)).unwrap();
    let gathered = Gathered::from_folder(folder.path());
    let files: Vec<_> = gathered.files.iter().map(|file| (file.path.as_str(), file.executable)).collect();
    assert_eq!(
        files,
        [
            ("checks/1-one.sh", false),
            ("files/.bashrc", false),
            ("files/deep/a.txt", true),
            ("guide.md", false),
            ("lab.yaml", false),
            ("setup.sh", false),
        ]
    );
    assert_eq!(gathered.ignored, ["files/.DS_Store", "notes", "solution.sh"]);
    assert!(gathered.problems.is_empty());
}

#[test]
fn a_folder_is_the_same_version_as_its_files() {
    let examined = Gathered::from_folder(folder(&[("solution.sh", "")]).path()).examine();
    assert_eq!(examined.folder.unwrap().version, LabFolder::read(lab(MANIFEST)).unwrap().version);
}

#[test]
fn symbolic_links_are_refused_by_name_and_not_followed() {
    let folder = folder(&[("files/a.txt", "")]);
    symlink("/etc/passwd", folder.path().join("files/passwd")).unwrap();
    symlink("/etc", folder.path().join("checks")).unwrap();
    fs::remove_file(folder.path().join("guide.md")).unwrap();
    symlink("lab.yaml", folder.path().join("guide.md")).unwrap();
    symlink("/etc", folder.path().join("beside")).unwrap();
    let fix =
        "the file is a symbolic link, which a machine could not follow; put a copy of what it leads to in its place";
    assert_eq!(told(folder.path()), ["checks", "files/passwd", "guide.md"].map(|name| format!("{name}: {fix}")));
}

#[test]
fn what_is_no_file_is_refused_by_name() {
    let folder = folder(&[]);
    fs::remove_file(folder.path().join("setup.sh")).unwrap();
    fs::create_dir(folder.path().join("setup.sh")).unwrap();
    assert_eq!(told(folder.path()), ["setup.sh: this is not a file; take it out of the lab's folder"]);
}

#[test]
fn a_file_with_nearly_the_right_name_is_the_fix() {
    let folder = folder(&[]);
    fs::rename(folder.path().join("lab.yaml"), folder.path().join("lab.yml")).unwrap();
    assert_eq!(told(folder.path()), ["lab.yaml: the file is missing; rename lab.yml to lab.yaml"]);
}

#[test]
fn a_check_that_is_no_script_is_pointed_out() {
    let told = told(folder(&[("checks/1-one.py", "")]).path());
    assert_eq!(
        told,
        [
            "checks/1-one.py: warning: the file is not taken along: only the scripts checks/*.sh are; move it to files/, or let \
          its name end in .sh"
        ]
    );
}

#[test]
fn too_much_is_refused_before_it_is_read() {
    let folder_of_large = folder(&[]);
    let large = fs::File::create(folder_of_large.path().join("files.tmp")).unwrap();
    large.set_len(1 << 40).unwrap();
    fs::create_dir(folder_of_large.path().join("files")).unwrap();
    fs::rename(folder_of_large.path().join("files.tmp"), folder_of_large.path().join("files/large")).unwrap();
    let problems = told(folder_of_large.path());
    assert!(problems[0].starts_with("files/large: ") && problems[0].contains("280000 bytes"), "{problems:?}");

    let names: Vec<String> = (0..400).map(|n| format!("files/{n}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    let problems = told(folder(&many).path());
    assert!(problems[0].contains("with this file the lab has more than 300 files"), "{problems:?}");
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let problems = told(Path::new("/nowhere/at/all"));
    assert!(problems[0].starts_with("/nowhere/at/all: the folder cannot be read"), "{problems:?}");
}
