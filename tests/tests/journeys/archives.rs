//! Labs in archives, among them some that nobody packed in good faith.

use std::io::{Cursor, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use zip::write::{SimpleFileOptions, ZipWriter};

pub(crate) type Zip = ZipWriter<Cursor<Vec<u8>>>;

/// Of a lab in JSON, each file: its path, its content, whether it is executable.
fn files(lab: &Value) -> Vec<(String, Vec<u8>, bool)> {
    let file = |file: &Value| {
        let content = STANDARD.decode(file["content"].as_str().unwrap()).unwrap();
        (file["path"].as_str().unwrap().to_owned(), content, file["executable"] == true)
    };
    lab["files"].as_array().unwrap().iter().map(file).collect()
}

fn mode(executable: bool) -> u32 {
    if executable { 0o755 } else { 0o644 }
}

/// The lab inside the folder `top`, with whatever else `more` puts in.
pub(crate) fn zip(lab: &Value, top: &str, more: impl FnOnce(&mut Zip)) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content, executable) in files(lab) {
        let options = SimpleFileOptions::default().unix_permissions(mode(executable));
        archive.start_file(format!("{top}{path}"), options).unwrap();
        archive.write_all(&content).unwrap();
    }
    more(&mut archive);
    archive.finish().unwrap().into_inner()
}

pub(crate) fn entry(archive: &mut Zip, name: &str, content: &[u8]) {
    archive.start_file(name, SimpleFileOptions::default()).unwrap();
    archive.write_all(content).unwrap();
}

pub(crate) fn link(archive: &mut Zip, name: &str, target: &str) {
    archive.add_symlink(name, target, SimpleFileOptions::default()).unwrap();
}

pub(crate) fn tar_gz(lab: &Value, top: &str) -> Vec<u8> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, content, executable) in files(lab) {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(mode(executable));
        archive.append_data(&mut header, format!("{top}{path}"), content.as_slice()).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}
