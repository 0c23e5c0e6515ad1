//! What an archive holds, before it is known which folder of it is the lab.

use std::collections::BTreeSet;
use std::io::Read;

use super::{ARCHIVE, name};
use crate::file::MAX_LAB_BYTES;
use crate::gathered::Gathered;
use crate::path;
use crate::problem::LabProblem;

/// Many times a lab's files: other things may lie beside them.
const MAX_ENTRIES: usize = 3000;

const LINK_FIX: &str = "put a copy of what it leads to in its place";

#[derive(Default)]
pub(super) struct Entries {
    files: Vec<Entry>,
    seen: BTreeSet<String>,
    count: usize,
    bytes: usize,
}

struct Entry {
    path: String,
    executable: bool,
    /// Only of what may belong to the lab.
    content: Option<Vec<u8>>,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    SymbolicLink,
    HardLink,
    Device,
}

impl Entries {
    /// Whether to read the entry: its path, if its content may belong to the lab.
    ///
    /// # Errors
    /// The archive is refused as a whole: no tool makes such an entry from a lab's folder by accident.
    pub(super) fn admit(
        &mut self,
        raw_name: &[u8],
        kind: Kind,
        executable: bool,
    ) -> Result<Option<String>, LabProblem> {
        self.count += 1;
        if self.count > MAX_ENTRIES {
            let problem = format!("the archive has more than {MAX_ENTRIES} entries");
            return Err(LabProblem::error(ARCHIVE, problem).fix("pack the lab's folder alone"));
        }
        let path = name::checked(raw_name)?;
        let refused = |problem: &str, fix: &str| Err(LabProblem::error(&path, problem).fix(fix));
        match kind {
            Kind::Folder => return Ok(None),
            Kind::SymbolicLink => return refused("the entry is a symbolic link", LINK_FIX),
            Kind::HardLink => return refused("the entry is a hard link", LINK_FIX),
            Kind::Device => return refused("the entry is a device or a pipe", "take it out of the lab's folder"),
            Kind::File => {}
        }
        if !self.seen.insert(path.clone()) {
            return refused("the entry is in the archive twice", "pack the lab's folder anew");
        }
        let below_top = path.split_once('/').map_or("", |(_, rest)| rest);
        if !path::is_litter(&path) && (path::belongs(&path) || path::belongs(below_top)) {
            return Ok(Some(path));
        }
        self.files.push(Entry { path, executable, content: None });
        Ok(None)
    }

    /// Reads an admitted entry, and stops where it unpacks to more than a lab has.
    pub(super) fn take(&mut self, path: String, executable: bool, content: impl Read) -> Result<(), LabProblem> {
        let left = MAX_LAB_BYTES - self.bytes;
        let mut unpacked = Vec::new();
        content.take(left as u64 + 1).read_to_end(&mut unpacked).map_err(|error| {
            LabProblem::error(&path, format!("the entry cannot be unpacked ({error})")).fix("pack and send it anew")
        })?;
        if unpacked.len() > left {
            let problem = format!("with this entry the lab unpacks to more than {MAX_LAB_BYTES} bytes");
            return Err(LabProblem::error(path, problem).fix("make it smaller, or let setup.sh make it"));
        }
        self.bytes += unpacked.len();
        self.files.push(Entry { path, executable, content: Some(unpacked) });
        Ok(())
    }

    /// The lab among the entries: at the archive's top, or in the one folder that is there.
    pub(super) fn gathered(self) -> Gathered {
        let top = match self.top() {
            Ok(top) => top,
            Err(problem) => return Gathered::refused(problem),
        };
        let mut gathered = Gathered::default();
        for Entry { path, executable, content } in self.files {
            match (path.strip_prefix(&top), content) {
                (Some(inside), Some(content)) if path::belongs(inside) => gathered.add(inside, executable, &content),
                (inside, _) => gathered.ignore(inside.unwrap_or(&path)),
            }
        }
        gathered
    }

    /// The folder around the lab, with its slash; empty where there is none.
    fn top(&self) -> Result<String, LabProblem> {
        if self.seen.contains("lab.yaml") {
            return Ok(String::new());
        }
        let labs: Vec<&str> = self.seen.iter().filter_map(|path| path.strip_suffix("/lab.yaml")).collect();
        let tops: BTreeSet<&str> = self
            .seen
            .iter()
            .filter(|path| !path::is_litter(path))
            .map(|path| path.split_once('/').map_or("", |(top, _)| top))
            .collect();
        match labs.as_slice() {
            [lab] if !lab.contains('/') => Ok(format!("{lab}/")),
            [] if tops.len() == 1 => {
                Ok(tops.first().filter(|top| !is_part(top)).map_or_else(String::new, |top| format!("{top}/")))
            }
            [] => Ok(String::new()),
            [lab] => Err(LabProblem::error(ARCHIVE, format!("the lab lies deep in the archive, in {lab}"))
                .fix("pack the lab's folder alone")),
            [first, second, ..] => {
                Err(LabProblem::error(ARCHIVE, format!("the archive holds more than one lab, {first} and {second}"))
                    .fix("pack each lab by itself"))
            }
        }
    }
}

fn is_part(folder: &str) -> bool {
    matches!(folder, "" | "files" | "checks")
}
