//! The people of a class.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ids::{ClassId, MemberId};
use super::secret::Secret;

/// How long a one-time code may be used.
pub const CODE_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 14);

/// The name somebody signs in with, unique in the class (for instructors: in the installation): 1-40 of lower-case
/// letters, digits, `.`, `_`, `-`, `@`; read without regard to case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LoginName(String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 40 letters, digits or . _ - @")]
pub struct InvalidLoginName;

impl LoginName {
    pub const MAX_LENGTH: usize = 40;

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LoginName {
    type Err = InvalidLoginName;

    fn from_str(text: &str) -> Result<Self, InvalidLoginName> {
        let name = text.trim().to_ascii_lowercase();
        let valid = (1..=Self::MAX_LENGTH).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-@".contains(&b));
        if valid { Ok(Self(name)) } else { Err(InvalidLoginName) }
    }
}

impl TryFrom<String> for LoginName {
    type Error = InvalidLoginName;

    fn try_from(text: String) -> Result<Self, InvalidLoginName> {
        text.parse()
    }
}

impl From<LoginName> for String {
    fn from(name: LoginName) -> Self {
        name.0
    }
}

impl fmt::Display for LoginName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How somebody came into the class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum JoinedVia {
    Roster,
    Link,
    Added,
}

/// A code that becomes a password once. Known here by its SHA-256 only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneTimeCode {
    pub sha256: Secret,
    pub expires_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum MemberState {
    /// Has not set a password yet.
    Invited,
    Active,
    Suspended,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub id: MemberId,
    pub class_id: ClassId,
    pub name: LoginName,
    pub display_name: String,
    pub email: Option<String>,
    /// argon2id, in PHC text form.
    pub password_hash: Option<Secret>,
    pub code: Option<OneTimeCode>,
    /// Sessions signed under an older number are refused: raising it signs the member out everywhere.
    pub session_epoch: u32,
    pub suspended_at: Option<Timestamp>,
    /// Added to the minutes of each environment, in percent.
    pub extra_time_percent: u32,
    pub joined_via: JoinedVia,
    pub created_at: Timestamp,
    /// Counts the writes; an edit names the revision it read.
    pub revision: u64,
}

impl Member {
    pub fn state(&self) -> MemberState {
        if self.suspended_at.is_some() {
            MemberState::Suspended
        } else if self.password_hash.is_some() {
            MemberState::Active
        } else {
            MemberState::Invited
        }
    }

    /// The code replaces the password, and every session ends.
    pub fn reset(&mut self, code: OneTimeCode) {
        self.password_hash = None;
        self.code = Some(code);
        self.session_epoch += 1;
    }

    /// The code was used: from now on this password counts.
    pub fn redeem(&mut self, password_hash: Secret) {
        self.password_hash = Some(password_hash);
        self.code = None;
    }

    /// Signs the member out everywhere, or lets them in again.
    pub fn suspend(&mut self, suspended: bool, now: Timestamp) {
        match (suspended, self.suspended_at) {
            (true, None) => {
                self.suspended_at = Some(now);
                self.session_epoch += 1;
            }
            (false, Some(_)) => self.suspended_at = None,
            (true, Some(_)) | (false, None) => {}
        }
    }
}
