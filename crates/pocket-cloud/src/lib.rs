//! The pocket cloud: the Linode v4 and the DigitalOcean v2 API on one loopback listener.
//!
//! It stands in for the world outside. Production clients speak to it unchanged, and its machines are bubblewrap
//! sandboxes that run the real user data; for tests they can also be machines that only call home.
//!
//! | module | idea |
//! |---|---|
//! | `options` | what a pocket cloud is started with |
//! | `server` | starting and stopping |
//! | `cloud` | the one value that every handler and machine holds |
//! | `machine`, `inventory`, `records` | what exists, and how it survives a restart |
//! | `ledger` | what was asked for and what there was, for tests and measurements |
//! | `lifecycle` | one task per machine: boots, powers off, deletes |
//! | `addresses`, `meter`, `faults`, `catalogue` | loopback addresses, rate limits, staged failures, what is for sale |
//! | `linode`, `digitalocean` | the two protocols |
//! | `isolation` | what a machine *is*: a sandbox, a caller, or nothing |

mod addresses;
mod catalogue;
mod cloud;
mod console;
mod digitalocean;
mod disks;
mod faults;
mod firewalls;
mod inventory;
mod isolation;
mod ledger;
mod lifecycle;
mod linode;
mod machine;
mod meter;
mod options;
mod records;
mod server;

pub use faults::{Fault, Faults};
pub use isolation::sandbox::SandboxRefusal;
pub use ledger::{Call, Count, Lifetime};
pub use machine::{MachineSnapshot, Phase, Provider};
pub use meter::Quota;
pub use options::{Isolation, Limits, Options};
pub use server::{PocketCloud, StartError};
