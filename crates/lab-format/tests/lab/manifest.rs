//! `lab.yaml`: what is wrong, where, and what to do.

use std::time::{Duration, Instant};

use brihaspati_lab::{LabFolder, LabProblem};

use crate::build::{MANIFEST, lab, told};

/// Much more than any of it takes, and far less than a bomb.
const QUICK: Duration = Duration::from_secs(5);

#[test]
fn a_plain_manifest_has_nothing_wrong() {
    assert_eq!(told(MANIFEST), [""; 0]);
    assert_eq!(told(&format!("\u{feff}{}", MANIFEST.replace('\n', "\r\n"))), [""; 0]);
}

#[test]
fn everything_that_is_wrong_is_told_at_once_with_its_place_and_its_fix() {
    let manifest = "titel: T
summary: \"\"
minutes: 3
colour: red
placements:
  - { provider: linnode, region: '', size: [], image: i }
  - hello
tabs:
  - { name: A b, title: T, port: 80 }
  - { name: x, title: T, port: web }
  - { name: x, title: T, port: 5000 }
checks: { every: 0, limit: 99, titles: { 1-nope: X } }
limits: { start: 3, idle_minutes: soon }
";
    let expected = [
        "lab.yaml:1:1: titel: is not a field of a lab; did you mean title?",
        "lab.yaml:2:10: summary: must have 1 to 300 characters, not 0",
        "lab.yaml:3:10: minutes: must be from 5 to 480, not 3",
        "lab.yaml:4:1: colour: is not a field of a lab; known are title, summary, minutes, placements, tabs, checks, limits",
        "lab.yaml:6:17: placements[0].provider: cannot be \"linnode\"; did you mean linode?",
        "lab.yaml:6:34: placements[0].region: must have 1 to 64 characters, not 0",
        "lab.yaml:6:44: placements[0].size: must be a single value; write one value on one line",
        "lab.yaml:7:5: placements[1]: must be a group of fields; write field: value, indented",
        "lab.yaml:9:13: tabs[0].name: must be lower-case letters, digits and hyphens",
        "lab.yaml:9:34: tabs[0].port: must be from 1024 to 65535, not 80",
        "lab.yaml:10:32: tabs[1].port: must be a whole number; write digits alone",
        "lab.yaml:11:13: tabs[2].name: repeats the name of tabs[1], \"x\"; give each tab a name of its own",
        "lab.yaml:12:18: checks.every: must be from 1 to 60, not 0",
        "lab.yaml:12:28: checks.limit: must be from 1 to 60, not 99",
        "lab.yaml:12:42: checks.titles.1-nope: gives a title to a check that does not exist; add checks/1-nope.sh, or use \
         the name of a script in checks/ without .sh",
        "lab.yaml:13:11: limits.start: is not a field of a lab; did you mean starts?",
        "lab.yaml:13:35: limits.idle_minutes: must be a whole number; write digits alone",
    ];
    let told = told(manifest);
    for (told, expected) in told.iter().zip(expected) {
        assert_eq!(told, expected);
    }
    assert_eq!(told.len(), expected.len(), "{told:#?}");
}

#[test]
fn a_missing_field_is_named() {
    assert_eq!(
        told("title: T\nplacements:\n  - { provider: linode, size: s, image: i }\n"),
        [
            "lab.yaml:1:1: summary: is missing; add it",
            "lab.yaml:1:1: minutes: is missing; add it",
            "lab.yaml:3:5: placements[0].region: is missing; add it",
        ]
    );
}

/// The only thing said about a manifest, which must be at a line and begin with these words.
fn only(manifest: &str, line: u32, words: &str) {
    let began = Instant::now();
    let problems = LabFolder::examine(lab(manifest)).problems;
    assert!(began.elapsed() < QUICK);
    let [problem] = problems.as_slice() else { panic!("{problems:#?}") };
    assert!(problem.problem.starts_with(words) && problem.line == Some(line), "{problem:#?}");
    assert!(problem.fix.is_some() && problem.file == "lab.yaml", "{problem:#?}");
}

#[test]
fn a_tab_is_found_where_it_indents() {
    only(&MANIFEST.replace("  - {", "\t- {"), 5, "the line is indented with a tab");
    only("title: T\nchecks:\n\tevery: 2\n", 3, "the line is indented with a tab");
}

#[test]
fn a_field_that_is_given_twice_is_named_and_the_rest_still_checked() {
    only(&format!("{MANIFEST}minutes: 40\n"), 6, "is given twice");
    assert_eq!(
        told(&format!("{MANIFEST}minutes: 40\ntabs: none\n")),
        [
            "lab.yaml:6:1: minutes: is given twice; keep one of the two",
            "lab.yaml:7:7: tabs: must be a list; begin each entry with \"- \"",
        ]
    );
}

