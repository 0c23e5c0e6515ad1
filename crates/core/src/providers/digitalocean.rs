//! DigitalOcean API v2 (<https://docs.digitalocean.com/reference/api/>).

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize};

use super::wire::{Answer, MAX_PAGES, Wire, Wordings, machine_number, recognise};
use super::{Lookup, Machine, MachineSpec, MachineStatus, Provider, ProviderError};
use crate::config::SettingsError;
use crate::domain::placement::ProviderKind;
use crate::domain::secret::Secret;

const DROPLETS: &str = "/v2/droplets";
/// The largest page there is.
const PER_PAGE: &str = "200";

/// The wordings of a 422. DigitalOcean documents none of them; these were seen in users' reports to
/// `digitalocean/api-v2`, `inlets/inlets-operator`, `trailofbits/algo` and `docker/machine`, and in
/// `digitalocean/csi-digitalocean` ("Droplet already has a pending event"). "Region is not available" is what a region
/// answers whose creates are switched off because it is full.
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

/// A DigitalOcean account.
pub struct DigitalOcean {
    wire: Wire,
}

impl DigitalOcean {
    pub fn new(base_url: &str, token: Secret) -> Result<Self, SettingsError> {
        Ok(Self { wire: Wire::new(ProviderKind::DigitalOcean, base_url, token)? })
    }

    /// Other patience than the usual 20 s for a create and 10 s for any other call.
    #[must_use]
    pub fn with_timeouts(mut self, create: Duration, call: Duration) -> Self {
        self.wire.set_timeouts(create, call);
        self
    }

    /// The answer if it is a success, or else the kind of refusal it is.
    fn accept(&self, answer: Answer) -> Result<Answer, ProviderError> {
        if answer.status.is_success() {
            return Ok(answer);
        }
        let refusal: Option<Refusal> = answer.error_document();
        let kind = match answer.status.as_u16() {
            401 | 403 => ProviderError::Unauthorized,
            408 => ProviderError::TimedOut,
            429 => ProviderError::RateLimited { retry_after: answer.retry_after("ratelimit-reset") },
            // Without DigitalOcean's error document, something in front of the API answered.
            400..=499 => refusal.as_ref().map_or(ProviderError::Garbage, Refusal::kind),
            500..=599 => ProviderError::Unavailable,
            _ => ProviderError::Garbage,
        };
        let reason = refusal.map(|refusal| refusal.message).unwrap_or_default();
        Err(self.wire.refused(&answer, &reason, kind))
    }

    /// The pages are counted here: a `next` link is only ever read as "there is more", never followed.
    async fn machines(&self, operation: &'static str, filter: (&str, &str)) -> Result<Vec<Machine>, ProviderError> {
        let mut machines = Vec::new();
        for page in 1..=MAX_PAGES {
            let query = [filter, ("page", &page.to_string()), ("per_page", PER_PAGE)];
            let request = self.wire.request(Method::GET, DROPLETS).query(&query);
            let answer = self.accept(self.wire.send(operation, request).await?)?;
            let list: DropletPage = self.wire.decode(&answer)?;
            machines.extend(list.droplets.into_iter().map(Machine::from));
            if list.links.and_then(|links| links.pages).and_then(|pages| pages.next).is_none() {
                return Ok(machines);
            }
        }
        Err(self.wire.garbage(operation, StatusCode::OK, "there are more pages than are read"))
    }
}

#[async_trait]
impl Provider for DigitalOcean {
    fn kind(&self) -> ProviderKind {
        ProviderKind::DigitalOcean
    }

    async fn create(&self, spec: &MachineSpec) -> Result<Machine, ProviderError> {
        let request = self.wire.post(DROPLETS).json(&NewDroplet {
            name: &spec.label,
            region: &spec.placement.region,
            size: &spec.placement.size,
            image: Image::from(spec.placement.image.as_str()),
            tags: &spec.tags,
            user_data: &spec.user_data,
            monitoring: false,
            ipv6: false,
        });
        let answer = self.accept(self.wire.send("create", request).await?)?;
        self.wire.decode::<OneDroplet>(&answer).map(|one| one.droplet.into())
    }

