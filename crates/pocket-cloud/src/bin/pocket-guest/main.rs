//! The first own program in a sandbox: what a virtual machine's init, cloud-init and network card would be.
//!
//! Called as `pocket-guest` it runs the user data, looks after services and carries connections through the sandbox's
//! wall; called as `systemctl`, `shutdown` and their like it asks the running guest to act.

mod control;
mod errands;
mod services;
mod tunnel;
mod unit;

use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{ExitCode, Stdio};

use anyhow::{Context, Result};
use clap::Parser;
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;
use tokio::process::Command;
use tokio::sync::mpsc;

/// The folder that the pocket cloud shows to the machine, read-only.
const MACHINE_DIR: &str = "/run/pocket";

#[derive(Debug, Parser)]
struct Args {
    /// Prove that a sandbox starts, and end.
    #[arg(long)]
    trial: bool,
    /// A loopback address of the control plane to forward to.
    #[arg(long)]
    egress: Vec<SocketAddr>,
}

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = runtime.context("starting").and_then(|runtime| runtime.block_on(act()));
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn act() -> Result<ExitCode> {
    let called = std::env::args().next().unwrap_or_default();
    let name = Path::new(&called).file_name().unwrap_or_default().to_string_lossy().into_owned();
    if name != "pocket-guest" {
        let words: Vec<String> = std::env::args().skip(1).collect();
        return errands::run(&name, &words).await;
    }
    let args = Args::parse();
    if args.trial {
        return Ok(ExitCode::SUCCESS);
    }
    live(&args.egress).await?;
    Ok(ExitCode::SUCCESS)
}

/// From power-on to power-off.
async fn live(egress: &[SocketAddr]) -> Result<()> {
    for &target in egress {
        tunnel::forward_outwards(target).await.with_context(|| format!("listening on {target}"))?;
    }
    tokio::spawn(tunnel::carry_inwards());
    let (power_off, mut off) = mpsc::channel(1);
    control::serve(power_off).context("opening the control socket")?;
    tokio::spawn(run_user_data());

    tokio::select! {
        _ = off.recv() => println!("powering off"),
        cut = lifeline_cut() => cut.context("reading the lifeline")?,
    }
    Ok(())
}

/// As cloud-init does at first boot. A script that fails leaves the machine running.
async fn run_user_data() {
    let script = format!("{MACHINE_DIR}/user-data");
    match Command::new("sh").arg(&script).stdin(Stdio::null()).status().await {
        Ok(status) if status.success() => println!("user data finished"),
        Ok(status) => println!("user data failed: {status}"),
        Err(error) => println!("user data can't be run: {error}"),
    }
}

/// Standard input is a pipe whose other end closes with the pocket cloud, however that ends.
async fn lifeline_cut() -> Result<()> {
    let mut lifeline = pipe::Receiver::from_owned_fd(io::stdin().as_fd().try_clone_to_owned()?)?;
    let mut byte = [0];
    while lifeline.read(&mut byte).await? > 0 {}
    Ok(())
}
