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
    acme_directories: Vec<String>,
}

impl AgentSource {
    /// Reads `CONTROL_PLANE_URL`, `AGENT_URL`, `AGENT_SHA256`, `MACHINE_URL` and `ACME_DIRECTORIES`.
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
        let machine_url = MachineUrl::from_settings(settings)?;
        let acme_directories = acme_directories(settings)?;
        if machine_url.scheme() == "https" && acme_directories.is_empty() {
            return Err(SettingsError::new("ACME_DIRECTORIES", "is empty: https needs certificates"));
        }
        Ok(Self { control_plane, url, sha256, machine_url, acme_directories })
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
            "token": secrets.boot_token.as_ref()?.expose(),
            "scheme": self.machine_url.scheme(),
            "port": self.machine_url.port(),
            "deadline": deadline,
            "trace_id": environment.trace_id,
            "acme_directories": self.acme_directories,
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

/// Where machines order their certificates, in this order: https URLs, separated by commas or spaces.
fn acme_directories(settings: &Settings) -> Result<Vec<String>, SettingsError> {
    let listed = settings.get("ACME_DIRECTORIES").unwrap_or_default();
    let directories = listed.split([',', ' ']).filter(|url| !url.is_empty()).map(ToOwned::to_owned);
    let directories: Vec<String> = directories.collect();
    for (index, url) in directories.iter().enumerate() {
        if !reqwest::Url::parse(url).is_ok_and(|url| url.scheme() == "https") {
            let place = index + 1;
            return Err(SettingsError::new("ACME_DIRECTORIES", format!("has no https URL in place {place}")));
        }
    }
    Ok(directories)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(machine_url: &str, directories: &str) -> Result<Vec<String>, String> {
        let variables = [
            ("AGENT_SHA256", "0".repeat(64)),
            ("AGENT_URL", "https://portal.example/agent".to_owned()),
            ("CONTROL_PLANE_URL", "http://127.0.0.1:8080/api".to_owned()),
            ("MACHINE_URL", machine_url.to_owned()),
            ("ACME_DIRECTORIES", directories.to_owned()),
        ];
        let variables = variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let source = AgentSource::from_settings(&Settings::from_map(variables));
        source.map(|source| source.acme_directories).map_err(|error| error.to_string())
    }

    #[test]
    fn directories_keep_their_order() {
        let urls = ["https://acme.example/directory", "https://second.example/dir"];
        for text in [urls.join(","), urls.join(" "), urls.join(", ")] {
            assert_eq!(read("https://{address}:443", &text).unwrap(), urls);
        }
    }

    #[test]
    fn https_without_a_directory_and_a_directory_without_https_are_refused() {
        assert!(read("https://{address}:443", "").unwrap_err().contains("ACME_DIRECTORIES"));
        assert!(read("https://{address}:443", "https://a.example http://b.example").unwrap_err().contains("place 2"));
        assert_eq!(read("http://{address}:7080", "").unwrap(), Vec::<String>::new());
    }
}
