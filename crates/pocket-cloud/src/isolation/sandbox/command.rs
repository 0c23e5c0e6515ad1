//! The command line of a sandbox. What is not named here does not exist inside.

use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

use super::identity::Identity;
use super::image::Image;

const MEBIBYTE: u64 = 1024 * 1024;

/// Writable places and their sizes in MiB. All are memory, and nothing of them survives the sandbox but its [`DISK`].
const WRITABLE: [(&str, u64, &str); 8] = [
    ("/dev/shm", 64, "1777"),
    ("/etc/systemd/system", 1, "0755"),
    ("/home/lab", 256, "0755"),
    ("/opt", 512, "0755"),
    ("/root", 1, "0700"),
    ("/run", 16, "0755"),
    ("/tmp", 256, "1777"),
    ("/var", 64, "0755"),
];

/// Limits by `prlimit`: processes and threads of the sandbox (counted per user namespace since Linux 5.14), open files
/// and address space per process, and the size of one file.
const LIMITS: [&str; 5] = ["--nproc=256", "--nofile=1024", "--as=4294967296", "--fsize=536870912", "--core=0"];

/// Where the machine's own folder is seen from inside, read-only.
pub(super) const MACHINE_DIR: &str = "/run/pocket";

/// The part of the machine's folder that is shown there.
pub(super) const INSIDE: &str = "inside";

pub(super) const GUEST: &str = "/usr/local/lib/pocket-guest";

/// Where the machine's disk is seen from inside: a file, no larger than the limits of the sandbox allow.
const DISK: &str = "/opt/lab-agent/token";

/// The options of bubblewrap for a machine whose folder is `machine_dir`.
pub(super) fn bubblewrap_options(
    image: &Image,
    machine_dir: &Path,
    disk: Option<&Path>,
    hostname: &str,
) -> Vec<String> {
    let mut words = Words::default();
    words.add(["--unshare-user", "--unshare-all", "--disable-userns", "--die-with-parent", "--new-session"]);
    words.add(["--uid", "1000", "--gid", "1000", "--cap-drop", "ALL", "--hostname", hostname]);

    words.add(["--ro-bind", "/usr", "/usr"]);
    for name in ["bin", "sbin", "lib", "lib32", "lib64"] {
        words.link_or_bind(name);
    }
    words.bind(&image.local, "/usr/local");
    words.bind(&image.etc, "/etc");
    for source in &image.host_etc {
        words.bind(source, &source.to_string_lossy());
    }
    words.bind(&machine_dir.join("hostname"), "/etc/hostname");
    words.bind(&machine_dir.join("hosts"), "/etc/hosts");

    words.add(["--proc", "/proc", "--dev", "/dev"]);
    for (path, mebibytes, mode) in WRITABLE {
        words.add(["--perms", mode, "--size", &(mebibytes * MEBIBYTE).to_string(), "--tmpfs", path]);
    }
    if let Some(disk) = disk {
        words.add(["--bind", &disk.to_string_lossy(), DISK]);
    }
    for path in ["/var/log", "/var/tmp", "/var/cache", "/var/lib"] {
        words.add(["--dir", path]);
    }
    words.bind(&machine_dir.join(INSIDE), MACHINE_DIR);
    words.add(["--remount-ro", "/dev", "--remount-ro", "/"]);

    words.add(["--chdir", "/home/lab", "--clearenv"]);
    for (name, value) in [
        ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
        ("HOME", "/home/lab"),
        ("USER", "lab"),
        ("LOGNAME", "lab"),
        ("SHELL", "/bin/bash"),
        ("LANG", "C.UTF-8"),
    ] {
        words.add(["--setenv", name, value]);
    }
    words.0
}

/// The whole command. The options come from a file, so that `ps` inside shows no path of the host; the environment is
/// empty, because the first process inside keeps what it was started with readable in `/proc`.
pub(super) fn sandbox_command(identity: &Identity, options_file: &Path, program: &[String]) -> Command {
    let prefix = identity.prefix();
    let mut command = Command::new(&prefix[0]);
    command
        .args(&prefix[1..])
        .args(["sh", "-c", "exec 3<\"$1\" && shift && exec bwrap --args 3 -- prlimit \"$@\"", "sh"])
        .arg(options_file)
        .args(LIMITS)
        .arg("--")
        .args(program)
        .env_clear()
        .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    command
}

#[derive(Default)]
struct Words(Vec<String>);

impl Words {
    fn add<const N: usize>(&mut self, words: [&str; N]) {
        self.0.extend(words.map(str::to_owned));
    }

    fn bind(&mut self, source: &Path, target: &str) {
        self.add(["--ro-bind", &source.to_string_lossy(), target]);
    }

    /// `/bin` and its like are links into `/usr` on merged systems, folders elsewhere, and may be missing.
    fn link_or_bind(&mut self, name: &str) {
        let path = Path::new("/").join(name);
        if let Ok(target) = std::fs::read_link(&path) {
            self.add(["--symlink", &target.to_string_lossy(), &path.to_string_lossy()]);
        } else if path.is_dir() {
            self.bind(&path, &path.to_string_lossy());
        }
    }
}
