//! What carries work between functions: the bus with its rules, the queues, and the schedule.

pub(crate) mod archive;
pub(crate) mod bus;
pub(crate) mod consumer;
pub(crate) mod pattern;
pub(crate) mod queue;
pub(crate) mod schedule;
pub(crate) mod sqs;
