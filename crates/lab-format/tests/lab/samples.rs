//! The sample labs.

use std::path::Path;

use brihaspati_lab::Gathered;

const FIRST_LINE: &str = "# yaml-language-server: $schema=../../docs/lab.schema.json\n";

#[test]
fn the_sample_labs_have_nothing_wrong_and_a_title_for_each_check() {
    let labs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../labs");
    let mut seen = 0;
    for folder in std::fs::read_dir(labs).unwrap() {
        let folder = folder.unwrap().path();
        let examined = Gathered::from_folder(&folder).examine();
        assert!(examined.problems.is_empty(), "{}: {:#?}", folder.display(), examined.problems);
        let lab = examined.folder.unwrap();
        for check in lab.manifest.check_list(&lab.files) {
            assert!(lab.manifest.checks.titles.contains_key(&check.name), "{} {}", folder.display(), check.name);
        }
        let manifest = std::fs::read_to_string(folder.join("lab.yaml")).unwrap();
        assert!(manifest.starts_with(FIRST_LINE), "{}", folder.display());
        seen += 1;
    }
    assert!(seen >= 3);
}
