//! The body of Linode's create, checked as documented.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::refusal::Refusal;
use crate::catalogue::{LINODE_IMAGES, LINODE_REGIONS, LINODE_TYPES};
use crate::machine::{MachineRequest, Provider};

/// Bytes of user data before base64.
const USER_DATA: usize = 65_535;

/// The fields that matter here; others of the real API are accepted and have no effect.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CreateInstance {
    region: Option<String>,
    r#type: Option<String>,
    label: Option<String>,
    image: Option<String>,
    root_pass: Option<String>,
    authorized_keys: Option<Vec<String>>,
    authorized_users: Option<Vec<String>>,
    tags: Option<Vec<String>>,
    booted: Option<bool>,
    metadata: Option<Metadata>,
    pub(super) firewall_id: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
struct Metadata {
    user_data: Option<String>,
}

impl CreateInstance {
    /// All complaints about the fields at once, as Linode answers them.
    pub(super) fn check(self) -> Result<MachineRequest, Refusal> {
        let mut errors = Vec::new();
        let mut refuse = |field, reason: &str| errors.push((field, reason.to_owned()));

        match &self.region {
            None => refuse("region", "region is required"),
            Some(region) if !LINODE_REGIONS.iter().any(|known| known.id == region) => {
                refuse("region", "region is not valid");
            }
            Some(_) => {}
        }
        match &self.r#type {
            None => refuse("type", "type is required"),
            Some(size) if !LINODE_TYPES.iter().any(|known| known.id == size) => {
                refuse("type", "A valid plan type by that ID was not found");
            }
            Some(_) => {}
        }
        if let Some(image) = &self.image {
            if !LINODE_IMAGES.iter().any(|known| known.id == image) {
                refuse("image", "image is not valid");
            }
            let reachable = [&self.authorized_keys, &self.authorized_users]
                .iter()
                .any(|list| list.as_ref().is_some_and(|list| !list.is_empty()));
            if self.root_pass.is_none() && !reachable {
                refuse("root_pass", "root_pass is required");
            }
        }
        if self.root_pass.as_ref().is_some_and(|password| !(7..=128).contains(&password.len())) {
            refuse("root_pass", "Password must be between 7 and 128 characters");
        }
        if let Some(label) = &self.label {
            if !(3..=64).contains(&label.len()) {
                refuse("label", "Label must be between 3 and 64 characters");
            } else if !label_is_valid(label) {
                refuse(
                    "label",
                    "Label must begin and end with a letter or number, and contain only letters, numbers, \
                     underscores, dashes and periods, no two of the last three in a row",
                );
            }
        }
        if self.tags.iter().flatten().any(|tag| !(3..=50).contains(&tag.chars().count())) {
            refuse("tags", "Length must be 3-50 characters");
        }
        let user_data = match self.metadata.and_then(|metadata| metadata.user_data).map(decode) {
            None => None,
            Some(Ok(script)) => Some(script),
            Some(Err(reason)) => {
                refuse("metadata.user_data", reason);
                None
            }
        };
        if !errors.is_empty() {
            return Err(Refusal::fields(errors));
        }
        Ok(MachineRequest {
            provider: Provider::Linode,
            label: self.label,
            tags: self.tags.unwrap_or_default(),
            region: self.region.unwrap_or_default(),
            size: self.r#type.unwrap_or_default(),
            booted: self.booted.unwrap_or(self.image.is_some()),
            image: self.image,
            user_data,
        })
    }
}

fn decode(base64: String) -> Result<String, &'static str> {
    let bytes = STANDARD.decode(base64).map_err(|_| "User data must be base64-encoded")?;
    if bytes.len() > USER_DATA {
        return Err("Unencoded user_data must not exceed 65535 bytes");
    }
    String::from_utf8(bytes).map_err(|_| "User data must be text")
}

/// `^[a-zA-Z0-9]((?!--|__|\.\.)[a-zA-Z0-9-_.])+$`, ending in a letter or digit, as documented.
pub(super) fn label_is_valid(label: &str) -> bool {
    let edge = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric());
    edge(label.chars().next())
        && edge(label.chars().last())
        && label.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter))
        && !["--", "__", ".."].iter().any(|pair| label.contains(pair))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_follow_the_documented_pattern() {
        for good in ["abc", "bri-env_01jd.1", "linode123"] {
            assert!(label_is_valid(good), "{good}");
        }
        for bad in ["-abc", "abc-", "a--b", "a__b", "a..b", "a b", "käse"] {
            assert!(!label_is_valid(bad), "{bad}");
        }
    }
}
