//! A link that lets people into a class: revocable, expiring, and good for so many seats.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ids::{ClassId, JoinLinkId};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinLink {
    pub id: JoinLinkId,
    pub class_id: ClassId,
    /// SHA-256 of the token, in hex: the token itself is shown once and kept nowhere.
    pub token_sha256: String,
    pub created_at: Timestamp,
    pub created_by: String,
    pub expires_at: Timestamp,
    pub seats: u32,
    pub used: u32,
    pub revoked_at: Option<Timestamp>,
}

/// Why a link lets nobody in any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkOver {
    Revoked,
    Expired,
    UsedUp,
}

impl JoinLink {
    pub fn over(&self, now: Timestamp) -> Option<LinkOver> {
        if self.revoked_at.is_some() {
            Some(LinkOver::Revoked)
        } else if now >= self.expires_at {
            Some(LinkOver::Expired)
        } else if self.used >= self.seats {
            Some(LinkOver::UsedUp)
        } else {
            None
        }
    }
}
