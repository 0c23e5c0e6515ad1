//! `machine.json`: what the control plane wrote onto the machine through its user data.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::Uri;
use serde::Deserialize;
use thiserror::Error;

use crate::secret::Secret;

/// The version of `docs/protocol.md` this agent speaks.
pub(crate) const PROTOCOL: u32 = 1;

/// How browsers reach the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// Machines on loopback addresses only.
    Http,
    /// TLS on the machine.
    Https,
}

impl Scheme {
    /// As URLs have it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// A validated `machine.json`.
#[derive(Debug, Clone)]
pub struct Machine {
    /// The environment this machine belongs to.
    pub environment_id: String,
    /// Base URL of the API, without a slash at the end.
    pub control_plane: String,
    /// Good for the bundle and the reports of this environment, until the bundle has brought another one.
    pub token: Secret,
    /// How browsers reach this machine.
    pub scheme: Scheme,
    /// The terminal's port; the n-th tab is served on `port + 1 + n`.
    pub port: u16,
    /// When the machine powers itself off.
    pub deadline: SystemTime,
    /// 32 hex digits, given on to every call.
    pub trace_id: String,
    /// Where a certificate is ordered, in this order; with https at least one.
    pub acme_directories: Vec<String>,
}

/// Why a machine file cannot be used.
#[derive(Debug, Error)]
pub enum MachineError {
    /// The file cannot be read.
    #[error("cannot read the machine file: {0}")]
    Read(std::io::Error),
    /// The file is not the JSON it should be.
    #[error("the machine file is not valid: {0}")]
    Json(serde_json::Error),
    /// One field is not acceptable.
    #[error("{field}: {problem}")]
    Field {
        /// The field's name in the file.
        field: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
}

#[derive(Deserialize)]
struct Written {
    protocol: u32,
    environment_id: String,
    control_plane: String,
    token: Secret,
    scheme: Scheme,
    port: u16,
    deadline: u64,
    trace_id: String,
    #[serde(default)]
    acme_directories: Vec<String>,
}

impl Machine {
    /// Reads and validates the file.
    ///
    /// # Errors
    /// When it is missing, not JSON, or a field is not acceptable; the message names the field and never its secret.
    pub fn read(file: &Path) -> Result<Self, MachineError> {
        Self::parse(&std::fs::read_to_string(file).map_err(MachineError::Read)?)
    }

    /// Validates the text of a machine file.
    ///
    /// # Errors
    /// As [`Machine::read`].
    pub fn parse(text: &str) -> Result<Self, MachineError> {
        let written: Written = serde_json::from_str(text).map_err(MachineError::Json)?;
        require(written.protocol == PROTOCOL, "protocol", "this agent speaks version 1 only")?;
        require(is_id(&written.environment_id), "environment_id", "must be letters, digits, _ and - only")?;
        require(is_base_url(&written.control_plane), "control_plane", "must be an https URL (http on loopback)")?;
        require(written.token.is_presentable(), "token", "must be 8 to 4096 visible ASCII characters")?;
        require(written.port > 0, "port", "must not be 0")?;
        require(is_trace_id(&written.trace_id), "trace_id", "must be 32 lower-case hex digits, not all zero")?;
        require(
            written.acme_directories.iter().all(|url| is_directory(url)),
            "acme_directories",
            "must be https URLs",
        )?;
        require(
            written.scheme == Scheme::Http || !written.acme_directories.is_empty(),
            "acme_directories",
            "must not be empty with https",
        )?;
        let deadline = UNIX_EPOCH
            .checked_add(Duration::from_secs(written.deadline))
            .filter(|_| written.deadline > 0)
            .ok_or(MachineError::Field { field: "deadline", problem: "must be a time in Unix seconds" })?;
        Ok(Self {
            environment_id: written.environment_id,
            control_plane: written.control_plane.trim_end_matches('/').to_owned(),
            token: written.token,
            scheme: written.scheme,
            port: written.port,
            deadline,
            trace_id: written.trace_id,
            acme_directories: written.acme_directories,
        })
    }
}

fn require(holds: bool, field: &'static str, problem: &'static str) -> Result<(), MachineError> {
    if holds { Ok(()) } else { Err(MachineError::Field { field, problem }) }
}

fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// W3C Trace Context, section 3.2.2.3.
fn is_trace_id(text: &str) -> bool {
    text.len() == 32
        && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        && text.bytes().any(|byte| byte != b'0')
}

fn is_base_url(text: &str) -> bool {
    let Ok(uri) = text.parse::<Uri>() else {
        return false;
    };
    let Some(host) = uri.host() else { return false };
    uri.query().is_none()
        && match uri.scheme_str() {
            Some("https") => true,
            Some("http") => is_loopback(host),
            _ => false,
        }
}

fn is_directory(text: &str) -> bool {
    text.parse::<Uri>().is_ok_and(|uri| uri.scheme_str() == Some("https") && uri.host().is_some())
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(field: &str, value: &serde_json::Value) -> String {
        let mut file = serde_json::json!({
            "protocol": 1, "environment_id": "env_01jd", "control_plane": "https://portal.example/api/",
            "token": "a-machine-token", "scheme": "http", "port": 7080, "deadline": 1_763_769_600,
            "trace_id": "0af7651916cd43dd8448eb211c80319c"
        });
        file[field] = value.clone();
        file.to_string()
    }

    #[test]
    fn a_good_file_is_accepted_and_the_base_url_loses_its_slash() {
        let machine = Machine::parse(&file("port", &443.into())).unwrap();
        assert_eq!(machine.control_plane, "https://portal.example/api");
        assert_eq!(machine.port, 443);
        assert!(!format!("{machine:?}").contains("a-machine-token"));
    }

    #[test]
    fn each_bad_field_is_named() {
        for (field, value) in [
            ("protocol", 2.into()),
            ("environment_id", "env/../x".into()),
            ("control_plane", "http://portal.example/api".into()),
            ("control_plane", "file:///etc".into()),
            ("token", "two words!".into()),
            ("port", 0.into()),
            ("deadline", 0.into()),
            ("trace_id", "0AF7".into()),
            ("acme_directories", serde_json::json!(["https://acme.example/directory", "http://acme.example"])),
        ] {
            let error = Machine::parse(&file(field, &value)).unwrap_err().to_string();
            assert!(error.starts_with(field), "{field}: {error}");
        }
    }

    #[test]
    fn https_needs_somebody_who_gives_certificates() {
        let error = Machine::parse(&file("scheme", &"https".into())).unwrap_err().to_string();
        assert_eq!(error, "acme_directories: must not be empty with https");
    }

    #[test]
    fn plain_http_reaches_loopback_only() {
        for url in ["http://127.0.0.1:8080/api", "http://localhost/api", "http://[::1]:80/api"] {
            assert!(Machine::parse(&file("control_plane", &url.into())).is_ok(), "{url}");
        }
    }
}
