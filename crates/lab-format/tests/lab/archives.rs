//! Labs in archives, among them some that nobody packed in good faith.

use std::time::{Duration, Instant};

use brihaspati_lab::{Gathered, LabFolder};
use tar::EntryType;
use zip::write::SimpleFileOptions;

use crate::build::{MANIFEST, PARTS, lab, only_problem, raw_entry, renamed, tar_gz, zip, zip_entry};

fn version(archive: &[u8]) -> String {
    let examined = Gathered::from_archive(archive).examine();
    examined.folder.unwrap_or_else(|| panic!("{:#?}", examined.problems)).version
}

fn refused(archive: &[u8], file: &str, words: &str) {
    let began = Instant::now();
    let problem = only_problem(Gathered::from_archive(archive));
    assert!(began.elapsed() < Duration::from_secs(20));
    assert_eq!(problem.file, file, "{problem}");
    assert!(problem.problem.contains(words), "{problem}");
}

#[test]
fn a_lab_is_the_same_in_every_archive_and_at_every_top() {
    let expected = LabFolder::read(lab(MANIFEST)).unwrap().version;
    for top in ["", "./", "my-lab/", "./my-lab/"] {
        assert_eq!(version(&tar_gz(top, |_| ())), expected, "tar {top}");
    }
    for top in ["", "my-lab/"] {
        assert_eq!(version(&zip(top, |_| ())), expected, "zip {top}");
    }
}

#[test]
fn what_lies_beside_a_lab_is_left_out() {
    let archive = zip("my-lab/", |zip| {
        for name in ["my-lab/solution.sh", "my-lab/.git/HEAD", "__MACOSX/my-lab/._lab.yaml", "my-lab/files/.DS_Store"] {
            zip_entry(zip, name, b"x");
        }
    });
    let gathered = Gathered::from_archive(&archive);
    assert_eq!(gathered.ignored, ["solution.sh", ".git/HEAD", "__MACOSX/my-lab/._lab.yaml", "files/.DS_Store"]);
    assert_eq!(version(&archive), LabFolder::read(lab(MANIFEST)).unwrap().version);
}

#[test]
fn a_path_out_of_the_archive_is_refused_by_name() {
    for name in ["../evil.sh", "files/../../evil", "my-lab/../../evil"] {
        let tar = tar_gz("", |tar| raw_entry(tar, name.as_bytes(), EntryType::Regular, b"x"));
        refused(&tar, name, "leads out of the archive");
        refused(&zip("", |zip| zip_entry(zip, name, b"x")), name, "leads out of the archive");
    }
}

#[test]
fn an_absolute_path_is_refused_by_name() {
    refused(&tar_gz("", |tar| raw_entry(tar, b"/etc/cron.d/x", EntryType::Regular, b"x")), "/etc/cron.d/x", "absolute");
    refused(&zip("", |zip| zip_entry(zip, "C:/windows/x", b"x")), "C:/windows/x", "absolute");
    let zip = renamed(
        zip("", |zip| zip_entry(zip, "files/shadow", b"x")),
        b"files/shadow",
        b"/etc///shadow".split_last().unwrap().1,
    );
    refused(&zip, "/etc///shado", "absolute");
}

#[test]
fn links_and_devices_are_refused_by_name() {
    for (kind, words) in [
        (EntryType::Symlink, "symbolic link"),
        (EntryType::Link, "hard link"),
        (EntryType::Char, "device"),
        (EntryType::Block, "device"),
        (EntryType::Fifo, "device"),
    ] {
        refused(&tar_gz("", |tar| raw_entry(tar, b"files/passwd", kind, b"")), "files/passwd", words);
    }
    let link = zip("", |zip| zip.add_symlink("files/passwd", "/etc/passwd", SimpleFileOptions::default()).unwrap());
    refused(&link, "files/passwd", "symbolic link");
}

#[test]
fn an_entry_that_is_there_twice_is_refused_by_name() {
    refused(&tar_gz("", |tar| raw_entry(tar, b"guide.md", EntryType::Regular, b"other")), "guide.md", "twice");
    refused(&tar_gz("", |tar| raw_entry(tar, b"./guide.md", EntryType::Regular, b"other")), "guide.md", "twice");
    let zip = renamed(zip("", |zip| zip_entry(zip, "guidf.md", b"other")), b"guidf.md", b"guide.md");
    refused(&zip, "guide.md", "twice");
}

