//! Logs: JSON lines on standard output, each with the trace id that leads back to the click in the portal. Never a
//! token, the secret, or what is typed or shown in a terminal.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::machine::Machine;

/// Starts writing logs. A second call changes nothing.
pub fn init() {
    let started = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_span_events(FmtSpan::NONE)
        .with_max_level(LevelFilter::INFO)
        .try_init();
    if started.is_err() {
        tracing::debug!("logs are already being written");
    }
}

/// The one span everything runs in.
#[must_use]
pub fn span(machine: &Machine) -> tracing::Span {
    tracing::info_span!(
        "lab-agent",
        trace_id = %machine.trace_id,
        environment.id = %machine.environment_id,
        agent.version = crate::AGENT_VERSION,
    )
}
