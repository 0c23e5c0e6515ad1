//! `brihaspati`: what instructors and operators do, from the command line.

mod api;
mod args;
mod aws;
mod backoff;
mod clouds;
mod commands;
mod config;
mod deployment;
mod failure;
mod output;
mod prompt;
mod session_keys;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use crate::args::CommandLine;
use crate::failure::Failure;
use crate::output::{Output, one_line};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let line = CommandLine::parse();
    let output = Output::new(line.global.json);
    match commands::run(line, &output).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.is_closed_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            report(&failure, &output);
            failure.exit().into()
        }
    }
}

fn report(failure: &Failure, output: &Output) {
    let text = if output.json { one_line(&failure.document()) } else { failure.paragraph() };
    // The exit code still tells it where the standard error is closed.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
