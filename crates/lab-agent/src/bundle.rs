//! The lab as the control plane hands it out, and what of it this machine is willing to take.

use std::collections::HashSet;
use std::net::IpAddr;
use std::path::{Component, Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Uri;
use serde::Deserialize;
use thiserror::Error;

use crate::checks::{Plan, SentPlan};
use crate::machine::PROTOCOL;
use crate::secret::Secret;

const MOST_FILES: usize = 1024;
const MOST_BYTES: usize = 24 * 1024 * 1024;
const LONGEST_PATH: usize = 240;
const MOST_TABS: usize = 16;

/// The answer to the bundle call, as it was sent.
#[derive(Debug, Deserialize)]
pub(crate) struct SentBundle {
    protocol: u32,
    environment_id: String,
    token: Option<Secret>,
    access_secret: Secret,
    portal_origin: String,
    #[serde(default)]
    tabs: Vec<Tab>,
    files: Vec<SentFile>,
    address: Option<String>,
    viewer_secret: Option<Secret>,
    viewing: Option<Watching>,
    checks: Option<SentPlan>,
}

#[derive(Debug, Deserialize)]
struct SentFile {
    path: String,
    #[serde(default)]
    executable: bool,
    content: String,
}

/// A web application of the lab.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Tab {
    pub(crate) name: String,
    pub(crate) title: String,
    /// Where the application listens, on the machine's loopback.
    pub(crate) port: u16,
}

/// What a class has agreed on about looking at a trainee's terminal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Watching {
    /// Only after the trainee has allowed it.
    #[default]
    Ask,
    /// At any time, until the trainee objects.
    Open,
}

/// A bundle whose every path, size and number is acceptable.
#[derive(Debug)]
pub(crate) struct Bundle {
    /// What this machine presents from now on. An older control plane has none: the machine file's stays good.
    pub(crate) token: Option<Secret>,
    pub(crate) access_secret: Secret,
    pub(crate) portal_origin: String,
    pub(crate) tabs: Vec<Tab>,
    pub(crate) files: Vec<LabFile>,
    /// The machine's own, if the control plane knows it already.
    pub(crate) address: Option<IpAddr>,
    /// Without one nobody but the trainee can look at the terminal.
    pub(crate) viewer_secret: Option<Secret>,
    pub(crate) viewing: Watching,
    pub(crate) checks: Plan,
}

/// A file with its place.
#[derive(Debug)]
pub(crate) struct LabFile {
    pub(crate) place: Place,
    pub(crate) executable: bool,
    pub(crate) content: Vec<u8>,
}

/// Where a file goes: relative, and free of anything that could lead elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// The lab user's home.
    Home(PathBuf),
    /// The lab's own folder, which the lab user cannot change.
    Lab(PathBuf),
}