#[test]
fn anchors_aliases_merge_keys_tags_and_further_documents_are_refused() {
    only(&MANIFEST.replace("title: T", "title: &t T"), 1, "anchors (&name) and aliases (*name) are not read");
    only(&MANIFEST.replace("summary: S", "summary: *t"), 2, "aliases (*name) are not read");
    only(&format!("<<: {{ title: T }}\n{MANIFEST}"), 1, "merge keys (<<) are not read");
    only(&MANIFEST.replace("title: T", "title: !!python/object x"), 1, "the tag !!python/object means nothing");
    only(&format!("{MANIFEST}---\n{MANIFEST}"), 6, "the file holds more than one document");
}

#[test]
fn a_bomb_goes_off_nowhere() {
    let mut bomb = "a: &a0 [lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..40 {
        bomb.push_str(&format!("b{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 8].join(", ")));
    }
    only(&format!("{bomb}{MANIFEST}"), 1, "anchors (&name) and aliases (*name) are not read");
    only(&"[".repeat(30_000), 1, "the file is not YAML");
    only(&format!("{MANIFEST}tabs: {}1{}\n", "[".repeat(30), "]".repeat(30)), 6, "the file is nested deeper");
}

#[test]
fn ten_thousand_checks_are_refused_at_once() {
    let titles = |count: usize| -> String { (0..count).map(|n| format!("    c{n}: x\n")).collect() };
    let began = Instant::now();
    let huge = told(&format!("{MANIFEST}checks:\n  titles:\n{}", titles(10_000)));
    assert!(huge[0].contains("bytes, more than 32768; move long texts to guide.md"), "{huge:?}");
    let many = told(&format!("{MANIFEST}checks:\n  titles:\n{}", titles(1500)));
    assert!(many[0].contains("more values than a manifest can have"), "{many:?}");
    let some = told(&format!("{MANIFEST}checks:\n  titles:\n{}", titles(41)));
    assert!(some[0].contains("checks.titles: must have 0 to 40 entries, not 41"), "{some:?}");
    assert!(began.elapsed() < QUICK);
}

#[test]
fn a_manifest_of_five_megabytes_is_not_even_read() {
    let began = Instant::now();
    let told = told(&format!("{MANIFEST}# {}\n", "x".repeat(5 << 20)));
    assert!(began.elapsed() < QUICK);
    assert!(told[0].starts_with("lab.yaml: the file has 52430"), "{told:?}");
}

#[test]
fn mistakes_without_number_end_soon() {
    let mistakes: String = (0..400).map(|n| format!("field{n}: x\n")).collect();
    let began = Instant::now();
    let told = told(&format!("{MANIFEST}{mistakes}"));
    assert!(began.elapsed() < QUICK);
    assert_eq!(told.len(), 50);
}

#[test]
fn what_is_no_manifest_is_said_to_be_none() {
    for (text, line, words) in [
        ("", 1, "the file says nothing"),
        ("# only a comment\n", 1, "the file says nothing"),
        ("just text", 1, "the file is not a list of fields"),
        ("- a\n- b\n", 1, "the file is not a list of fields"),
        ("title: a: b\n", 1, "the file is not YAML from here on"),
        ("title: \"T\nsummary: S\n", 2, "the file is not YAML from here on"),
        ("title: [\n", 1, "the file is not YAML from here on"),
        ("title: T\0\n", 1, "the file is not YAML from here on"),
    ] {
        only(text, line, words);
    }
}

#[test]
fn text_of_another_encoding_is_refused_with_its_place() {
    let mut files = lab(MANIFEST);
    files[0] = brihaspati_lab::LabFile::new("lab.yaml", false, b"title: T\nsummary: \xe4\n");
    let problem: LabProblem = LabFolder::read(files).unwrap_err();
    assert_eq!(problem.to_string(), "lab.yaml:2:10: the file is not UTF-8 text; save it as UTF-8");
}

#[test]
fn settings_that_are_left_out_have_their_defaults() {
    let manifest = LabFolder::read(lab(MANIFEST)).unwrap().manifest;
    assert_eq!((manifest.checks.every, manifest.checks.limit), (None, 10));
    assert_eq!(manifest.limits, brihaspati_lab::LabLimits::default());
    let text = format!("{MANIFEST}checks: {{ every: 2 }}\nlimits: {{ starts: 5, extra_minutes: 0 }}\n");
    let manifest = LabFolder::read(lab(&text)).unwrap().manifest;
    assert_eq!((manifest.checks.every, manifest.checks.limit), (Some(2), 10));
    assert_eq!((manifest.limits.starts, manifest.limits.extra_minutes), (Some(5), Some(0)));
}

#[test]
fn texts_are_fit_for_lists_and_terminals() {
    let problems = told(&MANIFEST.replace("title: T", "title: \"a\\e[2J\""));
    assert_eq!(problems, ["lab.yaml:1:8: title: must be text without line breaks and control characters"]);
    let problems = told(&format!("{MANIFEST}\"a\\e[2J{}\": x\n", "y".repeat(900)));
    assert!(
        problems.iter().all(|told| !told.chars().any(char::is_control) && told.chars().count() < 1000),
        "{problems:?}"
    );
    assert_eq!(told(&MANIFEST.replace("summary: S", "summary: >\n  One line\n  and another.\n")), [""; 0]);
}
