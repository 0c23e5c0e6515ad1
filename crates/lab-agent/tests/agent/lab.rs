//! A machine with a lab on it, for one test.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lab_agent::{Account, AccountSource, CertificateOptions, Machine, Options, Outcome, run};
use rustls::pki_types::CertificateDer;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::control_plane::{BOOT_TOKEN, ControlPlane, ENVIRONMENT, TOKEN};

pub(crate) const SECRET: &str = "what-a-browser-must-present";
pub(crate) const VIEWER_SECRET: &str = "what-a-watcher-must-present";
pub(crate) const PORTAL: &str = "http://portal.example:8080";
pub(crate) const PORT: u16 = 7080;
pub(crate) const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// Waits until `condition` holds.
pub(crate) async fn eventually<F: Future<Output = bool>>(what: &str, condition: impl Fn() -> F) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !condition().await {
        assert!(Instant::now() < deadline, "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

pub(crate) struct LabBuilder {
    bundle: Value,
    /// With these the machine is reached by https.
    directories: Vec<String>,
    /// Who vouches for the directories.
    vouchers: Vec<CertificateDer<'static>>,
    certificate_limit: Duration,
    tells_address: bool,
    life: Duration,
    refusals: Vec<StatusCode>,
    always: Option<StatusCode>,
    sign_of_life: Duration,
    activity_every: Duration,
    setup_limit: Duration,
    hello_limit: Duration,
    other_user: bool,
    old_control_plane: bool,
}

pub(crate) struct Lab {
    pub(crate) control_plane: ControlPlane,
    pub(crate) address: IpAddr,
    pub(crate) folder: TempDir,
    pub(crate) shutdown: CancellationToken,
    running: Option<JoinHandle<Outcome>>,
    machine: Machine,
    options: Options,
}

impl LabBuilder {
    pub(crate) fn new() -> Self {
        let bundle = json!({
            "protocol": 1, "environment_id": ENVIRONMENT, "token": TOKEN, "lab": { "slug": "test", "title": "Test" },
            "access_secret": SECRET, "portal_origin": PORTAL, "expires_at": "2030-01-01T00:00:00Z",
            "tabs": [], "files": [], "new": {}
        });
        Self {
            bundle,
            directories: Vec::new(),
            vouchers: Vec::new(),
            certificate_limit: Duration::from_secs(60),
            tells_address: true,
            life: Duration::from_secs(600),
            refusals: Vec::new(),
            always: None,
            sign_of_life: Duration::from_secs(300),
            activity_every: Duration::from_secs(60),
            setup_limit: Duration::from_secs(30),
            hello_limit: Duration::from_secs(10),
            other_user: false,
            old_control_plane: false,
        }
    }

    pub(crate) fn file(mut self, path: &str, content: &str) -> Self {
        let file = json!({ "path": path, "executable": false, "content": STANDARD.encode(content) });
        self.bundle["files"].as_array_mut().unwrap().push(file);
        self
    }

    pub(crate) fn setup(self, script: &str) -> Self {
        self.file("setup.sh", script)
    }

    pub(crate) fn tab(mut self, port: u16) -> Self {
        let tab = json!({ "name": "app", "title": "The <app>", "port": port });
        self.bundle["tabs"].as_array_mut().unwrap().push(tab);
        self
    }

    /// The machine is reached by https, with a certificate from this directory, or the next one that is named.
    pub(crate) fn certified_by(mut self, directory: &str, voucher: Option<&CertificateDer<'static>>) -> Self {
        self.directories.push(directory.to_owned());
        self.vouchers.extend(voucher.cloned());
        self
    }

    pub(crate) fn certificate_limit(mut self, limit: Duration) -> Self {
        self.certificate_limit = limit;
        self
    }

    /// The control plane has not learnt it yet.
    pub(crate) fn without_its_address(mut self) -> Self {
        self.tells_address = false;
        self
    }

    /// Sets any field of the bundle.
    pub(crate) fn bundle(mut self, pointer: &str, value: Value) -> Self {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        self.bundle.pointer_mut(parent).unwrap()[name] = value;
        self
    }

    pub(crate) fn life(mut self, life: Duration) -> Self {
        self.life = life;
        self
    }

    pub(crate) fn refusing_the_bundle_with(mut self, statuses: &[StatusCode]) -> Self {
        self.refusals = statuses.to_vec();
        self
    }

    pub(crate) fn always_answering(mut self, status: StatusCode) -> Self {
        self.always = Some(status);
        self
    }

    pub(crate) fn sign_of_life(mut self, every: Duration) -> Self {
        self.sign_of_life = every;
        self
    }

    pub(crate) fn activity_every(mut self, every: Duration) -> Self {
        self.activity_every = every;
        self
    }

    /// The class's policy about looking at a terminal: "ask" or "open".
    pub(crate) fn viewing(mut self, policy: &str) -> Self {
        self.bundle["viewer_secret"] = VIEWER_SECRET.into();
        self.bundle["viewing"] = policy.into();
        self
    }

    pub(crate) fn one_secret_for_all(mut self) -> Self {
        self.bundle["viewer_secret"] = SECRET.into();
        self
    }

    pub(crate) fn old_control_plane(mut self) -> Self {
        self.old_control_plane = true;
        self
    }

    /// A check of this name, which is also its title.
    pub(crate) fn check(mut self, name: &str, script: &str) -> Self {
        let checks = &mut self.bundle["checks"];
        if checks.is_null() {
            *checks = json!({ "every_secs": null, "limit_secs": 10, "items": [] });
        }
        checks["items"].as_array_mut().unwrap().push(json!({ "name": name, "title": name }));
        self.file(&format!("checks/{name}.sh"), script)
    }

    /// Sets a field of the checks' plan.
    pub(crate) fn checks(mut self, field: &str, value: u64) -> Self {
        self.bundle["checks"][field] = value.into();
        self
    }

    pub(crate) fn setup_limit(mut self, limit: Duration) -> Self {
        self.setup_limit = limit;
        self
    }

    pub(crate) fn hello_limit(mut self, limit: Duration) -> Self {
        self.hello_limit = limit;
        self
    }

    /// The shell belongs to `nobody`; needs root.
    pub(crate) fn shell_of_another_user(mut self) -> Self {
        self.other_user = true;
        self
    }

    pub(crate) async fn start(mut self) -> Lab {
        let address = own_address();
        if self.tells_address {
            self.bundle["address"] = address.to_string().into();
        }
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        std::fs::create_dir(&home).unwrap();
        let control_plane = ControlPlane::start(self.bundle).await;
        control_plane.refuse_bundle(&self.refusals);
        if let Some(status) = self.always {
            control_plane.always_answer(status);
        }
        if self.old_control_plane {
            control_plane.be_old();
        }
        let deadline = (SystemTime::now() + self.life).duration_since(UNIX_EPOCH).unwrap().as_secs();
        let machine = json!({
            "protocol": 1, "environment_id": ENVIRONMENT, "control_plane": control_plane.url, "token": BOOT_TOKEN,
            "scheme": if self.directories.is_empty() { "http" } else { "https" }, "port": PORT,
            "deadline": deadline, "trace_id": TRACE, "acme_directories": self.directories, "new": {}
        });
        let (uid, gid) = if self.other_user {
            let open = |path| {
                use std::os::unix::fs::PermissionsExt;
                std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).unwrap();
            };
            open(folder.path());
            open(&home);
            (65534, 65534)
        } else {
            (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw())
        };
        let account = Account { name: "lab".into(), home, uid, gid };
        let options = Options {
            listen: address,
            account: AccountSource::Given(account),
            lab_dirs: vec![folder.path().join("lab")],
            poweroff: vec!["touch".into(), folder.path().join("powered-off").display().to_string()],
            shutdown: vec![
                "sh".into(),
                "-c".into(),
                format!("echo $0 >>{}", folder.path().join("scheduled").display()),
            ],
            setup_limit: self.setup_limit,
            unknown_limit: 3,
            sign_of_life: self.sign_of_life,
            activity_every: self.activity_every,
            hello_limit: self.hello_limit,
            token: folder.path().join("token"),
            certificate: CertificateOptions {
                folder: folder.path().join("certificate"),
                limit: self.certificate_limit,
                roots: self.vouchers,
            },
        };
        let machine = Machine::parse(&machine.to_string()).unwrap();
        let mut lab =
            Lab { control_plane, address, folder, shutdown: CancellationToken::new(), running: None, machine, options };
        lab.run();
        lab
    }

    pub(crate) async fn ready(self) -> Lab {
        let lab = self.start().await;
        lab.reaches("ready").await;
        lab
    }
}

impl Lab {
    fn run(&mut self) {
        self.shutdown = CancellationToken::new();
        let agent = run(self.machine.clone(), self.options.clone(), self.shutdown.clone());
        self.running = Some(tokio::spawn(agent));
    }

    /// Ends the agent as a SIGTERM does.
    pub(crate) async fn stop(&mut self) -> Outcome {
        self.shutdown.cancel();
        self.outcome().await
    }

    pub(crate) async fn outcome(&mut self) -> Outcome {
        let running = self.running.take().unwrap();
        tokio::time::timeout(Duration::from_secs(30), running).await.unwrap().unwrap()
    }

    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        self.run();
    }

    pub(crate) async fn reaches(&self, stage: &str) {
        eventually(stage, || async { self.control_plane.stages().last().is_some_and(|last| last == stage) }).await;
    }

    pub(crate) async fn is_powered_off(&self) {
        eventually("power off", || async { self.folder.path().join("powered-off").exists() }).await;
    }

    pub(crate) fn home(&self, path: &str) -> PathBuf {
        self.folder.path().join("home").join(path)
    }

    pub(crate) fn home_text(&self, path: &str) -> String {
        std::fs::read_to_string(self.home(path)).unwrap_or_default()
    }

    pub(crate) fn is_powered_off_now(&self) -> bool {
        self.folder.path().join("powered-off").exists()
    }

    pub(crate) fn tab_url(&self, path: &str) -> String {
        format!("http://{}:{}{path}", self.address, PORT + 1)
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

/// Every machine has the same port on an address of its own, as in the pocket cloud: Linux serves all of 127/8.
pub(crate) fn own_address() -> IpAddr {
    static LABS: AtomicU8 = AtomicU8::new(0);
    let [high, low] = (std::process::id() as u16).to_be_bytes();
    Ipv4Addr::new(127, 64 + LABS.fetch_add(1, Ordering::Relaxed) % 128, high, low).into()
}
