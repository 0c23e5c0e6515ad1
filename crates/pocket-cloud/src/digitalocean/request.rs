//! The body of DigitalOcean's create, checked as documented.

use serde::Deserialize;

use super::refusal::Refusal;
use crate::catalogue::{DIGITALOCEAN_IMAGES, DIGITALOCEAN_REGIONS, DIGITALOCEAN_SIZES};
use crate::machine::{MachineRequest, Provider};

/// Bytes, "may not exceed 64 KiB in size".
const USER_DATA: usize = 64 * 1024;
/// Droplets that one request may name.
const NAMES: usize = 10;

/// The fields that matter here; others of the real API are accepted and have no effect.
#[derive(Debug, Deserialize)]
pub(super) struct CreateDroplet {
    name: Option<String>,
    names: Option<Vec<String>>,
    region: Option<String>,
    size: Option<String>,
    image: Option<ImageReference>,
    tags: Option<Vec<String>>,
    user_data: Option<String>,
}

/// A slug or a number.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum ImageReference {
    Slug(String),
    Number(u64),
}

impl CreateDroplet {
    /// Whether the answer names one droplet or a list.
    pub(super) fn is_single(&self) -> bool {
        self.names.is_none()
    }

    /// One request per name. The first thing that is wrong is the one answered.
    pub(super) fn check(self) -> Result<Vec<MachineRequest>, Refusal> {
        let names = match (self.names, self.name) {
            (Some(names), None) => names,
            (None, Some(name)) => vec![name],
            _ => Vec::new(),
        };
        if names.is_empty() || names.iter().any(String::is_empty) {
            return Err(Refusal::unprocessable("Name can't be blank"));
        }
        if names.len() > NAMES {
            return Err(Refusal::unprocessable(format!("You can only create {NAMES} droplets at a time.")));
        }
        if !names.iter().all(|name| is_hostname(name)) {
            return Err(Refusal::unprocessable("Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)"));
        }
        let invalid =
            |what: &str| Refusal::unprocessable(format!("You specified an invalid {what} for Droplet creation."));
        // A region may be left out; the provider then chooses one.
        let region = self.region.unwrap_or_else(|| DIGITALOCEAN_REGIONS[0].id.to_owned());
        if !DIGITALOCEAN_REGIONS.iter().any(|known| known.id == region) {
            return Err(invalid("region"));
        }
        let size = self.size.unwrap_or_default();
        if !DIGITALOCEAN_SIZES.iter().any(|known| known.id == size) {
            return Err(invalid("size"));
        }
        let image = DIGITALOCEAN_IMAGES.iter().find(|known| match &self.image {
            Some(ImageReference::Slug(slug)) => known.id == slug,
            Some(ImageReference::Number(number)) => known.number == *number,
            None => false,
        });
        let image = image.ok_or_else(|| invalid("image"))?;
        let tags = self.tags.unwrap_or_default();
        if let Some(bad) = tags.iter().find(|tag| !tag_is_valid(tag)) {
            return Err(Refusal::unprocessable(format!("Tag {bad} contains invalid characters")));
        }
        if self.user_data.as_ref().is_some_and(|script| script.len() > USER_DATA) {
            return Err(Refusal::unprocessable("User data is too long, the maximum is 64 KiB"));
        }
        let request = |name: String| MachineRequest {
            provider: Provider::DigitalOcean,
            label: Some(name),
            tags: tags.clone(),
            region: region.clone(),
            size: size.clone(),
            image: Some(image.id.to_owned()),
            user_data: self.user_data.clone(),
            booted: true,
        };
        Ok(names.into_iter().map(request).collect())
    }
}

/// `^[a-zA-Z0-9]?[a-z0-9A-Z.\-]*[a-z0-9A-Z]$`, at most 255.
fn is_hostname(name: &str) -> bool {
    let edge = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric());
    name.len() <= 255
        && edge(name.chars().next())
        && edge(name.chars().last())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || ".-".contains(letter))
}

/// `^[a-zA-Z0-9_\-:]+$`, at most 255.
pub(super) fn tag_is_valid(tag: &str) -> bool {
    (1..=255).contains(&tag.len()) && tag.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-:".contains(letter))
}
