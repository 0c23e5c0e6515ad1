//! `bench-class`: a class of hundreds presses Play within ten seconds, on the whole system in one process, at the
//! providers' real rate limits. Prints the times beside what those limits make possible, and fails where a promise is
//! broken: an error that a trainee saw, an invariant, more than 10 % over the minimum.

mod api;
mod class;
mod cpu;
mod expiry;
mod invariants;
mod minimum;
mod pace;
mod report;
mod round;
mod trainee;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result};
use brihaspati_local::{Local, LocalOptions};
use clap::{Parser, ValueEnum};

use crate::api::Api;
use crate::class::Class;
use crate::minimum::Providers;
use crate::pace::Pace;
use crate::report::Verdict;
use crate::round::Round;

/// Measures a class that presses Play at once, and its end.
#[derive(Parser)]
#[command(name = "bench-class")]
struct Arguments {
    /// How many press Play within ten seconds
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=5000))]
    trainees: u32,
    /// Shortens the limits' windows, the boot, the presses, the portal's questions and the reaper's minute by this factor
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=20))]
    speed: u32,
    /// Which labs are played, one after the other
    #[arg(long, value_enum, default_value_t = Labs::All)]
    labs: Labs,
    /// Template parameters in place of their defaults: NAME=VALUE
    #[arg(long, value_name = "NAME=VALUE", value_parser = parameter)]
    parameter: Vec<(String, String)>,
    /// Where the functions' log lines go, as JSON; nowhere by default
    #[arg(long)]
    log: Option<PathBuf>,
    /// The project's folder
    #[arg(long, default_value = ".")]
    root: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Labs {
    /// A lab that allows only Linode
    Linode,
    /// A lab that allows Linode and DigitalOcean
    Both,
    /// First the one, then the other
    All,
}

fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("must read NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench-class: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<bool> {
    if let Some(log) = &arguments.log {
        let file = std::fs::File::create(log).with_context(|| format!("{} cannot be written", log.display()))?;
        tracing_subscriber::fmt().json().with_writer(Mutex::new(file)).init();
    }
    let pace = Pace(arguments.speed);
    match pace.is_real() {
        true => println!("at real speed: the providers' documented limits, 40 s boot"),
        false => println!(
            "{} times faster: the limits' windows, the boot (40 s), the presses (10 s), the portal's questions and the \
             reaper's minute are shortened by that factor",
            arguments.speed
        ),
    }
    let state = tempfile::tempdir().context("no folder for the state")?;
    let mut options = LocalOptions::new(&arguments.root, state.path());
    options.boot_delay = pace.boot();
    options.limits = pace.limits();
    options.parameters = pace.parameters();
    options.parameters.extend(arguments.parameter);
    let local = Arc::new(Local::start(options).await?);

    let api = Api::new(local.url())?;
    let class = Class::create(&api, local.operator_token()).await?;
    let trainees = class.trainees(&api, arguments.trainees).await?;
    println!("{} trainees are signed in", trainees.len());
    let reaper = (!pace.is_real()).then(|| tokio::spawn(shorter_minutes(local.clone(), pace)));

    let rounds = [("linode-only", Providers::Linode, Labs::Linode), ("both-providers", Providers::Both, Labs::Both)];
    let mut verdict = Verdict::default();
    for (lab, providers, _) in rounds.into_iter().filter(|round| [Labs::All, round.2].contains(&arguments.labs)) {
        class.put_lab(lab, providers).await?;
        Round { local: &local, trainees: &trainees, lab, providers, pace }.run(&mut verdict).await?;
    }

    if let Some(reaper) = reaper {
        reaper.abort();
        let _ended = reaper.await;
    }
    if let Some(local) = Arc::into_inner(local) {
        local.shutdown().await;
    }
    Ok(verdict.conclude())
}

/// The schedule of a scaled run, beside the template's: the reaper has no shorter one.
async fn shorter_minutes(local: Arc<Local>, pace: Pace) {
    let mut ticks = tokio::time::interval(pace.reaper());
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        ticks.tick().await;
        if let Err(error) = local.invoke_reaper().await {
            eprintln!("bench-class: {error:#}");
        }
    }
}
