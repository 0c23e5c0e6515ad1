//! DigitalOcean API v2 (<https://docs.digitalocean.com/reference/api/>).

mod droplet;
mod price;
mod refusal;
mod tag;

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Method, StatusCode};

use self::droplet::{DropletPage, NewDroplet, OneDroplet};
use self::refusal::Refusal;
use super::allowance::Allowances;
use super::answer::{Answer, Operation};
use super::listing::{Listing, MAX_PAGES};
use super::wire::{Wire, machine_number};
use super::{Allowance, Call, Lookup, Machine, MachineSpec, Provider, ProviderError};
use crate::config::SettingsError;
use crate::domain::placement::ProviderKind;
use crate::domain::price::SizePrices;
use crate::domain::secret::Secret;

const DROPLETS: &str = "/v2/droplets";
/// The largest page there is.
const PER_PAGE: usize = 200;

/// A DigitalOcean account.
pub struct DigitalOcean {
    wire: Wire,
    /// The tags that nothing carried when somebody looked last.
    unused_tags: Mutex<HashSet<String>>,
}

impl DigitalOcean {
    pub fn new(base_url: &str, token: Secret) -> Result<Self, SettingsError> {
        let wire = Wire::new(ProviderKind::DigitalOcean, base_url, token, Allowances::digitalocean())?;
        Ok(Self { wire, unused_tags: Mutex::default() })
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
            // 401: no such token; 403: it lacks a scope ("droplet:delete", say). Either way only an operator can help.
            401 | 403 => ProviderError::Unauthorized,
            408 => ProviderError::TimedOut,
            429 => ProviderError::RateLimited { retry_after: self.wire.retry_after(&answer) },
            // Without DigitalOcean's error document, something in front of the API answered.
            400..=499 => refusal.as_ref().map_or(ProviderError::Garbage, Refusal::kind),
            500..=599 => ProviderError::Unavailable,
            _ => ProviderError::Garbage,
        };
        let reason = refusal.map(|refusal| refusal.message).unwrap_or_default();
        Err(self.wire.refused(&answer, &reason, kind))
    }

    async fn machines(&self, operation: Operation, filter: (&str, &str)) -> Result<Vec<Machine>, ProviderError> {
        let mut listing = Listing::default();
        let mut page = 1;
        loop {
            let query = [filter, ("page", &page.to_string()), ("per_page", &PER_PAGE.to_string())];
            let request = self.wire.request(Method::GET, DROPLETS).query(&query);
            let answer = self.accept(self.wire.send(operation, request).await?)?;
            let list: DropletPage = self.wire.decode(&answer)?;
            if list.droplets.len() > PER_PAGE {
                return Err(self.wire.senseless(&answer, "this is not the page that was asked for"));
            }
            let has_next = list.has_next();
            let news = listing.add(list.droplets.into_iter().map(Machine::from));
            if !has_next {
                return Ok(listing.machines);
            }
            if !news || page == MAX_PAGES {
                return Err(self.wire.senseless(&answer, "there are more pages than are read"));
            }
            page += 1;
        }
    }
}

#[async_trait]
impl Provider for DigitalOcean {
    fn kind(&self) -> ProviderKind {
        ProviderKind::DigitalOcean
    }

    async fn create(&self, spec: &MachineSpec) -> Result<Machine, ProviderError> {
        let request = self.wire.post(DROPLETS).json(&NewDroplet::from(spec));
        let answer = self.accept(self.wire.send(Operation::Create, request).await?)?;
        let machine = Machine::from(self.wire.decode::<OneDroplet>(&answer)?.droplet);
        match machine.answers(spec) {
            true => Ok(machine),
            false => Err(self.wire.senseless(&answer, "this is not the machine that was asked for")),
        }
    }

    /// DigitalOcean compares names without regard to case; here they must be the very same.
    async fn find(&self, label: &str) -> Result<Vec<Machine>, ProviderError> {
        let mut machines = self.machines(Operation::Find, ("name", label)).await?;
        machines.retain(|machine| machine.label == label);
        Ok(machines)
    }

    async fn get(&self, id: &str) -> Result<Lookup, ProviderError> {
        let number = machine_number(id)?;
        let path = format!("{DROPLETS}/{number}");
        let answer = self.wire.send(Operation::Get, self.wire.request(Method::GET, &path)).await?;
        // A 404 that is not in DigitalOcean's own form proves a wrong address, not an absent droplet.
        if answer.status == StatusCode::NOT_FOUND && answer.error_document::<Refusal>().is_some() {
            return Ok(Lookup::Absent { evidence: format!("GET {path} answered 404") });
        }
        let answer = self.accept(answer)?;
        let droplet = self.wire.decode::<OneDroplet>(&answer)?.droplet;
        if droplet.id != number {
            return Err(self.wire.senseless(&answer, "this is not the machine that was asked for"));
        }
        Ok(Lookup::Exists(droplet.into()))
    }

    async fn delete(&self, id: &str) -> Result<(), ProviderError> {
        let path = format!("{DROPLETS}/{}", machine_number(id)?);
        let answer = self.wire.send(Operation::Delete, self.wire.request(Method::DELETE, &path)).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(());
        }
        self.accept(answer).map(drop)
    }

    /// Checks the tag again, for what is listed here may be deleted by whoever asked.
    async fn list(&self, tag: &str) -> Result<Vec<Machine>, ProviderError> {
        let mut machines = self.machines(Operation::List, ("tag_name", tag)).await?;
        machines.retain(|machine| machine.carries(tag));
        Ok(machines)
    }

    async fn unused_tags(&self, prefix: &str) -> Result<Vec<String>, ProviderError> {
        self.twice_unused(prefix).await
    }

    async fn delete_tag(&self, tag: &str) -> Result<(), ProviderError> {
        self.untag(tag).await
    }

    async fn prices(&self) -> Result<SizePrices, ProviderError> {
        self.size_prices().await
    }

    fn allowance(&self, call: Call) -> Option<Allowance> {
        self.wire.allowance(call)
    }
}
