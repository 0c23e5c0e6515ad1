//! The lifecycle as pure values: what is decided, and what becomes of it.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed, and says where")]

mod choosing;
mod costs;
mod ending;
mod scene;
mod starting;
mod working;
