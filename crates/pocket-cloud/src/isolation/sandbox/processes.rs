//! Knowing that a sandbox is empty.
//!
//! The first process of a process namespace leaves only after every other one was killed and reaped
//! (pid_namespaces(7)), so it is enough to see that one gone.

use std::fs;
use std::io;
use std::time::Duration;

use anyhow::{Result, bail};

/// Killing 256 processes takes milliseconds; this is for a host under heavy load.
const DEADLINE: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub(super) struct Inhabitants(Vec<u32>);

impl Inhabitants {
    /// The direct children of the outer bubblewrap: the first process inside.
    pub(super) fn of_sandbox(outer: u32) -> io::Result<Self> {
        let mut children = Vec::new();
        for entry in fs::read_dir("/proc")? {
            let Ok(pid) = entry?.file_name().to_string_lossy().parse::<u32>() else {
                continue;
            };
            if stat(pid).is_some_and(|(_, parent)| parent == outer) {
                children.push(pid);
            }
        }
        Ok(Self(children))
    }

    /// Returns once all are gone.
    pub(super) async fn gone(self) -> Result<()> {
        let started = tokio::time::Instant::now();
        while self.0.iter().any(|&pid| stat(pid).is_some_and(|(state, _)| state != 'Z' && state != 'X')) {
            if started.elapsed() > DEADLINE {
                bail!("processes {:?} of the sandbox did not end within {DEADLINE:?}", self.0);
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(())
    }
}

/// State and parent of a process (proc_pid_stat(5)); the command in between may hold anything but ends with the last `)`.
fn stat(pid: u32) -> Option<(char, u32)> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = text.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?.chars().next()?;
    Some((state, fields.next()?.parse().ok()?))
}
