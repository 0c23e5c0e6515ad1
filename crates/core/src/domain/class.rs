//! Class and member: who may sign in, and as what.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ids::{ClassId, MemberId};
use super::secret::Secret;

/// What people type to sign in: 4-20 of `A-Z`, `0-9` and inner hyphens, read without regard to case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClassCode(String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 4 to 20 letters, digits and hyphens")]
pub struct InvalidClassCode;

impl ClassCode {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClassCode {
    type Err = InvalidClassCode;

    fn from_str(text: &str) -> Result<Self, InvalidClassCode> {
        let code = text.trim().to_ascii_uppercase();
        let valid = (4..=20).contains(&code.len())
            && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
            && !code.starts_with('-')
            && !code.ends_with('-');
        if valid { Ok(Self(code)) } else { Err(InvalidClassCode) }
    }
}

impl TryFrom<String> for ClassCode {
    type Error = InvalidClassCode;

    fn try_from(text: String) -> Result<Self, InvalidClassCode> {
        text.parse()
    }
}

impl From<ClassCode> for String {
    fn from(code: ClassCode) -> Self {
        code.0
    }
}

impl fmt::Display for ClassCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    pub id: ClassId,
    pub code: ClassCode,
    pub title: String,
    pub created_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Trainee,
    Instructor,
}

/// The name a member signs in with, unique in the class: 1-40 of lower-case letters, digits, `.`, `_`, `-`, `@`; read
/// without regard to case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LoginName(String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 40 letters, digits or . _ - @")]
pub struct InvalidLoginName;

impl LoginName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LoginName {
    type Err = InvalidLoginName;

    fn from_str(text: &str) -> Result<Self, InvalidLoginName> {
        let name = text.trim().to_ascii_lowercase();
        let valid = (1..=40).contains(&name.len())
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

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub id: MemberId,
    pub class_id: ClassId,
    pub name: LoginName,
    pub display_name: String,
    pub role: Role,
    /// argon2id, in PHC text form.
    pub password_hash: Secret,
    /// Sessions signed under an older number are refused: raising it signs the member out everywhere.
    pub session_epoch: u32,
    pub created_at: Timestamp,
}
