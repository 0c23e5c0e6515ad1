//! The pocket cloud on its own, for trying clients against it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};
use pocket_cloud::{Isolation, Options, PocketCloud};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing::info;
use tracing_subscriber::EnvFilter;

/// Linode v4 and DigitalOcean v2 on one loopback address.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// Where to serve; loopback only.
    #[arg(long, env = "POCKET_CLOUD_LISTEN", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// The token Linode's API accepts.
    #[arg(long, env = "POCKET_CLOUD_LINODE_TOKEN", hide_env_values = true, default_value = "pocket-linode-token")]
    linode_token: String,
    /// The token DigitalOcean's API accepts.
    #[arg(
        long,
        env = "POCKET_CLOUD_DIGITALOCEAN_TOKEN",
        hide_env_values = true,
        default_value = "pocket-digitalocean-token"
    )]
    digitalocean_token: String,
    /// Where records are kept; without it they end with the process.
    #[arg(long)]
    state_dir: Option<PathBuf>,
    /// What a machine is made of.
    #[arg(long, value_enum, default_value_t = Machines::Sandboxed)]
    machines: Machines,
    /// The service user of sandboxes when started as root.
    #[arg(long, default_value = "brihaspati-sandbox")]
    sandbox_user: String,
    /// The pocket-guest program; by default the one beside this program.
    #[arg(long)]
    guest: Option<PathBuf>,
    /// From the create answer to a running machine, in milliseconds.
    #[arg(long, default_value_t = 0)]
    boot_delay_ms: u64,
    /// How long a machine is still seen after its deletion was accepted, in milliseconds.
    #[arg(long, default_value_t = 0)]
    delete_delay_ms: u64,
    /// The port of the lab agent; the next eight lead to web tabs.
    #[arg(long, default_value_t = 7080)]
    agent_port: u16,
    /// A loopback address that sandboxes may call. Repeatable.
    #[arg(long, default_value = "127.0.0.1:8080")]
    egress: Vec<SocketAddr>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Machines {
    /// Sandboxes that run the user data.
    Sandboxed,
    /// Machines that only call home.
    CallHome,
    /// Machines that do nothing.
    None,
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match serve(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pocket-cloud: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(args: Args) -> Result<()> {
    anyhow::ensure!(args.listen.ip().is_loopback(), "{} is not a loopback address", args.listen);
    let listener = TcpListener::bind(args.listen).await.with_context(|| format!("listening on {}", args.listen))?;
    let mut options = Options::new(args.linode_token, args.digitalocean_token);
    options.state_dir = args.state_dir;
    options.boot_delay = Duration::from_millis(args.boot_delay_ms);
    options.delete_delay = Duration::from_millis(args.delete_delay_ms);
    options.agent_port = args.agent_port;
    options.egress = args.egress;
    options.isolation = match args.machines {
        Machines::Sandboxed => Isolation::Sandboxed { user: Some(args.sandbox_user), guest: args.guest },
        Machines::CallHome => Isolation::CallHome,
        Machines::None => Isolation::None,
    };
    let mut terminate = signal(SignalKind::terminate())?;
    let cloud = PocketCloud::start(listener, options).await?;
    println!("pocket cloud: http://{0}/v4 and http://{0}/v2", cloud.address());
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminate.recv() => {}
    }
    cloud.shutdown().await;
    info!("stopped, no machine left running");
    Ok(())
}
