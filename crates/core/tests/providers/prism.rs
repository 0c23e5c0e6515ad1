//! Prism answers with a provider's own API description, and refuses what that description does not allow.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

const READY_WITHIN: Duration = Duration::from_secs(60);

pub(crate) struct Prism {
    pub(crate) url: String,
    /// Killed when dropped.
    _process: Child,
}

impl Prism {
    /// A mock of `specification`, or nothing, with a line that says why, where this machine lacks what it takes.
    pub(crate) async fn mocking(specification: &str) -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let program = present(root.join("tests/contract/node_modules/.bin/prism"), "run `npm ci` in tests/contract")?;
        let specification = root.join("../shared/specs").join(specification);
        let specification = present(specification, "the providers' API descriptions are not part of this tree")?;

        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let mut process = Command::new(program)
            .args(["mock", "--host", "127.0.0.1", "--port", &port.to_string()])
            .arg(specification)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let listening = async {
            while let Some(line) = lines.next_line().await.unwrap() {
                if line.contains("Prism is listening") {
                    return;
                }
            }
            panic!("prism ended before it listened");
        };
        tokio::time::timeout(READY_WITHIN, listening).await.expect("prism listens within a minute");
        // It goes on writing; a full or closed pipe would stop it.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Some(Self { url: format!("http://127.0.0.1:{port}"), _process: process })
    }
}

fn present(path: PathBuf, otherwise: &str) -> Option<PathBuf> {
    if path.exists() {
        return Some(path);
    }
    // Written past the test harness, which shows only what failing tests print.
    let _ = writeln!(std::io::stderr(), "SKIPPED a provider contract, for there is no {}: {otherwise}", path.display());
    None
}
