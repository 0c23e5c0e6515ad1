//! Linode API v4 (<https://techdocs.akamai.com/linode-api/reference>).

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rand::distr::{Alphanumeric, SampleString as _};
use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::wire::{Answer, MAX_PAGES, Wire, Wordings, machine_number, recognise};
use super::{Lookup, Machine, MachineSpec, MachineStatus, Provider, ProviderError};
use crate::config::SettingsError;
use crate::domain::placement::ProviderKind;
use crate::domain::secret::Secret;

const INSTANCES: &str = "/v4/linode/instances";
/// The largest page there is.
const PAGE_SIZE: u32 = 500;

/// The wordings of a 400. Linode documents none of them; these were seen:
/// * label: `linode/cluster-api-provider-linode` and its tests ("Label must be unique among your linodes");
/// * limits: Linode's guide "Understanding common Cloud Manager errors" ("Account Limit Reached. Please open a support
///   ticket.") and users' reports ("You've reached a limit for the number of active services on your account.");
/// * busy: the retry conditions of `linode/linodego` ("Linode busy.");
/// * capacity: "No open slots for this plan!" of the API before this one; the others are how a shortage is usually put.
///
/// Anything else that blames the region, type or image (as in the tests of `linode/linode_api4-python`: "A valid plan
/// type by that ID was not found", "region is not valid") means that the placement is not offered.
const WORDINGS: &Wordings = &[
    ("label must be unique", ProviderError::LabelInUse),
    ("account limit reached", ProviderError::AccountLimit),
    ("reached a limit", ProviderError::AccountLimit),
    ("linode busy", ProviderError::Unavailable),
    ("no open slots", ProviderError::NoCapacity),
    ("capacity", ProviderError::NoCapacity),
    ("sold out", ProviderError::NoCapacity),
    ("currently unavailable", ProviderError::NoCapacity),
    ("temporarily unavailable", ProviderError::NoCapacity),
];

/// A Linode account.
pub struct Linode {
    wire: Wire,
}

impl Linode {
    pub fn new(base_url: &str, token: Secret) -> Result<Self, SettingsError> {
        Ok(Self { wire: Wire::new(ProviderKind::Linode, base_url, token)? })
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
            // "Please try again": answered under load, sometimes after the machine was made.
            408 => ProviderError::TimedOut,
            429 => ProviderError::RateLimited { retry_after: answer.retry_after("x-ratelimit-reset") },
            // Without Linode's error document, something in front of the API answered.
            400..=499 => refusal.as_ref().map_or(ProviderError::Garbage, Refusal::kind),
            500..=599 => ProviderError::Unavailable,
            _ => ProviderError::Garbage,
        };
        let reason = refusal.map(|refusal| refusal.reason()).unwrap_or_default();
        Err(self.wire.refused(&answer, &reason, kind))
    }

    async fn machines(
        &self,
        operation: &'static str,
        filter: &serde_json::Value,
    ) -> Result<Vec<Machine>, ProviderError> {
        let mut machines = Vec::new();
        for page in 1..=MAX_PAGES {
            let request = self
                .wire
                .request(Method::GET, INSTANCES)
                .header("X-Filter", filter.to_string())
                .query(&[("page", page), ("page_size", PAGE_SIZE)]);
            let answer = self.accept(self.wire.send(operation, request).await?)?;
            let list: InstancePage = self.wire.decode(&answer)?;
            machines.extend(list.data.into_iter().map(Machine::from));
            if page >= list.pages {
                return Ok(machines);
            }
        }
        Err(self.wire.garbage(operation, StatusCode::OK, "there are more pages than are read"))
    }
}

