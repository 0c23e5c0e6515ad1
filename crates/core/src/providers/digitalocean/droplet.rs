//! A droplet as it is asked for and answered.

use std::num::NonZeroU64;

use serde::{Deserialize, Serialize};

use crate::domain::placement::ProviderKind;
use crate::providers::machine::{Machine, MachineSpec, MachineStatus, Name, creation_time, public_address};

#[derive(Serialize)]
pub(super) struct NewDroplet<'a> {
    name: &'a str,
    region: &'a str,
    size: &'a str,
    image: Image<'a>,
    tags: &'a [String],
    user_data: &'a str,
    monitoring: bool,
    ipv6: bool,
}

/// Public images have a slug, an account's own ones only a number, which the API wants as a number.
#[derive(Serialize)]
#[serde(untagged)]
enum Image<'a> {
    Number(u64),
    Slug(&'a str),
}

impl<'a> From<&'a str> for Image<'a> {
    fn from(text: &'a str) -> Self {
        text.parse().map_or(Self::Slug(text), Self::Number)
    }
}

impl<'a> From<&'a MachineSpec> for NewDroplet<'a> {
    fn from(spec: &'a MachineSpec) -> Self {
        Self {
            name: &spec.label,
            region: &spec.placement.region,
            size: &spec.placement.size,
            image: Image::from(spec.placement.image.as_str()),
            tags: &spec.tags,
            user_data: &spec.user_data,
            monitoring: false,
            ipv6: false,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct OneDroplet {
    pub(super) droplet: Droplet,
}

#[derive(Deserialize)]
pub(super) struct DropletPage {
    pub(super) droplets: Vec<Droplet>,
    links: Option<Links>,
}

#[derive(Deserialize)]
pub(super) struct Links {
    pages: Option<Pages>,
}

#[derive(Deserialize)]
struct Pages {
    next: Option<String>,
}

impl Links {
    /// A `next` link is only ever read as "there is more", never followed.
    pub(super) fn has_next(links: Option<&Self>) -> bool {
        links.and_then(|links| links.pages.as_ref()?.next.as_ref()).is_some()
    }
}

impl DropletPage {
    pub(super) fn has_next(&self) -> bool {
        Links::has_next(self.links.as_ref())
    }
}

#[derive(Deserialize)]
pub(super) struct Droplet {
    pub(super) id: NonZeroU64,
    name: Name,
    tags: Option<Vec<Name>>,
    region: Option<Region>,
    networks: Option<Networks>,
    status: Option<String>,
    created_at: Option<String>,
}

#[derive(Deserialize)]
struct Region {
    slug: Option<Name>,
}

#[derive(Default, Deserialize)]
struct Networks {
    v4: Option<Vec<Network>>,
}

#[derive(Deserialize)]
struct Network {
    ip_address: Option<String>,
    r#type: Option<String>,
}

impl From<Droplet> for Machine {
    /// A new droplet has no address yet.
    fn from(droplet: Droplet) -> Self {
        let networks = droplet.networks.unwrap_or_default().v4.unwrap_or_default();
        let public = networks.iter().filter(|network| network.r#type.as_deref() == Some("public"));
        Self {
            provider: ProviderKind::DigitalOcean,
            id: droplet.id.to_string(),
            label: droplet.name.into(),
            tags: droplet.tags.unwrap_or_default().into_iter().map(String::from).collect(),
            region: droplet.region.and_then(|region| region.slug).unwrap_or_default().into(),
            address: public_address(public.filter_map(|network| network.ip_address.as_deref())),
            status: status(droplet.status.as_deref().unwrap_or_default()),
            created_at: droplet.created_at.as_deref().and_then(creation_time),
        }
    }
}

fn status(text: &str) -> MachineStatus {
    match text {
        "active" => MachineStatus::Running,
        "off" | "archive" => MachineStatus::Off,
        // new, and what may be added
        _ => MachineStatus::Starting,
    }
}
