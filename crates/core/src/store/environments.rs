use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use futures::future::try_join_all;
use jiff::Timestamp;
use serde::Deserialize;

use super::item::{Item, failed, item_of, key_of, number, text, value_of};
use super::keys::{CLASS_INDEX, DUE_INDEX, PK};
use super::{Store, StoreError, keys};
use crate::domain::budget::Commitment;
use crate::domain::decision::due_at;
use crate::domain::environment::Environment;
use crate::domain::ids::{ClassId, EnvironmentId, MemberId};
use crate::domain::lifecycle::Phase;
use crate::domain::placement::ProviderKind;
use crate::domain::room::Tile;

/// Where a page of a class's environments ended. It names no class: that comes with each request, proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentCursor {
    member: MemberId,
    environment: EnvironmentId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a cursor that a page before gave")]
pub struct InvalidCursor;

impl std::str::FromStr for EnvironmentCursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let (member, environment) = text.split_once('.').ok_or(InvalidCursor)?;
        let member = member.parse().map_err(|_| InvalidCursor)?;
        Ok(Self { member, environment: environment.parse().map_err(|_| InvalidCursor)? })
    }
}

impl std::fmt::Display for EnvironmentCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.member, self.environment)
    }
}

/// An environment that somebody must look at, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub id: EnvironmentId,
    pub at: Timestamp,
    /// The machine it had when the index was written, a moment ago at most.
    pub machine: Option<(ProviderKind, String)>,
    /// Whether that machine's address is still to be learnt.
    pub unaddressed: bool,
}

/// The attribute that the index `class` projects: the environment without its secrets, which nobody needs who lists.
const LISTED: &str = "listed";

/// The item: the environment and the attributes of the three indexes.
pub(super) fn environment_item(environment: &Environment, now: Timestamp) -> Result<Item, StoreError> {
    let mut item = item_of(&keys::environment(&environment.id), environment)?;
    let listed = serde_dynamo::to_attribute_value(Environment { secrets: None, ..environment.clone() });
    item.insert(LISTED.to_owned(), listed.map_err(StoreError::Unstorable)?);
    item.insert("class_pk".to_owned(), text(keys::class_partition(&environment.class_id)));
    item.insert("class_sk".to_owned(), text(keys::member_environment(&environment.member_id, &environment.id)));
    if let Some(micro_usd) = environment.commitment() {
        item.insert("committed".to_owned(), number(micro_usd));
    }
    if !environment.superseded {
        item.insert("room_pk".to_owned(), text(keys::class_partition(&environment.class_id)));
        item.insert("room_sk".to_owned(), text(keys::member_environment(&environment.member_id, &environment.id)));
        let tile = serde_dynamo::to_attribute_value(Tile::of(environment)).map_err(StoreError::Unstorable)?;
        item.insert("room".to_owned(), tile);
    }
    if let Some(at) = due_at(environment, now) {
        item.insert("due_shard".to_owned(), text(keys::due_shard(&environment.id)));
        item.insert("due_at".to_owned(), number(at.as_millisecond()));
        if let Some(machine) = environment.phase.machine() {
            item.insert("machine".to_owned(), text(format!("{}:{}", machine.provider, machine.id)));
        }
        if matches!(&environment.phase, Phase::Booting { machine, .. } if machine.address.is_none()) {
            item.insert("unaddressed".to_owned(), AttributeValue::Bool(true));
        }
    }
    Ok(item)
}

/// The environment in a row of the index `class`.
pub(super) fn listed_environment(mut row: Item) -> Result<Environment, StoreError> {
    let Some(listed) = row.remove(LISTED) else { return value_of(row) };
    let pk = row.get(PK).and_then(|pk| pk.as_s().ok()).cloned().unwrap_or_default();
    serde_dynamo::from_attribute_value(listed).map_err(|source| StoreError::Malformed { pk, source })
}

impl Store {
    pub async fn environment(&self, id: &EnvironmentId) -> Result<Option<Environment>, StoreError> {
        self.read(&keys::environment(id)).await
    }

    /// The member's own environment; anybody else's is as absent as one that never was.
    pub async fn environment_of(
        &self,
        member: &MemberId,
        id: &EnvironmentId,
    ) -> Result<Option<Environment>, StoreError> {
        let environment = self.environment(id).await?;
        Ok(environment.filter(|environment| environment.member_id == *member))
    }

