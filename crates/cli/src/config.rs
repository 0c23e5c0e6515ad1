//! Which installation, and as whom: from the command line, the environment, or the last sign-in.

use std::fs::DirBuilder;
use std::path::PathBuf;

use etcetera::{BaseStrategy, choose_base_strategy};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::api::{Address, Api};
use crate::failure::{Failure, wrong_usage};
use crate::output::write_private;

/// An operator's token or a session's, instead of the stored one.
pub(crate) const TOKEN_VARIABLE: &str = "BRIHASPATI_TOKEN";

/// What `login` leaves behind.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredSession {
    pub(crate) url: String,
    pub(crate) name: String,
    pub(crate) token: String,
    pub(crate) expires_at: Timestamp,
}

impl StoredSession {
    /// `brihaspati/session.json` in the folder where this system keeps a person's settings.
    fn path() -> Result<PathBuf, Failure> {
        let folders =
            choose_base_strategy().map_err(|_| wrong_usage("you have no home folder to keep a session in"))?;
        Ok(folders.config_dir().join("brihaspati").join("session.json"))
    }

    /// # Errors
    /// Where there is a file that is no session: it is not ours to replace silently.
    pub(crate) fn load() -> Result<Option<Self>, Failure> {
        let path = Self::path()?;
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(wrong_usage(format!("{} cannot be read: {error}", path.display()))),
        };
        let session = serde_json::from_slice(&text);
        session.map(Some).map_err(|_| {
            Failure::NotSignedIn(format!("{} holds no session; remove it and sign in again", path.display()))
        })
    }

    pub(crate) fn save(&self) -> Result<(), Failure> {
        let path = Self::path()?;
        if let Some(folder) = path.parent() {
            let mut builder = DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            let created = builder.create(folder);
            created.map_err(|error| wrong_usage(format!("{} cannot be made: {error}", folder.display())))?;
        }
        let text = serde_json::to_vec_pretty(self).map_err(|error| wrong_usage(error.to_string()))?;
        write_private(&path, &text)
    }

    pub(crate) fn forget() -> Result<(), Failure> {
        let path = Self::path()?;
        match std::fs::remove_file(&path) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(wrong_usage(format!("{} cannot be removed: {error}", path.display()))),
        }
    }
}

pub(crate) fn address(url: &str) -> Result<Address, Failure> {
    url.parse().map_err(|error| wrong_usage(format!("“{url}” {error}")))
}

/// A token from the environment: programs and operators have no session file.
pub(crate) fn token_from_environment() -> Option<String> {
    std::env::var(TOKEN_VARIABLE).ok().map(|token| token.trim().to_owned()).filter(|token| !token.is_empty())
}

/// The API of the chosen installation. A stored token goes only to the installation that gave it.
pub(crate) fn connect(url: Option<&str>) -> Result<Api, Failure> {
    let token = token_from_environment();
    let wanted = url.map(address).transpose()?;
    if let (Some(token), Some(address)) = (&token, &wanted) {
        return Api::new(address.clone(), Some(token.clone()));
    }
    let Some(session) = StoredSession::load()? else {
        return Err(Failure::NotSignedIn(match wanted {
            Some(address) => format!("you are not signed in; run `brihaspati login --url {address}`"),
            None => "you are not signed in; run `brihaspati login --url https://…`".to_owned(),
        }));
    };
    let stored = address(&session.url)?;
    if wanted.as_ref().is_some_and(|wanted| *wanted != stored) {
        return Err(Failure::NotSignedIn(format!(
            "you are signed in to {stored}, not there; run `brihaspati login --url {}`",
            url.unwrap_or_default()
        )));
    }
    if token.is_none() && session.expires_at <= Timestamp::now() {
        return Err(Failure::NotSignedIn("your session has ended; run `brihaspati login`".to_owned()));
    }
    Api::new(stored, Some(token.unwrap_or(session.token)))
}