#[test]
fn names_that_are_not_plain_text_are_refused() {
    let refuse = |name: &'static [u8], shown: &str, words: &str| {
        refused(&tar_gz("", |tar| raw_entry(tar, name, EntryType::Regular, b"x")), shown, words);
        let zip = renamed(zip("", |zip| zip_entry(zip, "files/aaaa", b"x")), b"files/aaaa", name);
        refused(&zip, shown, words);
    };
    refuse(b"files/\xff\xfebb", "files/\u{fffd}\u{fffd}bb", "not UTF-8");
    refuse(b"files/a\nbb", "files/a\u{fffd}bb", "control characters");
    refuse(b"files/..\\b", "files/..\\b", "backslash");
}

#[test]
fn a_bomb_is_put_out_at_the_entry_that_is_one() {
    let zeros = vec![0; 40 << 20];
    let bomb = zip("", |zip| zip_entry(zip, "files/zeros", &zeros));
    assert!(bomb.len() < 1 << 20);
    refused(&bomb, "files/zeros", "unpacks to more than 280000 bytes");
    let bomb = tar_gz("", |tar| raw_entry(tar, b"files/zeros", EntryType::Regular, &zeros[..4 << 20]));
    refused(&bomb, "files/zeros", "unpacks to more than 280000 bytes");
    let beside = tar_gz("", |tar| raw_entry(tar, b"notes/zeros", EntryType::Regular, &zeros));
    refused(&beside, "archive", "unpacks to more than 33554432 bytes after notes/zeros");
}

#[test]
fn many_small_entries_are_a_bomb_too() {
    let tar =
        tar_gz("", |tar| (0..4000).for_each(|n| raw_entry(tar, format!("x/{n}").as_bytes(), EntryType::Regular, b"")));
    refused(&tar, "archive", "more than 3000 entries");
    let zip = zip("", |zip| (0..4000).for_each(|n| zip_entry(zip, &format!("x/{n}"), b"")));
    refused(&zip, "archive", "more than 3000 entries");
}

#[test]
fn a_zip_whose_two_headers_differ_is_refused() {
    let mut archive = zip("", |zip| zip_entry(zip, "files/harmless", b"x"));
    // Only the header before the content, not the directory at the end.
    let at = archive.windows(14).position(|window| window == b"files/harmless").unwrap();
    archive[at..at + 14].copy_from_slice(b"files/harmful!");
    refused(&archive, "files/harmless", "cannot be unpacked");
}

#[test]
fn what_is_no_archive_is_said_to_be_none() {
    refused(b"", "archive", "neither a zip nor a tar.gz file");
    refused(b"title: T\n", "archive", "neither a zip nor a tar.gz file");
    refused(b"PK\x03\x04 and then nothing", "archive", "the zip file cannot be read");
    refused(b"\x1f\x8b\x08 and then nothing", "archive", "the tar.gz file cannot be read");
    refused(&vec![b'P'; 7 << 20], "archive", "the archive has 7340032 bytes");
    let whole = tar_gz("my-lab/", |_| ());
    refused(&whole[..whole.len() / 2], "my-lab/lab.yaml", "the entry cannot be unpacked");
    let whole = zip("my-lab/", |_| ());
    refused(&whole[..whole.len() / 2], "archive", "the zip file cannot be read");
}

#[test]
fn an_archive_of_two_labs_is_refused() {
    let two = zip("one/", |zip| {
        for (name, text) in PARTS {
            zip_entry(zip, &format!("two/{name}"), text.as_bytes());
        }
    });
    refused(&two, "archive", "more than one lab, one and two");
    refused(&zip("all/labs/one/", |_| ()), "archive", "the lab lies deep in the archive, in all/labs/one");
}

#[test]
fn a_missing_part_is_named_as_in_a_folder() {
    let archive = renamed(zip("my-lab/", |_| ()), b"my-lab/setup.sh", b"my-lab/setub.sh");
    refused(&archive, "setup.sh", "the file is missing");
    let fix = only_problem(Gathered::from_archive(&archive)).fix;
    assert_eq!(fix.as_deref(), Some("rename setub.sh to setup.sh"));
}
