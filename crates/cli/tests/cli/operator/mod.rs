//! What an operator runs: against AWS and the providers as their references describe them.

mod aws;
mod clouds;
mod doctor;
mod emergency;
mod keys;
mod uninstall;
mod world;
