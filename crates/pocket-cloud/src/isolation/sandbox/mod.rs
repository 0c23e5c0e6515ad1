//! Machines as bubblewrap sandboxes. This is isolation for demonstrations: the kernel is shared with the host.

mod command;
mod identity;
mod image;
mod nursery;
mod processes;
mod refusal;
mod tunnel;

use std::fs::{self, Permissions};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::TcpListener;
use tokio::process::Child;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use self::identity::Identity;
use self::image::Image;
use self::nursery::Nursery;
use self::processes::Inhabitants;
pub use self::refusal::SandboxRefusal;
use self::tunnel::Tunnel;
use crate::console::Consoles;
use crate::machine::Machine;
use crate::options::Options;

/// How long the trial sandbox of the start-up may take.
const TRIAL: Duration = Duration::from_secs(15);
/// For output that was written just before the end.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// What all sandboxes of one pocket cloud share.
#[derive(Debug)]
pub(crate) struct SandboxHost {
    identity: Identity,
    image: Image,
    nursery: Nursery,
    egress: Vec<SocketAddr>,
    ports: Vec<u16>,
    /// Outside of the state folder, since the service user may not be able to enter that one.
    runtime: TempDir,
}

impl SandboxHost {
    /// Lays out the image and runs one real sandbox.
    ///
    /// # Errors
    /// A [`SandboxRefusal`] that says what is missing and how to allow it.
    pub(crate) async fn prepare(
        user: Option<&str>,
        guest: Option<&Path>,
        options: &Options,
    ) -> Result<Self, SandboxRefusal> {
        let identity = Identity::choose(user)?;
        let guest = match guest {
            Some(guest) => guest.to_owned(),
            None => std::env::current_exe()?.with_file_name("pocket-guest"),
        };
        if !guest.is_file() {
            return Err(SandboxRefusal::NoGuest(guest));
        }
        let runtime = runtime_dir(options.state_dir.as_deref())?;
        let image = Image::build(&runtime.path().join("image"), &guest)?;
        let nursery = Nursery::open()?;
        let ports = options.machine_ports().collect();
        let host = Self { identity, image, nursery, egress: options.egress.clone(), ports, runtime };
        host.trial().await?;
        Ok(host)
    }

    async fn trial(&self) -> Result<(), SandboxRefusal> {
        let dir = self.lay_out("trial", "trial", Ipv4Addr::LOCALHOST, None, "")?;
        let program = [command::GUEST, "--trial"].map(str::to_owned);
        let command = command::sandbox_command(&self.identity, &dir.join("options"), &program);
        let child = self.nursery.start(command).await?;
        let ended = tokio::time::timeout(TRIAL, child.wait_with_output()).await;
        fs::remove_dir_all(&dir)?;
        let output = ended.map_err(|_| SandboxRefusal::Slow(TRIAL))??;
        if output.status.success() {
            info!("sandboxes work here");
            return Ok(());
        }
        Err(SandboxRefusal::explain(&String::from_utf8_lossy(&output.stderr)))
    }

    /// Binds every port of a machine on its address.
    pub(crate) async fn bind_ports(&self, address: Ipv4Addr) -> io::Result<Vec<TcpListener>> {
        let mut listeners = Vec::with_capacity(self.ports.len());
        for &port in &self.ports {
            listeners.push(TcpListener::bind((address, port)).await?);
        }
        Ok(listeners)
    }

