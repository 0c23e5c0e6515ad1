//! A thread of its own that starts every sandbox.
//!
//! `--die-with-parent` asks the kernel for a signal when the *thread* that started the process ends
//! (`PR_SET_PDEATHSIG`, prctl(2)), and worker threads of a runtime may end before the process does.

use std::io;
use std::sync::mpsc;

use tokio::process::{Child, Command};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

type Birth = (Command, oneshot::Sender<io::Result<Child>>);

#[derive(Debug)]
pub(super) struct Nursery(mpsc::Sender<Birth>);

impl Nursery {
    pub(super) fn open() -> io::Result<Self> {
        let (sender, births) = mpsc::channel::<Birth>();
        let runtime = Handle::current();
        std::thread::Builder::new().name("sandbox-nursery".into()).spawn(move || {
            let _runtime = runtime.enter();
            while let Ok((mut command, answer)) = births.recv() {
                // An unwanted child is killed when it is dropped here.
                drop(answer.send(command.spawn()));
            }
        })?;
        Ok(Self(sender))
    }

    pub(super) async fn start(&self, command: Command) -> io::Result<Child> {
        let (answer, born) = oneshot::channel();
        self.0.send((command, answer)).map_err(|_| io::Error::other("the sandbox nursery has ended"))?;
        born.await.map_err(io::Error::other)?
    }
}
