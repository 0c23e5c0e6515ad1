//! The files of a lab together.

use brihaspati_lab::{LabFile, LabFolder, Severity};

use crate::build::{MANIFEST, file, lab, told_about};

#[test]
fn the_same_files_in_any_order_are_the_same_version() {
    let one = LabFolder::read(lab(MANIFEST)).unwrap();
    let mut reversed = lab(MANIFEST);
    reversed.reverse();
    assert_eq!(LabFolder::read(reversed).unwrap().version, one.version);
    let mut changed = lab(MANIFEST);
    changed[1].executable = true;
    assert_ne!(LabFolder::read(changed).unwrap().version, one.version);
}

#[test]
fn a_version_says_nothing_but_what_is_in_the_files() {
    // Stored environments name such versions: the way they are made must never change.
    assert_eq!(LabFolder::read(lab(MANIFEST)).unwrap().version, "ce7263abfd791719");
}

#[test]
fn scripts_become_executable_and_are_the_same_version_as_if_they_had_been() {
    let mut files = lab(MANIFEST);
    files.push(file("checks/1-one.sh", "#!/bin/sh\n"));
    let folder = LabFolder::read(files.clone()).unwrap();
    assert!(folder.files.iter().filter(|file| file.path.ends_with(".sh")).all(|file| file.executable));
    for file in &mut files {
        file.executable = file.path.ends_with(".sh");
    }
    assert_eq!(LabFolder::read(files).unwrap().version, folder.version);
}

#[test]
fn a_script_that_does_not_say_what_runs_it_is_pointed_out() {
    let mut files = lab(MANIFEST);
    files[2] = file("setup.sh", "echo hello\n");
    files.push(file("checks/1-one.sh", "#!/bin/bash\r\nexit 0\r\n"));
    let examined = LabFolder::examine(files.clone());
    assert!(examined.folder.is_none());
    assert_eq!(
        told_about(files),
        [
            "checks/1-one.sh:1:1: the lines end as on Windows, so that Linux looks for an interpreter of another name; save \
             it with line ends of Unix (LF)",
            "setup.sh:1:1: warning: the script does not say what runs it; begin it with #!/usr/bin/env bash",
        ]
    );
    assert_eq!(examined.warnings().count(), 1);
}

#[test]
fn an_empty_setup_will_do() {
    let mut files = lab(MANIFEST);
    files[2] = file("setup.sh", "");
    assert_eq!(told_about(files), [""; 0]);
}

#[test]
fn a_guide_with_html_is_accepted_with_a_warning() {
    let mut files = lab(MANIFEST);
    files[1] = file("guide.md", "# Guide\n\n<script>alert(1)</script>\n\n![x](https://example.com/x.png)\n");
    let examined = LabFolder::examine(files);
    assert!(examined.folder.is_some());
    let lines: Vec<_> = examined.problems.iter().map(|problem| (problem.severity, problem.line)).collect();
    assert_eq!(lines, [(Severity::Warning, Some(3)), (Severity::Warning, Some(5))]);
}

#[test]
fn a_path_that_leaves_the_folder_is_refused_by_name() {
    for path in
        ["../x", "/etc/passwd", "files/../../x", "files//x", "notes.txt", "checks/a.py", "checks/a/b.sh", "files\\x"]
    {
        let mut files = lab(MANIFEST);
        files.push(file(path, ""));
        let problem = LabFolder::read(files).unwrap_err();
        assert_eq!(problem.file, path);
        assert!(problem.fix.is_some());
    }
}

#[test]
fn a_check_has_a_plain_name() {
    for path in ["checks/a b.sh", "checks/ä.sh", &format!("checks/{}.sh", "a".repeat(61))] {
        let mut files = lab(MANIFEST);
        files.push(file(path, "#!/bin/sh\n"));
        let problem = LabFolder::read(files).unwrap_err();
        assert!(problem.file == path && problem.problem.starts_with("a check's name has"), "{problem}");
    }
}

#[test]
fn a_missing_part_is_named() {
    for part in ["lab.yaml", "guide.md", "setup.sh"] {
        let files = lab(MANIFEST).into_iter().filter(|file| file.path != part).collect();
        let problem = LabFolder::read(files).unwrap_err();
        assert_eq!((problem.file.as_str(), problem.problem.as_str()), (part, "the file is missing"));
    }
}

#[test]
fn files_that_are_there_twice_or_in_each_others_place_are_named() {
    let mut files = lab(MANIFEST);
    files.extend([file("files/a", ""), file("files/a", "x"), file("files/b", ""), file("files/b/c", "")]);
    assert_eq!(
        told_about(files),
        [
            "files/a: the file is given twice; leave one of the two out",
            "files/b: the name is that of a file and of the folder of files/b/c; rename one of the two",
        ]
    );
}

#[test]
fn too_much_is_named_with_its_number() {
    let mut files = lab(MANIFEST);
    files.push(LabFile::new("files/large", false, &vec![0; 300_000]));
    let problem = LabFolder::read(files).unwrap_err();
    assert!(problem.file == "files/large" && problem.problem.contains("280000 bytes together"), "{problem}");

    let mut files = lab(MANIFEST);
    files.extend((0..10_000).map(|n| file(&format!("checks/{n}.sh"), "#!/bin/sh\n")));
    assert_eq!(
        told_about(files),
        [
            "files: a lab has at most 300 files, not 10003; pack many small files into one archive under files/",
            "checks: a lab has at most 40 checks, not 10000; join checks of one task, or make two labs of it",
        ]
    );
}

#[test]
fn content_that_is_not_base64_is_named() {
    let mut files = lab(MANIFEST);
    files[1].content = "§".to_owned();
    assert_eq!(LabFolder::read(files).unwrap_err().to_string(), "guide.md: the content is not base64");
}

#[test]
fn the_checks_of_a_lab_are_listed_with_their_titles() {
    let mut files = lab(&format!("{MANIFEST}checks:\n  titles:\n    1-find: Find it\n"));
    files.extend([file("checks/2-sql-injection.sh", "#!/bin/sh\n"), file("checks/1-find.sh", "#!/bin/sh\n")]);
    let folder = LabFolder::read(files).unwrap();
    let list: Vec<_> = folder.manifest.check_list(&folder.files).into_iter().map(|c| (c.name, c.title)).collect();
    let expected = [("1-find", "Find it"), ("2-sql-injection", "Sql injection")];
    assert_eq!(list, expected.map(|(name, title)| (name.to_owned(), title.to_owned())));
}
