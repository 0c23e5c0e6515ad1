//! The program as people and scripts run it, against an API that speaks the contract.

mod classes;
mod installation;
mod labs;
mod people;
mod room;
mod session;
