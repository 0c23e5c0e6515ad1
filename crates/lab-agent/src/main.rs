//! `lab-agent /path/machine.json`

use std::path::PathBuf;
use std::process::ExitCode;

use lab_agent::{Machine, Options, Outcome, run, telemetry};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(file), None) = (arguments.next().map(PathBuf::from), arguments.next()) else {
        eprintln!("usage: lab-agent /path/machine.json");
        return ExitCode::from(2);
    };
    telemetry::init();
    let machine = match Machine::read(&file) {
        Ok(machine) => machine,
        Err(error) => {
            tracing::error!(error = %error, "cannot use the machine file");
            return ExitCode::from(2);
        }
    };
    let span = telemetry::span(&machine);
    let options = Options::for_machine_file(&file);
    let shutdown = CancellationToken::new();
    if let Err(error) = cancel_on_signal(&shutdown) {
        tracing::warn!(error = %error, "cannot listen for signals");
    }
    match run(machine, options, shutdown).instrument(span).await {
        Outcome::Ended => ExitCode::SUCCESS,
        Outcome::Failed => ExitCode::FAILURE,
    }
}

fn cancel_on_signal(shutdown: &CancellationToken) -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let shutdown = shutdown.clone();
    tokio::spawn(async move {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        shutdown.cancel();
    });
    Ok(())
}
