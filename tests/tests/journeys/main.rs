//! Journeys through the whole system: real handlers, the real table, the real provider clients, the pocket cloud.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that panics has failed, and says where")]

mod actions;
mod admin;
mod archives;
mod authorisation;
mod bad_input;
mod budget;
mod checks;
mod classes;
mod command_line;
mod crash;
mod deletion;
mod events;
mod expiry;
mod failures;
mod help;
mod instructors;
mod joining;
mod labs;
mod machine;
mod people;
mod play;
mod room;
mod roster;
mod sandbox;
mod sign_in;
mod time;
mod usage;