    /// Runs one machine until it powers itself off or is stopped; returns when none of its processes is left.
    pub(crate) async fn run(
        &self,
        machine: &Machine,
        disk: &Path,
        ports: Option<Vec<TcpListener>>,
        silent: bool,
        consoles: &Consoles,
        stop: &CancellationToken,
    ) -> Result<()> {
        let ports = match ports {
            Some(ports) => ports,
            None => self.bind_ports(machine.address).await.context("binding the machine's ports")?,
        };
        let script = machine.user_data.as_deref().filter(|_| !silent).unwrap_or_default();
        self.identity.give(disk)?;
        let dir = self.lay_out(&machine.id.to_string(), &machine.label, machine.address, Some(disk), script)?;
        let inside = dir.join(command::INSIDE);
        let tunnel = Tunnel::dig(&inside, &self.identity, ports, &self.egress, machine.address)
            .context("opening the machine's sockets")?;

        let mut program = vec![command::GUEST.to_owned()];
        for target in &self.egress {
            program.push("--egress".into());
            program.push(target.to_string());
        }
        let command = command::sandbox_command(&self.identity, &dir.join("options"), &program);
        let mut child = self.nursery.start(command).await.context("starting the sandbox")?;
        let _lifeline = child.stdin.take(); // the guest ends when this end of the pipe does
        let mut output = JoinSet::new();
        output.spawn(copy_stream(machine.id, child.stdout.take(), consoles.clone()));
        output.spawn(copy_stream(machine.id, child.stderr.take(), consoles.clone()));
        let ended = tokio::select! {
            status = child.wait() => status.context("waiting for the sandbox")?,
            () = stop.cancelled() => end(&mut child).await?,
        };
        drop(tokio::time::timeout(LAST_WORDS, output.join_all()).await);
        drop(tunnel);
        if let Err(error) = fs::remove_dir_all(&dir) {
            warn!(machine.id = machine.id, %error, "the machine's folder can't be removed");
        }
        info!(machine.id = machine.id, status = %ended, "sandbox ended");
        Ok(())
    }

    /// Writes what one sandbox is started with.
    fn lay_out(
        &self,
        name: &str,
        label: &str,
        address: Ipv4Addr,
        disk: Option<&Path>,
        script: &str,
    ) -> io::Result<PathBuf> {
        let dir = self.runtime.path().join("machines").join(name);
        let inside = dir.join(command::INSIDE);
        fs::create_dir_all(&inside)?;
        let hosts = format!("127.0.0.1 localhost\n::1 localhost ip6-localhost\n{address} {label}\n");
        let options = command::bubblewrap_options(&self.image, &dir, disk, label).join("\0");
        fs::write(inside.join("user-data"), script)?;
        fs::write(dir.join("hostname"), format!("{label}\n"))?;
        fs::write(dir.join("hosts"), hosts)?;
        fs::write(dir.join("options"), options + "\0")?;
        for (path, mode) in [
            (inside.join("user-data"), 0o600),
            (dir.join("hostname"), 0o644),
            (dir.join("hosts"), 0o644),
            (dir.join("options"), 0o600),
            (inside, 0o700),
            (dir.clone(), 0o700),
        ] {
            fs::set_permissions(&path, Permissions::from_mode(mode))?;
            self.identity.give(&path)?;
        }
        Ok(dir)
    }
}

/// Kills a sandbox and waits until its process namespace is empty.
async fn end(child: &mut Child) -> Result<ExitStatus> {
    let Some(outer) = child.id() else {
        return child.wait().await.context("waiting for the sandbox");
    };
    let inhabitants = Inhabitants::of_sandbox(outer)?;
    // The group, since the inner bubblewrap may not yet have asked to die with the outer one.
    let _already_gone = killpg(Pid::from_raw(i32::try_from(outer)?), Signal::SIGKILL);
    let status = child.wait().await.context("waiting for the sandbox")?;
    inhabitants.gone().await?;
    Ok(status)
}

/// Reads a stream to its end into the machine's console.
async fn copy_stream(id: u64, stream: Option<impl AsyncRead + Unpin>, consoles: Consoles) {
    let Some(mut stream) = stream else { return };
    let mut buffer = vec![0; 8192];
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        debug!(machine.id = id, output = %String::from_utf8_lossy(&buffer[..count]), "console");
        consoles.append(id, &buffer[..count]);
    }
}

/// A fresh folder for sockets and images, after clearing the one that a killed predecessor left.
fn runtime_dir(state_dir: Option<&Path>) -> io::Result<TempDir> {
    let note = state_dir.map(|dir| dir.join("runtime-dir"));
    if let Some(left) = note.as_ref().and_then(|note| fs::read_to_string(note).ok()) {
        match fs::remove_dir_all(left.trim()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    let dir = tempfile::Builder::new().prefix("pocket-cloud-").tempdir()?;
    fs::set_permissions(dir.path(), Permissions::from_mode(0o711))?;
    fs::create_dir(dir.path().join("machines"))?;
    fs::set_permissions(dir.path().join("machines"), Permissions::from_mode(0o711))?;
    if let Some(note) = note {
        fs::write(note, dir.path().as_os_str().as_encoded_bytes())?;
    }
    Ok(dir)
}
