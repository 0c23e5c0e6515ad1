//! JSON log lines with dotted fields; never a token, a name or a body.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use crate::config::{Settings, SettingsError};

/// Starts logging to standard output, at `LOG_LEVEL` (default `info`).
pub fn init(settings: &Settings) -> Result<(), SettingsError> {
    let directives = settings.get("LOG_LEVEL").unwrap_or("info");
    let filter = EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .parse(directives)
        .map_err(|_| SettingsError::new("LOG_LEVEL", "is not a level (error, warn, info, debug) or filter"))?;
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_target(false)
        .without_time()
        .with_env_filter(filter)
        .try_init()
        .map_err(|_| SettingsError::new("LOG_LEVEL", "was applied twice; logging starts once"))
}
