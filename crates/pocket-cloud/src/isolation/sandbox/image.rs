//! The image that every sandbox starts from: an own, minimal `/etc`, and stand-ins for what a virtual machine has and
//! a sandbox has not. Everything else is the host's `/usr`, read-only.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

/// Commands that `pocket-guest` stands in for, by the name it is called.
const STAND_INS: [&str; 5] = ["systemctl", "shutdown", "poweroff", "halt", "reboot"];

/// What of the host's `/etc` a sandbox may read, because programs in `/usr` do not work without it.
const HOST_ETC: [&str; 19] = [
    "alternatives",
    "debian_version",
    "groff",
    "inputrc",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "magic",
    "magic.mime",
    "manpath.config",
    "mime.types",
    "os-release",
    "perl",
    "protocols",
    "services",
    "ssl/certs",
    "ssl/openssl.cnf",
    "vim",
];

const OWN_ETC: [(&str, &str); 9] = [
    (
        "passwd",
        "root:x:0:0:root:/root:/bin/bash\nlab:x:1000:1000:Lab:/home/lab:/bin/bash\n\
         nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
    ),
    ("group", "root:x:0:\ntty:x:5:\nlab:x:1000:\nnogroup:x:65534:\n"),
    ("nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n"),
    ("resolv.conf", "# no name server: a lab machine in a sandbox has no way to the internet\n"),
    ("host.conf", "multi on\n"),
    ("shells", "/bin/sh\n/bin/bash\n"),
    ("hostname", ""),
    ("hosts", ""),
    ("profile", "[ -n \"$BASH\" ] && . /etc/bash.bashrc\n"),
];

const BASHRC: &str = r"# Interactive shells of a lab machine.
case $- in *i*) ;; *) return ;; esac
PS1='\[\e[1;32m\]\u@lab\[\e[0m\]:\[\e[1;34m\]\w\[\e[0m\]\$ '
HISTCONTROL=ignoreboth
shopt -s checkwinsize histappend
export EDITOR=vim PAGER=less LESS=-R
alias ls='ls --color=auto' ll='ls -alF' grep='grep --color=auto'
";

#[derive(Debug)]
pub(super) struct Image {
    /// Mounted over `/usr/local`.
    pub(super) local: PathBuf,
    /// Mounted over `/etc`.
    pub(super) etc: PathBuf,
    /// Paths of the host's `/etc` that exist here and have a mount point in the image.
    pub(super) host_etc: Vec<PathBuf>,
}

impl Image {
    /// Lays the image out under `dir`, readable by everybody.
    pub(super) fn build(dir: &Path, guest: &Path) -> io::Result<Self> {
        let local = dir.join("local");
        let etc = dir.join("etc");
        for folder in [&local.join("sbin"), &local.join("bin"), &local.join("lib"), &etc.join("systemd/system")] {
            fs::create_dir_all(folder)?;
        }

        let program = local.join("lib/pocket-guest");
        fs::copy(guest, &program)?;
        fs::set_permissions(&program, Permissions::from_mode(0o755))?;
        for name in STAND_INS {
            symlink("../lib/pocket-guest", local.join("sbin").join(name))?;
        }

        for (name, text) in OWN_ETC {
            fs::write(etc.join(name), text)?;
        }
        fs::write(etc.join("bash.bashrc"), BASHRC)?;

        let mut host_etc = Vec::new();
        for name in HOST_ETC {
            let source = Path::new("/etc").join(name);
            let Ok(metadata) = fs::metadata(&source) else {
                continue;
            };
            let target = etc.join(name);
            if metadata.is_dir() {
                fs::create_dir_all(&target)?;
            } else {
                fs::create_dir_all(target.parent().unwrap_or(&etc))?;
                fs::write(&target, "")?;
            }
            host_etc.push(source);
        }
        open_to_everybody(dir)?;
        Ok(Self { local, etc, host_etc })
    }
}

/// The service user must be able to read what root has written, whatever root's umask is.
fn open_to_everybody(path: &Path) -> io::Result<()> {
    let metadata = fs::symlink_metadata(path)?;
    if metadata.is_symlink() {
        return Ok(());
    }
    let mode = metadata.permissions().mode();
    fs::set_permissions(path, Permissions::from_mode(mode | 0o444 | if metadata.is_dir() { 0o111 } else { 0 }))?;
    if metadata.is_dir() {
        for entry in fs::read_dir(path)? {
            open_to_everybody(&entry?.path())?;
        }
    }
    Ok(())
}
