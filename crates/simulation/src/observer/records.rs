//! What the table's raw items say, write by write: no-false-receipt.

use std::collections::BTreeSet;

use brihaspati_core::domain::environment::Environment;
use brihaspati_core::domain::lifecycle::Phase;
use brihaspati_core::domain::receipt::ResourceKind;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{Invariant, Known, Observer};
use crate::aws::Table;
use crate::cloud::Clouds;

impl Observer {
    /// Takes in what was written since the last look.
    pub(super) fn read_records(&mut self, table: &mut Table, clouds: &Clouds, now: Timestamp) -> Vec<String> {
        let mut news = Vec::new();
        for key in table.take_changed() {
            let Some(item) = table.item(&key).filter(|_| key.1 == "ENVIRONMENT") else { continue };
            let raw = Value::Object(item.clone()).to_string();
            let plain: Map<String, Value> = item.iter().map(|(name, value)| (name.clone(), plain(value))).collect();
            match serde_json::from_value::<Environment>(Value::Object(plain)) {
                Ok(environment) => news.push(self.read(environment, &raw, clouds, now)),
                Err(error) => self.violated(Invariant::Faithful, format!("{} cannot be read: {error}", key.0)),
            }
        }
        news
    }

    fn read(&mut self, environment: Environment, raw: &str, clouds: &Clouds, now: Timestamp) -> String {
        let id = environment.id.to_string();
        let settled = environment.phase.is_end() || (environment.is_wanted() && is_ready(&environment));
        let news = format!("{id} is {} (revision {})", described(&environment), environment.revision);
        let known = self.environments.entry(id.clone()).or_insert_with(|| Known {
            environment: environment.clone(),
            secrets: BTreeSet::new(),
            unsettled_since: None,
            was_ready: false,
        });
        if let Some(secrets) = &environment.secrets {
            let all = [&secrets.access, &secrets.machine_token, &secrets.viewer].into_iter().chain(&secrets.boot_token);
            known.secrets.extend(all.map(|secret| secret.expose().to_owned()));
        }
        known.unsettled_since = if settled { None } else { known.unsettled_since.or(Some(now)) };
        known.was_ready |= is_ready(&environment);
        known.environment = environment;
        let known = &*known;
        let falsehood = known.environment.phase.is_end().then(|| falsehood(known, raw, clouds)).flatten();
        if let Some(what) = falsehood {
            self.violated(Invariant::NoFalseReceipt, what);
        }
        self.check_twins(&id);
        news
    }
}

impl Observer {
    /// However often Play is pressed, a member has one environment of a lab.
    fn check_twins(&mut self, id: &str) {
        let Some(one) = self.environments.get(id).map(|known| &known.environment) else { return };
        let lives = |environment: &Environment| !environment.phase.is_end() && environment.gave_up.is_none();
        let twin = self.environments.values().map(|known| &known.environment).find(|other| {
            other.id != one.id && other.member_id == one.member_id && other.lab == one.lab && lives(other) && lives(one)
        });
        if let Some(twin) = twin {
            let what = format!("{} and {} are the same member's, of the same lab", one.id, twin.id);
            self.violated(Invariant::NoDouble, what);
        }
    }
}

fn is_ready(environment: &Environment) -> bool {
    matches!(environment.phase, Phase::Ready { .. })
}

fn described(environment: &Environment) -> String {
    let wanted = if environment.is_wanted() { "" } else { ", unwanted" };
    let phase = match &environment.phase {
        Phase::Creating { attempt, .. } => format!("creating, attempt {}", attempt.number),
        Phase::Booting { machine, .. } => format!("booting {} {}", machine.provider, machine.id),
        Phase::Deleting { machine, tries, .. } => format!("deleting {} {}, try {tries}", machine.provider, machine.id),
        Phase::Failed { failure, .. } => format!("failed: {}", failure.code),
        other => format!("{:?}", other.status()).to_lowercase(),
    };
    format!("{phase}{wanted}")
}

/// What is wrong with an end, if anything is.
fn falsehood(known: &Known, raw: &str, clouds: &Clouds) -> Option<String> {
    let environment = &known.environment;
    let id = environment.id.as_str();
    let (Phase::Gone { receipt } | Phase::Failed { receipt, .. }) = &environment.phase else { return None };
    if known.secrets.iter().any(|secret| raw.contains(secret)) {
        return Some(format!("{id} has ended and its item still holds a secret"));
    }
    let listed: BTreeSet<(String, &str)> = receipt
        .resources
        .iter()
        .filter(|resource| resource.kind == ResourceKind::Machine)
        .map(|resource| (resource.provider.to_string(), resource.id.as_str()))
        .collect();
    let mut own = BTreeSet::new();
    for machine in clouds.machines().filter(|machine| machine.orders.environment == id) {
        let key = (machine.provider.to_string(), machine.id.as_str());
        if machine.exists() && machine.in_time {
            return Some(format!("{id} has ended and its machine {} exists", machine.label));
        }
        // One that others destroyed before anybody here knew its id cannot be listed, nor one that came much too late.
        if !listed.contains(&key) && !machine.destroyed && machine.in_time {
            return Some(format!("the receipt of {id} does not list its machine {}", machine.label));
        }
        own.insert(key);
    }
    let foreign = listed.iter().find(|key| !own.contains(*key));
    foreign.map(|(_, machine)| format!("the receipt of {id} lists {machine}, which was never its machine"))
}

/// DynamoDB's typed JSON as plain JSON.
fn plain(value: &Value) -> Value {
    let Some((kind, inner)) = value.as_object().and_then(|object| object.iter().next()) else { return Value::Null };
    match (kind.as_str(), inner) {
        ("S" | "BOOL", inner) => inner.clone(),
        ("N", Value::String(number)) => serde_json::from_str(number).unwrap_or_default(),
        ("L", Value::Array(items)) => items.iter().map(plain).collect(),
        ("M", Value::Object(fields)) => {
            Value::Object(fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect())
        }
        _ => Value::Null,
    }
}
