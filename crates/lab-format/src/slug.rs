//! A lab's name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A lab's name inside its class and its folder's name: 2-40 of `a-z`, `0-9` and inner hyphens.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LabSlug(String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a lab's name: 2 to 40 lower-case letters, digits and hyphens, not at either end")]
pub struct InvalidSlug;

impl LabSlug {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LabSlug {
    type Err = InvalidSlug;

    fn from_str(text: &str) -> Result<Self, InvalidSlug> {
        let valid = (2..=40).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        if valid { Ok(Self(text.to_owned())) } else { Err(InvalidSlug) }
    }
}

impl TryFrom<String> for LabSlug {
    type Error = InvalidSlug;

    fn try_from(text: String) -> Result<Self, InvalidSlug> {
        text.parse()
    }
}

impl From<LabSlug> for String {
    fn from(slug: LabSlug) -> Self {
        slug.0
    }
}

impl fmt::Display for LabSlug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_short_and_plain() {
        assert!("secrets-in-git".parse::<LabSlug>().is_ok());
        for text in ["", "a", "-a", "a-", "A-b", "a b", "a/b", &"a".repeat(41)] {
            assert!(text.parse::<LabSlug>().is_err(), "{text}");
        }
    }
}
