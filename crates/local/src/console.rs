//! What a person sees: progress and trouble on the terminal, everything else in one file.

use std::fs::{self, File};
use std::io::IsTerminal;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context, Result};
use brihaspati_local::Demo;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;

/// A log above this size is set aside at the next start; one older file is kept.
const LOG_BYTES: u64 = 20 << 20;

/// Sends the local stack's own lines (all lines with `verbose`) to the terminal, and all lines as JSON to
/// `log/functions.jsonl` in the state directory.
pub(crate) fn init(state_dir: &Path, verbose: bool) -> Result<()> {
    let file = open_log(state_dir).context("the log cannot be written")?;
    let quiet = Targets::new().with_target("brihaspati_local", LevelFilter::INFO).with_default(LevelFilter::ERROR);
    let filter = if verbose { Targets::new().with_default(LevelFilter::INFO) } else { quiet };
    let terminal = tracing_subscriber::fmt::layer()
        .compact()
        .with_ansi(std::io::stderr().is_terminal())
        .without_time()
        .with_level(verbose)
        .with_target(verbose)
        .with_writer(std::io::stderr)
        .with_filter(filter);
    let log = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_span_list(false)
        .with_writer(Mutex::new(file))
        .with_filter(LevelFilter::INFO);
    tracing_subscriber::registry().with(terminal).with(log).try_init().context("logging was started twice")
}

fn open_log(state_dir: &Path) -> std::io::Result<File> {
    let directory = state_dir.join("log");
    fs::create_dir_all(&directory)?;
    let log = directory.join("functions.jsonl");
    if fs::metadata(&log).is_ok_and(|metadata| metadata.len() > LOG_BYTES) {
        fs::rename(&log, directory.join("functions.1.jsonl"))?;
    }
    File::options().create(true).append(true).open(log)
}

/// Where to go and how to get in.
pub(crate) fn welcome(url: &str, demo: Option<&Demo>, took: Duration) -> String {
    let mut lines = vec![
        String::new(),
        format!("  Brihaspati is up ({:.1} s)", took.as_secs_f64()),
        String::new(),
        format!("  Portal       {url}"),
    ];
    if let Some(demo) = demo {
        lines.push(format!("  Class code   {}", demo.class_code));
        lines.push(String::new());
        lines.push("               name      password".to_owned());
        for trainee in &demo.trainees {
            lines.push(format!("  Trainee      {:<9} {}", trainee.name, trainee.password));
        }
        lines.push(format!("  Instructor   {:<9} {}", demo.instructor.name, demo.instructor.password));
        lines.push(format!("               signs in at {url}/teach, without class code"));
    }
    lines.push(String::new());
    lines.push("  Ctrl-C stops everything.".to_owned());
    lines.push(String::new());
    lines.join("\n")
}
