//! Labs and archives for the tests.

use std::io::Write;

use brihaspati_lab::{Gathered, LabFile, LabFolder, LabProblem};
use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::{SimpleFileOptions, ZipWriter};

pub(crate) const MANIFEST: &str = "title: T\nsummary: S\nminutes: 30\nplacements:\n  \
    - { provider: linode, region: eu-central, size: g6-nanode-1, image: linode/debian12 }\n";

pub(crate) fn file(path: &str, content: &str) -> LabFile {
    LabFile::new(path, false, content.as_bytes())
}

pub(crate) fn lab(manifest: &str) -> Vec<LabFile> {
    vec![file("lab.yaml", manifest), file("guide.md", "# Guide"), file("setup.sh", "#!/bin/sh\n")]
}

/// Everything that is said about a lab with this `lab.yaml`.
pub(crate) fn told(manifest: &str) -> Vec<String> {
    told_about(lab(manifest))
}

pub(crate) fn told_about(files: Vec<LabFile>) -> Vec<String> {
    LabFolder::examine(files).problems.iter().map(ToString::to_string).collect()
}

/// The one thing that is wrong with an archive.
pub(crate) fn only_problem(gathered: Gathered) -> LabProblem {
    let examined = gathered.examine();
    assert!(examined.folder.is_none());
    assert_eq!(examined.problems.len(), 1, "{:?}", examined.problems);
    examined.problems[0].clone()
}

pub(crate) const PARTS: [(&str, &str); 3] =
    [("lab.yaml", MANIFEST), ("guide.md", "# Guide"), ("setup.sh", "#!/bin/sh\n")];

/// A lab as tar.gz, inside `top`, with whatever else `more` puts in.
pub(crate) fn tar_gz(top: &str, more: impl FnOnce(&mut tar::Builder<GzEncoder<Vec<u8>>>)) -> Vec<u8> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, content) in PARTS {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(if name == "setup.sh" { 0o755 } else { 0o644 });
        archive.append_data(&mut header, format!("{top}{name}"), content.as_bytes()).unwrap();
    }
    more(&mut archive);
    archive.into_inner().unwrap().finish().unwrap()
}

/// An entry whose name nothing looked at.
pub(crate) fn raw_entry(
    archive: &mut tar::Builder<GzEncoder<Vec<u8>>>,
    name: &[u8],
    kind: tar::EntryType,
    content: &[u8],
) {
    let mut header = tar::Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.set_entry_type(kind);
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    if !content.is_empty() || kind == tar::EntryType::Regular {
        header.as_old_mut().linkname = [0; 100];
    } else {
        header.as_old_mut().linkname[..11].copy_from_slice(b"/etc/passwd");
    }
    header.set_cksum();
    archive.append(&header, content).unwrap();
}

pub(crate) type Zip = ZipWriter<std::io::Cursor<Vec<u8>>>;

/// A lab as zip, inside `top`, with whatever else `more` puts in.
pub(crate) fn zip(top: &str, more: impl FnOnce(&mut Zip)) -> Vec<u8> {
    let mut archive = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in PARTS {
        zip_entry(&mut archive, &format!("{top}{name}"), content.as_bytes());
    }
    more(&mut archive);
    archive.finish().unwrap().into_inner()
}

pub(crate) fn zip_entry(archive: &mut Zip, name: &str, content: &[u8]) {
    archive.start_file(name, SimpleFileOptions::default()).unwrap();
    archive.write_all(content).unwrap();
}

/// The same archive with one name written over by another of the same length, wherever it stands.
pub(crate) fn renamed(mut archive: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let places: Vec<usize> =
        archive.windows(from.len()).enumerate().filter(|(_, w)| *w == from).map(|(at, _)| at).collect();
    assert!(!places.is_empty());
    for at in places {
        archive[at..at + to.len()].copy_from_slice(to);
    }
    archive
}
