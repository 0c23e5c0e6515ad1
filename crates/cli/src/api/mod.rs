//! The installation's HTTP API: how it is called, and what it answers.

mod address;
mod client;
mod page;
mod path;
mod problem;
mod retry;

pub(crate) mod class;
pub(crate) mod environment;
pub(crate) mod lab;
pub(crate) mod people;
pub(crate) mod room;
pub(crate) mod session;

pub(crate) use address::Address;
pub(crate) use client::{Answer, Api, Payload};
pub(crate) use page::all_pages;
pub(crate) use path::segment;
pub(crate) use problem::{FieldError, Problem};
