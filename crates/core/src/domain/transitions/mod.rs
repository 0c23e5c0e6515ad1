//! How an environment changes. Every method is one thing that happened; none of them does anything outside the value, and
//! what cannot happen in a phase changes nothing.

mod ending;
mod starting;
mod working;

/// What a machine says of itself (`docs/protocol.md`, section 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    AgentStarted,
    /// It asks for a certificate for its address.
    Certificate,
    SettingUp,
    Ready,
    Failed {
        detail: String,
    },
    /// It cannot have a certificate, which is the address's fault, or the certificate authority's, and not the lab's.
    NoCertificate {
        detail: String,
    },
}
