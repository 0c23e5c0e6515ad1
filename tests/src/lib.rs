//! The whole system on free ports, driven as its users drive it: over HTTP.
//!
//! Every test starts its own [`TestApp`] and ends it with [`TestApp::finish`], which fails if a machine was left behind.

mod api;
mod app;
mod lab;
mod table;
mod terminal;
mod wait;

pub use api::{Answer, Session};
pub use app::{PASSWORD, TestApp, TestClass, settings_of};
pub use brihaspati_local::pocket_cloud;
pub use lab::{MANIFEST, lab_files, lab_files_checking, lab_files_with};
pub use table::Table;
pub use terminal::{Closed, Terminal};
pub use wait::{eventually, within};

use std::path::Path;

/// The project's folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or_else(|| Path::new("."))
}

/// A program of this workspace, built beside the test.
///
/// # Panics
/// When it is not there: `scripts/test` builds the programs before the tests, so does
/// `cargo build -p brihaspati-local -p lab-agent -p pocket-cloud`.
pub fn program(name: &str) -> std::path::PathBuf {
    let tests = std::env::current_exe().unwrap_or_default();
    let found = tests.ancestors().skip(1).take(2).map(|folder| folder.join(name)).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("{name} is not built: cargo build -p brihaspati-local -p lab-agent -p pocket-cloud"))
}
