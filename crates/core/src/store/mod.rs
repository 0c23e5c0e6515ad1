//! The DynamoDB table: one item per entity, every transition conditional, no scan.

mod audit;
mod budget;
mod change;
mod classes;
mod deletion;
mod desks;
mod environments;
mod guesses;
mod heartbeat;
mod instructors;
mod item;
mod join_links;
mod keys;
mod labs;
mod members;
mod messages;
mod prices;
mod room;
mod seats;
mod sessions;
mod traffic;

use std::sync::Arc;

use tokio::sync::Mutex;

use crate::config::{Settings, SettingsError};

pub use change::Changed;
pub use desks::{MemberDesk, Started};
pub use environments::{Due, EnvironmentCursor, InvalidCursor};
pub use guesses::TooManyGuesses;
pub use heartbeat::Heartbeat;
pub use labs::{LabBundle, LabVersion};
pub use members::{InstructorIdentity, MemberIdentity};
pub use room::{LabHead, Occupant};

/// What can go wrong with the table.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else wrote first: read again and decide again.
    #[error("the item changed in the meantime")]
    Conflict,
    /// Two transactions met on the same items: trying again is right.
    #[error("the item is being written by somebody else")]
    Contended,
    #[error("{what} exists already")]
    Exists { what: &'static str },
    /// An item cannot be read as what it should be.
    #[error("the item {pk} is malformed")]
    Malformed { pk: String, source: serde_dynamo::Error },
    #[error("the value cannot be stored")]
    Unstorable(#[source] serde_dynamo::Error),
    #[error("DynamoDB did not do {operation}")]
    Unavailable { operation: &'static str, source: Box<dyn std::error::Error + Send + Sync> },
}

/// The table. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    client: aws_sdk_dynamodb::Client,
    table: String,
    /// One writer of traffic at a time in this process: several would only be in each other's way.
    traffic_writer: Arc<Mutex<()>>,
}

impl Store {
    /// Reads `TABLE_NAME`, the AWS variables and `AWS_ENDPOINT_URL_DYNAMODB`.
    pub fn from_settings(settings: &Settings) -> Result<Self, SettingsError> {
        let client = settings.aws("AWS_ENDPOINT_URL_DYNAMODB")?.dynamodb();
        Ok(Self::new(client, settings.require("TABLE_NAME")?))
    }

    pub fn new(client: aws_sdk_dynamodb::Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into(), traffic_writer: Arc::default() }
    }
}
