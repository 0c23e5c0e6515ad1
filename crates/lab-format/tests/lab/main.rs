//! What people hand in as a lab, and what they are told about it.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed, and says where")]

mod archives;
mod build;
mod folders;
mod manifest;
mod samples;
mod schema;
mod together;
