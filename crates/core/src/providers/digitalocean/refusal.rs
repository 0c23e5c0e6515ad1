//! DigitalOcean's error document: `{"id": …, "message": …}`, both required by its API description.

use serde::Deserialize;

use crate::providers::ProviderError;
use crate::providers::answer::{Wordings, recognise};

/// The wordings of a 422, and of a 404 where it is the image that is not found. DigitalOcean documents none of them;
/// these were seen in users' reports to `digitalocean/api-v2`, `inlets/inlets-operator`, `trailofbits/algo`,
/// `flynn-archive/flynn-demo` and `docker/machine`, and in `digitalocean/csi-digitalocean` ("Droplet already has a
/// pending event"). "Region is not available" is what a region answers whose creates are switched off because it is full.
const WORDINGS: &Wordings = &[
    ("exceed your droplet limit", ProviderError::AccountLimit),
    ("currently restricted", ProviderError::AccountLimit),
    ("pending event", ProviderError::Unavailable),
    ("region is not available", ProviderError::NoCapacity),
    ("size is unavailable", ProviderError::NoCapacity),
    ("currently unavailable", ProviderError::NoCapacity),
    ("capacity", ProviderError::NoCapacity),
    ("not available in", ProviderError::NotOffered),
    ("specified an invalid size", ProviderError::NotOffered),
    ("specified an invalid region", ProviderError::NotOffered),
    ("specified an invalid image", ProviderError::NotOffered),
];

#[derive(Deserialize)]
pub(super) struct Refusal {
    /// Not read, but a document without it is somebody else's: gateways of all kinds answer with a `message` alone.
    #[serde(rename = "id")]
    _id: String,
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn kind(&self) -> ProviderError {
        recognise(&self.message, WORDINGS).unwrap_or(ProviderError::Rejected)
    }
}
