//! The program on a lab machine: it sets the lab up, serves the terminal and the web tabs to the portal, and ends
//! the machine in time. It shares no code with the control plane; both keep to `docs/protocol.md`.

mod account;
mod activity;
mod agent;
mod backoff;
mod bundle;
mod causes;
mod checks;
mod clock;
mod control_plane;
mod ending;
mod failure;
mod gate;
mod layout;
mod listen;
mod machine;
mod options;
mod own_token;
mod poweroff;
mod preparation;
mod report;
mod reporter;
mod script;
mod secret;
mod setup;
mod site;
pub mod telemetry;
mod terminal;
mod tls;

pub use account::{Account, AccountSource};
pub use agent::{Outcome, run};
pub use machine::{Machine, MachineError, Scheme};
pub use options::{CertificateOptions, Options};
pub use secret::Secret;

/// What the agent calls itself in reports.
pub const AGENT_VERSION: &str = env!("CARGO_PKG_VERSION");