#[async_trait]
impl Provider for Linode {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Linode
    }

    async fn create(&self, spec: &MachineSpec) -> Result<Machine, ProviderError> {
        let request = self.wire.post(INSTANCES).json(&NewInstance {
            label: &spec.label,
            region: &spec.placement.region,
            r#type: &spec.placement.size,
            image: &spec.placement.image,
            tags: &spec.tags,
            root_pass: root_password(),
            booted: true,
            metadata: Metadata { user_data: BASE64_STANDARD.encode(&spec.user_data) },
        });
        let answer = self.accept(self.wire.send("create", request).await?)?;
        self.wire.decode::<Instance>(&answer).map(Machine::from)
    }

    async fn find(&self, label: &str) -> Result<Vec<Machine>, ProviderError> {
        let mut machines = self.machines("find", &json!({ "label": label })).await?;
        machines.retain(|machine| machine.label == label);
        Ok(machines)
    }

    async fn get(&self, id: &str) -> Result<Lookup, ProviderError> {
        let path = format!("{INSTANCES}/{}", machine_number(id)?);
        let answer = self.wire.send("get", self.wire.request(Method::GET, &path)).await?;
        // A 404 that is not in Linode's own form proves a wrong address, not an absent machine.
        if answer.status == StatusCode::NOT_FOUND && answer.error_document::<Refusal>().is_some() {
            return Ok(Lookup::Absent { evidence: format!("GET {path} answered 404") });
        }
        let instance: Instance = self.wire.decode(&self.accept(answer)?)?;
        Ok(Lookup::Exists(instance.into()))
    }

    async fn delete(&self, id: &str) -> Result<(), ProviderError> {
        let path = format!("{INSTANCES}/{}", machine_number(id)?);
        let answer = self.wire.send("delete", self.wire.request(Method::DELETE, &path)).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(());
        }
        self.accept(answer).map(drop)
    }

    /// Checks the tag again, for what is listed here may be deleted by whoever asked.
    async fn list(&self, tag: &str) -> Result<Vec<Machine>, ProviderError> {
        let mut machines = self.machines("list", &json!({ "tags": tag })).await?;
        machines.retain(|machine| machine.tags.iter().any(|carried| carried == tag));
        Ok(machines)
    }
}

/// Linode insists on a root password. Nobody shall know this one; 40 characters of 62 kinds are 238 random bits, and
/// the end holds every class of character that the strength check may want to see.
fn root_password() -> Secret {
    format!("{}-aA1", Alphanumeric.sample_string(&mut rand::rng(), 40)).into()
}

#[derive(Serialize)]
struct NewInstance<'a> {
    label: &'a str,
    region: &'a str,
    r#type: &'a str,
    image: &'a str,
    tags: &'a [String],
    root_pass: Secret,
    booted: bool,
    metadata: Metadata,
}

#[derive(Serialize)]
struct Metadata {
    user_data: String,
}

#[derive(Deserialize)]
struct InstancePage {
    data: Vec<Instance>,
    pages: u32,
}

#[derive(Deserialize)]
struct Instance {
    id: u64,
    label: String,
    #[serde(default)]
    region: String,
    tags: Option<Vec<String>>,
    ipv4: Option<Vec<String>>,
    status: Option<String>,
    created: Option<String>,
}

impl From<Instance> for Machine {
    fn from(instance: Instance) -> Self {
        Self {
            provider: ProviderKind::Linode,
            id: instance.id.to_string(),
            label: instance.label,
            tags: instance.tags.unwrap_or_default(),
            region: instance.region,
            address: public_address(instance.ipv4.as_deref().unwrap_or_default()),
            status: status(instance.status.as_deref().unwrap_or_default()),
            created_at: instance.created.as_deref().and_then(timestamp),
        }
    }
}

/// Linode lists a machine's private address beside the public one, in no promised order.
fn public_address(addresses: &[String]) -> Option<IpAddr> {
    let addresses = addresses.iter().filter_map(|text| text.parse::<Ipv4Addr>().ok());
    addresses.into_iter().find(|address| !address.is_private() && !address.is_unspecified()).map(IpAddr::V4)
}

fn status(text: &str) -> MachineStatus {
    match text {
        "running" => MachineStatus::Running,
        "offline" | "stopped" | "shutting_down" | "billing_suspension" => MachineStatus::Off,
        "deleting" => MachineStatus::Deleting,
        // provisioning, booting, busy, rebooting, rebuilding, migrating, cloning, restoring, and what may be added
        _ => MachineStatus::Starting,
    }
}

/// Linode writes UTC without saying so.
fn timestamp(text: &str) -> Option<Timestamp> {
    let zoned = text.parse::<Timestamp>().ok();
    zoned.or_else(|| TimeZone::UTC.to_timestamp(text.parse::<DateTime>().ok()?).ok())
}

#[derive(Deserialize)]
struct Refusal {
    errors: Vec<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    reason: String,
    field: Option<String>,
}

impl Refusal {
    fn kind(&self) -> ProviderError {
        let placement = |fault: &Fault| matches!(fault.field.as_deref(), Some("region" | "type" | "image"));
        recognise(&self.reason(), WORDINGS).unwrap_or_else(|| match self.errors.iter().any(placement) {
            true => ProviderError::NotOffered,
            false => ProviderError::Rejected,
        })
    }

    fn reason(&self) -> String {
        let reasons = self.errors.iter().map(|fault| match &fault.field {
            Some(field) => format!("{field}: {}", fault.reason),
            None => fault.reason.clone(),
        });
        reasons.collect::<Vec<_>>().join("; ")
    }
}
