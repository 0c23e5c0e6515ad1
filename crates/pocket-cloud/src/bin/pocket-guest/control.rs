//! The running guest's control socket, and what can be asked of it: one JSON line each way.

use std::io;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::services::Services;

pub(crate) const SOCKET: &str = "/run/pocket-guest.sock";
/// A request is one short line.
const LONGEST: u64 = 4096;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Request {
    Start(String),
    Stop(String),
    IsActive(String),
    PowerOff { after_minutes: u64 },
    CancelPowerOff,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) ok: bool,
    pub(crate) text: String,
}

impl Answer {
    fn done(text: &str) -> Self {
        Self { ok: true, text: text.to_owned() }
    }
}

/// Answers requests from now on. Must be called in a runtime.
pub(crate) fn serve(power_off: mpsc::Sender<()>) -> io::Result<()> {
    let listener = UnixListener::bind(SOCKET)?;
    tokio::spawn(async move {
        let services = Services::default();
        let mut scheduled: Option<JoinHandle<()>> = None;
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            // One at a time, as they take milliseconds; a caller that says nothing does not hold up the others.
            let handled = handle(stream, &services, &mut scheduled, &power_off);
            if tokio::time::timeout(Duration::from_secs(15), handled).await.is_err() {
                println!("a control request took too long");
            }
        }
    });
    Ok(())
}

async fn handle(
    stream: UnixStream,
    services: &Services,
    scheduled: &mut Option<JoinHandle<()>>,
    power_off: &mpsc::Sender<()>,
) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    (&mut stream).take(LONGEST).read_line(&mut line).await?;
    let answer = match serde_json::from_str(&line)? {
        Request::Start(unit) => match services.start(&unit) {
            Ok(()) => Answer::done(""),
            Err(error) => Answer { ok: false, text: format!("{error:#}") },
        },
        Request::Stop(unit) => {
            services.stop(&unit).await;
            Answer::done("")
        }
        Request::IsActive(unit) if services.is_active(&unit) => Answer::done("active"),
        Request::IsActive(_) => Answer { ok: false, text: "inactive".to_owned() },
        Request::PowerOff { after_minutes } => {
            if let Some(earlier) = scheduled.take() {
                earlier.abort();
            }
            let power_off = power_off.clone();
            *scheduled = Some(tokio::spawn(async move {
                tokio::time::sleep(Duration::from_secs(after_minutes.saturating_mul(60))).await;
                let _ending_anyway = power_off.send(()).await;
            }));
            Answer::done(&format!("power-off scheduled in {after_minutes} minutes"))
        }
        Request::CancelPowerOff => {
            if let Some(earlier) = scheduled.take() {
                earlier.abort();
            }
            Answer::done("")
        }
    };
    let mut reply = serde_json::to_vec(&answer)?;
    reply.push(b'\n');
    stream.write_all(&reply).await
}

/// Asks the running guest.
pub(crate) async fn ask(request: &Request) -> anyhow::Result<Answer> {
    let mut stream = UnixStream::connect(SOCKET).await?;
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    let mut reply = String::new();
    BufReader::new(stream).take(LONGEST).read_line(&mut reply).await?;
    Ok(serde_json::from_str(&reply)?)
}
