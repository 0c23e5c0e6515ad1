//! Journeys through the whole system: real handlers, the real table, the real provider clients, the pocket cloud.

mod admin;
mod authorisation;
mod bad_input;
mod crash;
mod failures;
mod machine;
mod play;
mod sandbox;
mod sign_in;
