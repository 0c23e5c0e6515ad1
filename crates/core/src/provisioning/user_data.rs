//! The script a machine runs at its first boot (`docs/protocol.md`, section 1).

use jiff::Timestamp;
use serde_json::json;

use crate::config::{Settings, SettingsError};
use crate::domain::environment::Environment;
use crate::machine_url::MachineUrl;

/// The machine ends itself this long after its environment's time, in case nobody else does.
const SHUTDOWN_GRACE_SECS: i64 = 60;

/// What is the same for every machine of the installation.
#[derive(Clone)]
pub struct AgentSource {
    control_plane: String,
    url: String,
    sha256: String,
    machine_url: MachineUrl,
}

impl AgentSource {
    /// Reads `CONTROL_PLANE_URL`, `AGENT_URL`, `AGENT_SHA256` and `MACHINE_URL`.
    pub fn from_settings(settings: &Settings) -> Result<Self, SettingsError> {
        let sha256 = settings.require("AGENT_SHA256")?.to_ascii_lowercase();
        if sha256.len() != 64 || !sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(SettingsError::new("AGENT_SHA256", "is not 64 hexadecimal digits"));
        }
        let url = settings.url("AGENT_URL")?;
        let control_plane = settings.url("CONTROL_PLANE_URL")?;
        for (name, value) in [("AGENT_URL", &url), ("CONTROL_PLANE_URL", &control_plane)] {
            // They stand in a shell script between single quotes.
            if !value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:/?&=%+@".contains(&b)) {
                return Err(SettingsError::new(name, "has characters that a URL must write in percent form"));
            }
        }
        Ok(Self { control_plane, url, sha256, machine_url: MachineUrl::from_settings(settings)? })
    }

    pub(super) fn machine_url(&self) -> &MachineUrl {
        &self.machine_url
    }

    /// The script for the environment's current attempt, or `None` where it has none or its secrets are gone.
    pub fn user_data(&self, environment: &Environment, now: Timestamp) -> Option<String> {
        let secrets = environment.secrets.as_ref()?;
        let deadline = environment.expires_at?.as_second() + SHUTDOWN_GRACE_SECS;
        let machine = json!({
            "protocol": 1,
            "environment_id": environment.id,
            "control_plane": self.control_plane,
            "token": secrets.machine_token.expose(),
            "scheme": self.machine_url.scheme(),
            "port": self.machine_url.port(),
            "deadline": deadline,
            "trace_id": environment.trace_id,
        });
        // Where the deadline moves later, the agent moves this too.
        let minutes = ((deadline - now.as_second()).max(60) + 59) / 60;
        Some(format!(
            r"#!/bin/sh
# A lab machine. It ends itself, whatever else happens.
set -eu
umask 077
shutdown -h +{minutes}
install -d -m 755 /opt/lab-agent
cat >/opt/lab-agent/machine.json <<'MACHINE'
{machine}
MACHINE
curl --fail --silent --show-error --location --retry 8 --retry-delay 1 --retry-all-errors --max-time 120 \
  --output /opt/lab-agent/download '{url}'
echo '{sha256}  /opt/lab-agent/download' | sha256sum --check --status
install -m 755 /opt/lab-agent/download /opt/lab-agent/lab-agent
rm -f /opt/lab-agent/download
cat >/etc/systemd/system/lab-agent.service <<'UNIT'
[Unit]
Description=Lab agent
After=network-online.target
Wants=network-online.target
StartLimitIntervalSec=0
[Service]
ExecStart=/opt/lab-agent/lab-agent /opt/lab-agent/machine.json
Restart=always
RestartSec=2
KillMode=process
[Install]
WantedBy=multi-user.target
UNIT
systemctl enable --now lab-agent.service
",
            url = self.url,
            sha256 = self.sha256,
        ))
    }
}