/// Why a bundle is not laid out.
#[derive(Debug, Error)]
pub(crate) enum BundleError {
    #[error("the bundle speaks protocol {0}, this agent speaks 1")]
    Protocol(u32),
    #[error("the bundle is for another environment")]
    OtherEnvironment,
    #[error("the bundle's {0} is not acceptable")]
    Field(&'static str),
    #[error("the bundle's path {0:?} is not acceptable")]
    Path(String),
    #[error("the bundle names {0:?} twice")]
    Twice(String),
    #[error("the content of {0:?} is not base64")]
    Content(String),
    #[error("the bundle has no setup.sh")]
    NoSetup,
    #[error("the bundle is larger than a machine takes ({MOST_FILES} files, {MOST_BYTES} bytes)")]
    TooLarge,
}

impl SentBundle {
    /// Takes the bundle for this environment and a machine whose terminal is on `port`.
    pub(crate) fn accept(self, environment_id: &str, port: u16) -> Result<Bundle, BundleError> {
        if self.protocol != PROTOCOL {
            return Err(BundleError::Protocol(self.protocol));
        }
        if self.environment_id != environment_id {
            return Err(BundleError::OtherEnvironment);
        }
        if !self.token.as_ref().is_none_or(Secret::is_presentable) {
            return Err(BundleError::Field("token"));
        }
        if !self.access_secret.is_presentable() {
            return Err(BundleError::Field("access_secret"));
        }
        if !is_origin(&self.portal_origin) {
            return Err(BundleError::Field("portal_origin"));
        }
        let room_for_tabs = usize::from(u16::MAX - port);
        if self.tabs.len() > MOST_TABS.min(room_for_tabs) || self.tabs.iter().any(|tab| tab.port == 0) {
            return Err(BundleError::Field("tabs"));
        }
        // Who looks on must not come in as the trainee.
        let is_apart = |secret: &Secret| secret.is_presentable() && !self.access_secret.matches(secret.expose());
        if !self.viewer_secret.as_ref().is_none_or(is_apart) {
            return Err(BundleError::Field("viewer_secret"));
        }
        let address = self.address.map(|address| address.parse()).transpose();
        let checks = self.checks.map_or_else(|| Some(Plan::none()), SentPlan::accept);
        Ok(Bundle {
            token: self.token,
            files: accept_files(self.files)?,
            checks: checks.ok_or(BundleError::Field("checks"))?,
            address: address.map_err(|_| BundleError::Field("address"))?,
            access_secret: self.access_secret,
            portal_origin: self.portal_origin,
            tabs: self.tabs,
            viewer_secret: self.viewer_secret,
            viewing: self.viewing.unwrap_or_default(),
        })
    }
}

fn accept_files(sent: Vec<SentFile>) -> Result<Vec<LabFile>, BundleError> {
    if sent.len() > MOST_FILES {
        return Err(BundleError::TooLarge);
    }
    let mut places = HashSet::new();
    let mut bytes = 0;
    let mut files = Vec::with_capacity(sent.len());
    for file in sent {
        let place = Place::of(&file.path).ok_or_else(|| BundleError::Path(shortened(&file.path)))?;
        if !places.insert(place.clone()) {
            return Err(BundleError::Twice(file.path));
        }
        let content = STANDARD.decode(&file.content).map_err(|_| BundleError::Content(file.path))?;
        bytes += content.len();
        if bytes > MOST_BYTES {
            return Err(BundleError::TooLarge);
        }
        files.push(LabFile { place, executable: file.executable, content });
    }
    if !places.contains(&Place::Lab(PathBuf::from("setup.sh"))) {
        return Err(BundleError::NoSetup);
    }
    Ok(files)
}

impl Place {
    /// The place of a path as it stands in a bundle; none for a path that is absolute, climbs, or is not plain.
    pub(crate) fn of(path: &str) -> Option<Self> {
        let plain = !path.is_empty()
            && path.len() <= LONGEST_PATH
            && !path.ends_with('/')
            && !path.contains(|character: char| character.is_control() || character == '\\')
            && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
            && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        if !plain {
            return None;
        }
        Some(path.strip_prefix("files/").map_or_else(|| Self::Lab(path.into()), |rest| Self::Home(rest.into())))
    }
}

/// An origin as browsers write it (RFC 6454, section 6.2); it also goes into a header, so nothing else may be in it.
fn is_origin(text: &str) -> bool {
    let Ok(uri) = text.parse::<Uri>() else {
        return false;
    };
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return false;
    };
    matches!(scheme, "http" | "https")
        && !authority.as_str().contains(['@', '*', ';', ','])
        && text == format!("{scheme}://{authority}")
}

fn shortened(path: &str) -> String {
    path.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_lead_elsewhere_are_refused() {
        for path in
            ["", "/etc/passwd", "../x", "files/../../x", "checks/./a", "a//b", "files/", "a\0b", "a\nb", "a\\b", "."]
        {
            assert_eq!(Place::of(path), None, "{path:?}");
        }
        assert_eq!(Place::of(&"a/".repeat(200)), None);
    }

    #[test]
    fn files_go_home_and_the_rest_stays_with_the_lab() {
        assert_eq!(Place::of("files/notes/a.txt"), Some(Place::Home("notes/a.txt".into())));
        assert_eq!(Place::of("checks/01.sh"), Some(Place::Lab("checks/01.sh".into())));
    }

    #[test]
    fn an_origin_is_nothing_but_an_origin() {
        assert!(is_origin("https://portal.example") && is_origin("http://127.0.0.1:8080"));
        for text in ["https://portal.example/", "*", "null", "https://a@b", "ftp://x", "https://a;b", "https://*.a"] {
            assert!(!is_origin(text), "{text}");
        }
    }
}
