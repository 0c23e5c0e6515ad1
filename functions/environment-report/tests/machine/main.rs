//! The control plane as a lab machine meets it, through the functions themselves.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod protocol;
mod scene;
mod story;
mod system;