    /// DigitalOcean compares names without regard to case; here they must be the very same.
    async fn find(&self, label: &str) -> Result<Vec<Machine>, ProviderError> {
        let mut machines = self.machines("find", ("name", label)).await?;
        machines.retain(|machine| machine.label == label);
        Ok(machines)
    }

    async fn get(&self, id: &str) -> Result<Lookup, ProviderError> {
        let path = format!("{DROPLETS}/{}", machine_number(id)?);
        let answer = self.wire.send("get", self.wire.request(Method::GET, &path)).await?;
        // A 404 that is not in DigitalOcean's own form proves a wrong address, not an absent droplet.
        if answer.status == StatusCode::NOT_FOUND && answer.error_document::<Refusal>().is_some() {
            return Ok(Lookup::Absent { evidence: format!("GET {path} answered 404") });
        }
        let one: OneDroplet = self.wire.decode(&self.accept(answer)?)?;
        Ok(Lookup::Exists(one.droplet.into()))
    }

    async fn delete(&self, id: &str) -> Result<(), ProviderError> {
        let path = format!("{DROPLETS}/{}", machine_number(id)?);
        let answer = self.wire.send("delete", self.wire.request(Method::DELETE, &path)).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(());
        }
        self.accept(answer).map(drop)
    }

    /// Checks the tag again, for what is listed here may be deleted by whoever asked. Tags differ by more than case.
    async fn list(&self, tag: &str) -> Result<Vec<Machine>, ProviderError> {
        let mut machines = self.machines("list", ("tag_name", tag)).await?;
        machines.retain(|machine| machine.tags.iter().any(|carried| carried.eq_ignore_ascii_case(tag)));
        Ok(machines)
    }
}

#[derive(Serialize)]
struct NewDroplet<'a> {
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

#[derive(Deserialize)]
struct OneDroplet {
    droplet: Droplet,
}

#[derive(Deserialize)]
struct DropletPage {
    droplets: Vec<Droplet>,
    links: Option<Links>,
}

#[derive(Deserialize)]
struct Links {
    pages: Option<Pages>,
}

#[derive(Deserialize)]
struct Pages {
    next: Option<String>,
}

#[derive(Deserialize)]
struct Droplet {
    id: u64,
    name: String,
    tags: Option<Vec<String>>,
    region: Option<Region>,
    networks: Option<Networks>,
    status: Option<String>,
    created_at: Option<String>,
}

#[derive(Deserialize)]
struct Region {
    slug: Option<String>,
}

#[derive(Deserialize)]
struct Networks {
    v4: Option<Vec<Network>>,
}

#[derive(Deserialize)]
struct Network {
    ip_address: Option<String>,
    r#type: Option<String>,
}

impl From<Droplet> for Machine {
    fn from(droplet: Droplet) -> Self {
        Self {
            provider: ProviderKind::DigitalOcean,
            id: droplet.id.to_string(),
            label: droplet.name,
            tags: droplet.tags.unwrap_or_default(),
            region: droplet.region.and_then(|region| region.slug).unwrap_or_default(),
            address: droplet.networks.and_then(|networks| public_address(&networks.v4?)),
            status: status(droplet.status.as_deref().unwrap_or_default()),
            created_at: droplet.created_at.and_then(|text| text.parse().ok()),
        }
    }
}

/// A new droplet has no address yet.
fn public_address(networks: &[Network]) -> Option<IpAddr> {
    let mut public = networks.iter().filter(|network| network.r#type.as_deref() == Some("public"));
    public.find_map(|network| network.ip_address.as_deref()?.parse::<Ipv4Addr>().ok()).map(IpAddr::V4)
}

fn status(text: &str) -> MachineStatus {
    match text {
        "active" => MachineStatus::Running,
        "off" | "archive" => MachineStatus::Off,
        // new, and what may be added
        _ => MachineStatus::Starting,
    }
}

#[derive(Deserialize)]
struct Refusal {
    message: String,
}

impl Refusal {
    fn kind(&self) -> ProviderError {
        recognise(&self.message, WORDINGS).unwrap_or(ProviderError::Rejected)
    }
}
