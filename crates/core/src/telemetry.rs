//! JSON log lines with dotted fields; never a token, a name or a body.

use std::io;

use tracing::Subscriber;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{Settings, SettingsError};

/// Starts logging to standard output, at `LOG_LEVEL` (default `info`).
pub fn init(settings: &Settings) -> Result<(), SettingsError> {
    lines(settings.get("LOG_LEVEL").unwrap_or("info"), io::stdout)?
        .try_init()
        .map_err(|_| SettingsError::new("LOG_LEVEL", "was applied twice; logging starts once"))
}

/// Writes a line for each event at `level`. The trace id stands in `span.trace_id`: every span has one, and only the
/// innermost is written.
pub fn lines<W>(level: &str, writer: W) -> Result<impl Subscriber + Send + Sync + use<W>, SettingsError>
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    // An `EnvFilter` would filter by spans and fields too, with regular expressions, in every function.
    let filter: Targets = level
        .parse()
        .map_err(|_| SettingsError::new("LOG_LEVEL", "is not a level (error, warn, info, debug) or filter"))?;
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_target(false)
        .without_time()
        .with_writer(writer);
    Ok(tracing_subscriber::registry().with(lines).with(filter))
}
