//! The pocket cloud as its clients see it, and its sandboxes as their inhabitants do.

#![expect(clippy::expect_used, reason = "helpers of tests may fail loudly, too")]

mod call_home;
mod digitalocean;
mod faults;
mod limits;
mod linode;
mod restart;
mod sandbox;
mod sandbox_death;
mod support;
