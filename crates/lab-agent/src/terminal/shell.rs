//! A login shell on a pseudo-terminal.

use std::io::{self, Read, Write};
use std::os::unix::fs::chown;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use portable_pty::{ChildKiller, CommandBuilder, MasterPty, PtySize, native_pty_system};
use tokio::sync::mpsc;

use super::messages::Size;
use crate::account::Account;

/// Inputs that may wait for the shell.
const INPUT_QUEUE: usize = 64;
/// How long the last output of a shell that has ended may take; something in the background may keep it open for ever.
const LAST_OUTPUT: Duration = Duration::from_millis(200);

/// Input with the number it is acknowledged by.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) client: String,
    pub(super) seq: u64,
    pub(super) data: String,
}

/// Who is told what the shell does. The methods are called from threads of the shell.
pub(super) trait Listener: Send + Sync + 'static {
    /// Returns when there is room for more output.
    fn wait_for_room(&self);
    fn output(&self, generation: u64, bytes: &[u8]);
    fn typed(&self, input: &Input);
    fn ended(&self, generation: u64);
}

/// A running shell.
pub(super) struct Shell {
    master: Box<dyn MasterPty + Send>,
    killer: Box<dyn ChildKiller + Send + Sync>,
    input: mpsc::Sender<Input>,
}

impl Shell {
    pub(super) fn start<L: Listener + Clone>(
        account: &Account,
        size: Size,
        generation: u64,
        listener: &L,
    ) -> io::Result<Self> {
        let pair = native_pty_system().openpty(pty_size(size)).map_err(io::Error::other)?;
        if account.needs_drop()
            && let Some(tty) = pair.master.tty_name()
        {
            chown(tty, Some(account.uid), None)?;
        }
        let reader = pair.master.try_clone_reader().map_err(io::Error::other)?;
        let writer = pair.master.take_writer().map_err(io::Error::other)?;
        let mut child = pair.slave.spawn_command(command(account)).map_err(io::Error::other)?;
        drop(pair.slave);
        let killer = child.clone_killer();
        let (input, inputs) = mpsc::channel(INPUT_QUEUE);
        let (read_all, all_read) = sync_channel::<()>(0);
        let (reading, writing, waiting) = (listener.clone(), listener.clone(), listener.clone());
        spawn("shell-output", move || {
            read(reader, generation, &reading);
            drop(read_all);
        })?;
        spawn("shell-input", move || write(writer, inputs, &writing))?;
        spawn("shell-end", move || {
            if let Err(error) = child.wait() {
                tracing::warn!(error = %error, "cannot wait for the shell");
            }
            // Returns as soon as the reader has dropped its end.
            let _: Result<(), _> = all_read.recv_timeout(LAST_OUTPUT);
            waiting.ended(generation);
        })?;
        Ok(Self { master: pair.master, killer, input })
    }

    pub(super) fn input(&self) -> mpsc::Sender<Input> {
        self.input.clone()
    }

    pub(super) fn resize(&self, size: Size) {
        if let Err(error) = self.master.resize(pty_size(size)) {
            tracing::warn!(error = %error, "cannot resize the terminal");
        }
    }

    /// Hangs up, as a closed terminal window does.
    pub(super) fn hang_up(&mut self) {
        if let Err(error) = self.killer.kill() {
            tracing::debug!(error = %error, "the shell has ended already");
        }
    }
}

fn command(account: &Account) -> CommandBuilder {
    let mut command = CommandBuilder::from_argv(account.bash(&["-l".as_ref()]));
    command.env_clear();
    command.cwd(&account.home);
    for (name, value) in account.environment() {
        command.env(name, value);
    }
    command.env("TERM", "xterm-256color");
    command.env("COLORTERM", "truecolor");
    command
}

fn pty_size(size: Size) -> PtySize {
    PtySize { rows: size.rows, cols: size.cols, pixel_width: 0, pixel_height: 0 }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let span = tracing::Span::current();
    thread::Builder::new().name(name.into()).spawn(move || span.in_scope(work)).map(drop)
}

fn read(mut reader: Box<dyn Read + Send>, generation: u64, listener: &impl Listener) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        listener.wait_for_room();
        match reader.read(&mut buffer) {
            // EIO is how Linux says that the last program has closed the terminal.
            Ok(0) => return,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
            Ok(read) => listener.output(generation, &buffer[..read]),
        }
    }
}

fn write(mut writer: Box<dyn Write + Send>, mut inputs: mpsc::Receiver<Input>, listener: &impl Listener) {
    while let Some(input) = inputs.blocking_recv() {
        if writer.write_all(input.data.as_bytes()).and_then(|()| writer.flush()).is_err() {
            return;
        }
        listener.typed(&input);
    }
}
