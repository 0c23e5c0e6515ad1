//! The control plane of Brihaspati: what its functions share. `docs/ARCHITECTURE.md` walks through the rooms.

pub mod admin;
pub mod auth;
pub mod clock;
pub mod config;
pub mod desk;
pub mod domain;
pub mod events;
pub mod http;
pub mod lambda;
pub mod machine_url;
pub mod providers;
pub mod provisioning;
pub mod store;
pub mod telemetry;
pub mod trace;
pub mod views;
pub mod wakeups;