    /// A member's environments, the newest first, at most `limit`; without their secrets.
    pub async fn environments_of(
        &self,
        class: &ClassId,
        member: &MemberId,
        limit: i32,
    ) -> Result<Vec<Environment>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(CLASS_INDEX)
            .key_condition_expression("class_pk = :class AND begins_with(class_sk, :member)")
            .expression_attribute_values(":class", text(keys::class_partition(class)))
            .expression_attribute_values(":member", text(keys::member_environments(member)))
            .scan_index_forward(false)
            .limit(limit)
            .send()
            .await
            .map_err(failed("Query"))?;
        answer.items.unwrap_or_default().into_iter().map(listed_environment).collect()
    }

    /// A class's environments, by member and age, at most `limit` after `from`, without their secrets; and where the next
    /// page begins.
    pub async fn environments_of_class(
        &self,
        class: &ClassId,
        from: Option<&EnvironmentCursor>,
        limit: i32,
    ) -> Result<(Vec<Environment>, Option<EnvironmentCursor>), StoreError> {
        let partition = keys::class_partition(class);
        let start = from.map(|from| {
            let mut key = key_of(&keys::environment(&from.environment));
            key.insert("class_pk".to_owned(), text(&partition));
            key.insert("class_sk".to_owned(), text(keys::member_environment(&from.member, &from.environment)));
            key
        });
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(CLASS_INDEX)
            .key_condition_expression("class_pk = :class")
            .expression_attribute_values(":class", text(&partition))
            .set_exclusive_start_key(start)
            .limit(limit)
            .send()
            .await
            .map_err(failed("Query"))?;
        let more = answer.last_evaluated_key.is_some();
        let environments: Vec<Environment> =
            answer.items.unwrap_or_default().into_iter().map(listed_environment).collect::<Result<_, _>>()?;
        let last = environments.last().filter(|_| more);
        let next = last.map(|last| EnvironmentCursor { member: last.member_id.clone(), environment: last.id.clone() });
        Ok((environments, next))
    }

    /// What each of a class's environments costs, or may cost at most, where its class had a budget; as it was a moment ago.
    pub async fn commitments(&self, class: &ClassId) -> Result<Vec<Commitment>, StoreError> {
        #[derive(Deserialize)]
        struct Row {
            requested_at: Timestamp,
            #[serde(default)]
            committed: i64,
        }
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(CLASS_INDEX)
            .key_condition_expression("class_pk = :class")
            .projection_expression("pk, requested_at, committed")
            .expression_attribute_values(":class", text(keys::class_partition(class)))
            .into_paginator()
            .items()
            .send();
        let mut found = Vec::new();
        while let Some(item) = pages.next().await {
            let row: Row = value_of(item.map_err(failed("Query"))?)?;
            found.push(Commitment { requested_at: row.requested_at, micro_usd: row.committed });
        }
        Ok(found)
    }

    /// What is due by `now`, the longest overdue first, at most `limit` of each shard.
    pub async fn due(&self, now: Timestamp, limit: i32) -> Result<Vec<Due>, StoreError> {
        let shards = try_join_all(keys::due_shards().map(|shard| self.due_of_shard(shard, now, limit))).await?;
        let mut due: Vec<Due> = shards.into_iter().flatten().collect();
        due.sort_by_key(|due| due.at);
        Ok(due)
    }

    async fn due_of_shard(&self, shard: String, now: Timestamp, limit: i32) -> Result<Vec<Due>, StoreError> {
        let mut found = Vec::new();
        let mut from: Option<HashMap<String, AttributeValue>> = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.table)
                .index_name(DUE_INDEX)
                .key_condition_expression("due_shard = :shard AND due_at <= :now")
                .expression_attribute_values(":shard", text(&shard))
                .expression_attribute_values(":now", number(now.as_millisecond()))
                .limit(limit)
                .set_exclusive_start_key(from.take())
                .send()
                .await
                .map_err(failed("Query"))?;
            for item in answer.items.unwrap_or_default() {
                match value_of::<DueRow>(item) {
                    Ok(row) => {
                        let at = Timestamp::from_millisecond(row.due_at).unwrap_or(now);
                        let machine = row.machine.as_deref().and_then(machine_of);
                        found.push(Due { id: row.pk, at, machine, unaddressed: row.unaddressed });
                    }
                    // One damaged row must not hide all the others.
                    Err(error) => tracing::error!(%error, "a row of the due index cannot be read"),
                }
            }
            from = answer.last_evaluated_key;
            if from.is_none() || i32::try_from(found.len()).is_ok_and(|count| count >= limit) {
                return Ok(found);
            }
        }
    }
}

/// What the `due` index projects.
#[derive(Deserialize)]
struct DueRow {
    pk: EnvironmentId,
    due_at: i64,
    #[serde(default)]
    machine: Option<String>,
    #[serde(default)]
    unaddressed: bool,
}

fn machine_of(text: &str) -> Option<(ProviderKind, String)> {
    let (provider, id) = text.split_once(':')?;
    let provider = ProviderKind::ALL.into_iter().find(|kind| kind.as_str() == provider)?;
    Some((provider, id.to_owned()))
}
