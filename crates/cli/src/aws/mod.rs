//! AWS as its operator sees it: the stack, and what it made. A handful of calls over AWS's documented protocols, signed
//! here; the credentials come from where the AWS command line takes them.

mod account;
mod alarms;
mod client;
mod error;
mod events;
mod functions;
mod queues;
mod secrets;
mod stack;
mod table;
mod xml;

pub(crate) use account::Aws;
pub(crate) use error::{AwsError, Kind};
pub(crate) use stack::{Resource, Stack};
