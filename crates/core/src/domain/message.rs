//! What an instructor says to a class, or to some of its people.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ids::{MemberId, MessageId};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub id: MessageId,
    pub at: Timestamp,
    /// The sender's name as people read it.
    pub from: String,
    pub text: String,
    /// Made by who sent it: sent again, it is the same message.
    pub action: String,
    /// Nobody named: the whole class.
    pub to: BTreeSet<MemberId>,
}

impl Message {
    pub fn is_for(&self, member: &MemberId) -> bool {
        self.to.is_empty() || self.to.contains(member)
    }
}
