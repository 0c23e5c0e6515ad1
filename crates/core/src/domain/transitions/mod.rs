//! How an environment changes. Every method is one thing that happened; none of them does anything outside the value, and
//! what cannot happen in a phase changes nothing.

mod ending;
mod starting;
mod working;

/// What a machine says of itself (`docs/protocol.md`, section 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    AgentStarted,
    SettingUp,
    Ready,
    Failed { detail: String },
}
