//! Linode API v4 (<https://techdocs.akamai.com/linode-api/reference>).

mod instance;
mod price;
mod refusal;

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use self::instance::{Instance, InstancePage, NewInstance};
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

const INSTANCES: &str = "/v4/linode/instances";
/// The largest page there is.
const PAGE_SIZE: usize = 500;

/// A Linode account.
pub struct Linode {
    wire: Wire,
}

impl Linode {
    pub fn new(base_url: &str, token: Secret) -> Result<Self, SettingsError> {
        Ok(Self { wire: Wire::new(ProviderKind::Linode, base_url, token, Allowances::linode())? })
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
            // 401: no such token; 403: it lacks a scope, or its user a grant. Either way only an operator can help.
            401 | 403 => ProviderError::Unauthorized,
            // "Please try again": answered under load, sometimes after the machine was made.
            408 => ProviderError::TimedOut,
            429 => ProviderError::RateLimited { retry_after: self.wire.retry_after(&answer) },
            // Without Linode's error document, something in front of the API answered.
            400..=499 => refusal.as_ref().map_or(ProviderError::Garbage, Refusal::kind),
            500..=599 => ProviderError::Unavailable,
            _ => ProviderError::Garbage,
        };
        let reason = refusal.map(|refusal| refusal.reason()).unwrap_or_default();
        Err(self.wire.refused(&answer, &reason, kind))
    }

    async fn machines(&self, operation: Operation, filter: &Value) -> Result<Vec<Machine>, ProviderError> {
        let mut listing = Listing::default();
        let mut page = 1;
        loop {
            let request = self
                .wire
                .request(Method::GET, INSTANCES)
                .header("X-Filter", filter.to_string())
                .query(&[("page", page.to_string()), ("page_size", PAGE_SIZE.to_string())]);
            let answer = self.accept(self.wire.send(operation, request).await?)?;
            let list: InstancePage = self.wire.decode(&answer)?;
            if list.page != page || list.data.len() > PAGE_SIZE {
                return Err(self.wire.senseless(&answer, "this is not the page that was asked for"));
            }
            let news = listing.add(list.data.into_iter().map(Machine::from));
            if page >= list.pages {
                return Ok(listing.machines);
            }
            if !news || list.pages > MAX_PAGES {
                return Err(self.wire.senseless(&answer, "there are more pages than are read"));
            }
            page += 1;
        }
    }
}

#[async_trait]
impl Provider for Linode {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Linode
    }

    async fn create(&self, spec: &MachineSpec) -> Result<Machine, ProviderError> {
        let request = self.wire.post(INSTANCES).json(&NewInstance::from(spec));
        let answer = self.accept(self.wire.send(Operation::Create, request).await?)?;
        let machine = Machine::from(self.wire.decode::<Instance>(&answer)?);
        match machine.answers(spec) {
            true => Ok(machine),
            false => Err(self.wire.senseless(&answer, "this is not the machine that was asked for")),
        }
    }

    async fn find(&self, label: &str) -> Result<Vec<Machine>, ProviderError> {
        let mut machines = self.machines(Operation::Find, &json!({ "label": label })).await?;
        machines.retain(|machine| machine.label == label);
        Ok(machines)
    }

    async fn get(&self, id: &str) -> Result<Lookup, ProviderError> {
        let number = machine_number(id)?;
        let path = format!("{INSTANCES}/{number}");
        let answer = self.wire.send(Operation::Get, self.wire.request(Method::GET, &path)).await?;
        // A 404 that is not in Linode's own form proves a wrong address, not an absent machine.
        if answer.status == StatusCode::NOT_FOUND && answer.error_document::<Refusal>().is_some() {
            return Ok(Lookup::Absent { evidence: format!("GET {path} answered 404") });
        }
        let answer = self.accept(answer)?;
        let instance: Instance = self.wire.decode(&answer)?;
        if instance.id != number {
            return Err(self.wire.senseless(&answer, "this is not the machine that was asked for"));
        }
        Ok(Lookup::Exists(instance.into()))
    }

    async fn delete(&self, id: &str) -> Result<(), ProviderError> {
        let path = format!("{INSTANCES}/{}", machine_number(id)?);
        let answer = self.wire.send(Operation::Delete, self.wire.request(Method::DELETE, &path)).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(());
        }
        self.accept(answer).map(drop)
    }

    /// Checks the tag again, for what is listed here may be deleted by whoever asked.
    async fn list(&self, tag: &str) -> Result<Vec<Machine>, ProviderError> {
        let mut machines = self.machines(Operation::List, &json!({ "tags": tag })).await?;
        machines.retain(|machine| machine.carries(tag));
        Ok(machines)
    }

    async fn prices(&self) -> Result<SizePrices, ProviderError> {
        self.size_prices().await
    }

    fn allowance(&self, call: Call) -> Option<Allowance> {
        self.wire.allowance(call)
    }
}
