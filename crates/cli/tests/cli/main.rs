//! The program as people and scripts run it, against an API that speaks the contract.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed, and says where")]

mod classes;
mod installation;
mod labs;
mod operator;
mod people;
mod room;
mod session;
