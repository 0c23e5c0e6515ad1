//! `brihaspati-local`: the whole system on one machine.

mod console;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use brihaspati_local::pocket_cloud::Isolation;
use brihaspati_local::{Local, LocalOptions};
use clap::Parser;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Runs Brihaspati on this machine, on loopback only.
#[derive(Parser)]
#[command(name = "brihaspati-local", version)]
struct Arguments {
    /// Port of the portal and the API
    #[arg(long, env = "PORT", default_value_t = 8080)]
    port: u16,
    /// Port of the pocket cloud
    #[arg(long, env = "POCKET_PORT", default_value_t = 8090)]
    pocket_port: u16,
    /// The project's folder
    #[arg(long, default_value = ".")]
    root: PathBuf,
    /// Where state is kept [default: .local in the project's folder]
    #[arg(long)]
    state_dir: Option<PathBuf>,
    /// The built portal [default: frontend/dist in the project's folder]
    #[arg(long)]
    portal: Option<PathBuf>,
    /// The lab agent [default: lab-agent beside this program]
    #[arg(long)]
    agent: Option<PathBuf>,
    /// The service user that sandboxes run as when this program runs as root
    #[arg(long, env = "SANDBOX_USER", default_value = "brihaspati-sandbox")]
    sandbox_user: String,
    /// Machines only call home; nothing runs in them
    #[arg(long)]
    no_sandbox: bool,
    /// Seconds from a machine's creation to its boot
    #[arg(long, default_value_t = 0.0, value_parser = seconds)]
    boot_delay: f64,
    /// Do not make the demo class
    #[arg(long)]
    no_demo: bool,
    /// Show the functions' log lines here too
    #[arg(long, short)]
    verbose: bool,
}

fn seconds(text: &str) -> Result<f64, String> {
    let wrong = || "must be a number of seconds from 0 to 600".to_owned();
    text.parse().ok().filter(|seconds| (0.0..=600.0).contains(seconds)).ok_or_else(wrong)
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("brihaspati-local: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<()> {
    let started = Instant::now();
    let (options, verbose) = options(arguments)?;
    console::init(&options.state_dir, verbose)?;
    let mut stop = Stop::listen()?;
    tracing::info!("starting");
    let local = tokio::select! {
        local = Local::start(options) => local?,
        () = stop.asked() => {
            println!("stopped before it was up");
            return Ok(());
        }
    };
    println!("{}", console::welcome(local.url(), local.demo(), started.elapsed()));
    stop.asked().await;
    println!("\nstopping; Ctrl-C again stops at once");
    tokio::select! {
        () = local.shutdown() => println!("stopped: nothing left running"),
        () = stop.asked() => println!("stopped at once"),
    }
    Ok(())
}

fn options(arguments: Arguments) -> Result<(LocalOptions, bool)> {
    let root =
        arguments.root.canonicalize().with_context(|| format!("{} cannot be found", arguments.root.display()))?;
    let beside = std::env::current_exe().context("this program's own path is unknown")?.with_file_name("lab-agent");
    let state_dir = arguments.state_dir.unwrap_or_else(|| root.join(".local"));
    let mut options = LocalOptions::new(&root, &state_dir);
    options.port = arguments.port;
    options.pocket_port = arguments.pocket_port;
    options.boot_delay = Duration::from_secs_f64(arguments.boot_delay);
    options.seed = !arguments.no_demo;
    options.portal = Some(arguments.portal.unwrap_or_else(|| root.join("frontend/dist")));
    options.agent = Some(arguments.agent.unwrap_or(beside));
    if !arguments.no_sandbox {
        options.isolation = Isolation::Sandboxed { user: Some(arguments.sandbox_user), guest: None };
    }
    Ok((options, arguments.verbose))
}

/// Ctrl-C, or what a service manager sends.
struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    fn listen() -> Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
