//! Journeys through the whole system: real handlers, the real table, the real provider clients, the pocket cloud.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that panics has failed, and says where")]

mod admin;
mod authorisation;
mod bad_input;
mod crash;
mod expiry;
mod failures;
mod machine;
mod play;
mod sandbox;
mod sign_in;
