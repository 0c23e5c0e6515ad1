//! AWS in process: the SDK's clients send their requests to a transport that never leaves it.

mod bus;
mod expression;
mod table;
mod transport;
mod trouble;

pub(crate) use bus::Message;
pub use table::{Refusal, Table};
pub(crate) use transport::Transport;
