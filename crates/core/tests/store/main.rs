//! The store, and what lives of it alone, against an embedded DynamoDB, over HTTP, by the real client.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod budget;
mod environments;
mod prices;
mod refresh;
mod table;
