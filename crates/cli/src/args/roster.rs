use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::InClass;

#[derive(Debug, Subcommand)]
pub(crate) enum RosterCommand {
    /// Bring people in from a CSV file; safe to repeat
    Import(ImportRoster),
    /// The people of the class
    List(InClass),
}

#[derive(Debug, Args)]
pub(crate) struct ImportRoster {
    /// Comma, semicolon or tab; UTF-8 or UTF-16; with a header line. `-` for the standard input
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) class: InClass,
    #[command(flatten)]
    pub(crate) mode: ImportMode,
    /// Where the one-time codes go, a new file readable for you alone; `-` prints them
    #[arg(long, value_name = "FILE")]
    pub(crate) codes: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Args)]
#[group(multiple = false)]
pub(crate) struct ImportMode {
    /// Only say what would happen (this is what happens without a flag)
    #[arg(long)]
    pub(crate) preview: bool,
    /// Import the good rows, leave the bad ones out
    #[arg(long)]
    pub(crate) good: bool,
    /// Import everybody, or nobody if a row is bad
    #[arg(long)]
    pub(crate) all: bool,
}

impl ImportMode {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self { good: true, .. } => "good",
            Self { all: true, .. } => "all",
            Self { .. } => "preview",
        }
    }
}
