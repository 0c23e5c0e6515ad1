//! Items to values and back, and the few calls all entities share.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::keys::{Key, PK, SK};
use super::{Store, StoreError};

pub(super) type Item = HashMap<String, AttributeValue>;

pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(super) fn number<N: Into<i128>>(value: N) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}

pub(super) fn key_of(key: &Key) -> Item {
    HashMap::from([(PK.to_owned(), text(&key.pk)), (SK.to_owned(), text(&key.sk))])
}

pub(super) fn is_at(item: &Item, key: &Key) -> bool {
    key_of(key).iter().all(|(name, value)| item.get(name) == Some(value))
}

/// The value as an item under `key`.
pub(super) fn item_of(key: &Key, value: &impl Serialize) -> Result<Item, StoreError> {
    let item: serde_dynamo::Item = serde_dynamo::to_item(value).map_err(StoreError::Unstorable)?;
    let mut item: Item = item.into();
    item.extend(key_of(key));
    Ok(item)
}

pub(super) fn value_of<T: DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    let pk = item.get(PK).and_then(|pk| pk.as_s().ok()).cloned().unwrap_or_default();
    serde_dynamo::from_item(item).map_err(|source| StoreError::Malformed { pk, source })
}

/// A put that creates: it fails where the key exists.
pub(super) fn create(table: &str, item: Item) -> Result<TransactWriteItem, StoreError> {
    let put =
        Put::builder().table_name(table).set_item(Some(item)).condition_expression("attribute_not_exists(pk)").build();
    put.map(|put| TransactWriteItem::builder().put(put).build())
        .map_err(|source| StoreError::Unavailable { operation: "building a put", source: source.into() })
}

/// A put over the revision that was read: it fails where somebody wrote in between.
pub(super) fn over(table: &str, item: Item, read: u64) -> Result<TransactWriteItem, StoreError> {
    let put = Put::builder()
        .table_name(table)
        .set_item(Some(item))
        .condition_expression("revision = :read")
        .expression_attribute_values(":read", number(read))
        .build();
    put.map(|put| TransactWriteItem::builder().put(put).build())
        .map_err(|source| StoreError::Unavailable { operation: "building a put", source: source.into() })
}

/// A put, whatever was there.
pub(super) fn set(table: &str, item: Item) -> Result<TransactWriteItem, StoreError> {
    let put = Put::builder().table_name(table).set_item(Some(item)).build();
    put.map(|put| TransactWriteItem::builder().put(put).build())
        .map_err(|source| StoreError::Unavailable { operation: "building a put", source: source.into() })
}

pub(super) fn remove(table: &str, key: &Key) -> Result<TransactWriteItem, StoreError> {
    let delete = Delete::builder().table_name(table).set_key(Some(key_of(key))).build();
    delete
        .map(|delete| TransactWriteItem::builder().delete(delete).build())
        .map_err(|source| StoreError::Unavailable { operation: "building a delete", source: source.into() })
}

pub(super) fn failed<E, R>(operation: &'static str) -> impl FnOnce(SdkError<E, R>) -> StoreError
where
    E: std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    move |error| StoreError::Unavailable { operation, source: Box::new(error) }
}

/// Whether the write's condition held.
pub(super) fn conditional<T, E, R>(outcome: Result<T, SdkError<E, R>>) -> Result<Option<T>, StoreError>
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match outcome {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(None),
        Err(error) => Err(failed("a conditional write")(error)),
    }
}

/// Why a transaction was cancelled: a condition that does not hold is another answer than a moment's contention.
fn cancelled(error: SdkError<TransactWriteItemsError, impl std::fmt::Debug + Send + Sync + 'static>) -> StoreError {
    let reasons = match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => cancelled.cancellation_reasons(),
        _ => &[],
    };
    let because = |code: &str| reasons.iter().any(|reason| reason.code() == Some(code));
    if because("ConditionalCheckFailed") {
        StoreError::Conflict
    } else if because("TransactionConflict") {
        StoreError::Contended
    } else {
        failed("TransactWriteItems")(error)
    }
}

/// Which items of a partition.
pub(super) struct Page<'a> {
    pub pk: &'a str,
    pub prefix: &'a str,
    /// The sort key where the page before ended.
    pub after: Option<&'a str>,
    pub newest_first: bool,
    pub limit: i32,
}

impl Store {
    /// Reads one item, with every write before it.
    pub(super) async fn read<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key_of(key)))
            .consistent_read(true)
            .send()
            .await
            .map_err(failed("GetItem"))?;
        answer.item.map(value_of).transpose()
    }

    /// Writes an item over the revision that was read, which `condition` compares as `:read`.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where somebody wrote in between; nothing is changed then.
    pub(super) async fn put_over(&self, item: Item, condition: &str, read: u64) -> Result<(), StoreError> {
        let call = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item.clone()))
            .condition_expression(condition)
            .expression_attribute_values(":read", number(read))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let Err(error) = call.send().await else { return Ok(()) };
        match error.as_service_error() {
            // The client repeats a write whose answer was lost. If what stands there is what we wrote, it was ours.
            Some(PutItemError::ConditionalCheckFailedException(failed)) if failed.item() == Some(&item) => Ok(()),
            Some(PutItemError::ConditionalCheckFailedException(_)) => Err(StoreError::Conflict),
            _ => Err(failed("PutItem")(error)),
        }
    }

    /// Writes an item, whatever was there.
    pub(super) async fn put(&self, item: Item) -> Result<(), StoreError> {
        let call = self.client.put_item().table_name(&self.table).set_item(Some(item));
        call.send().await.map(|_| ()).map_err(failed("PutItem"))
    }

    pub(super) async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        let call = self.client.delete_item().table_name(&self.table).set_key(Some(key_of(key)));
        call.send().await.map(|_| ()).map_err(failed("DeleteItem"))
    }

    /// Some of a partition's items, in the order of their sort keys.
    pub(super) async fn page<T: DeserializeOwned>(&self, wanted: Page<'_>) -> Result<(Vec<T>, bool), StoreError> {
        let begin = wanted.after.map(|sk| key_of(&Key { pk: wanted.pk.to_owned(), sk: sk.to_owned() }));
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", text(wanted.pk))
            .expression_attribute_values(":prefix", text(wanted.prefix))
            .scan_index_forward(!wanted.newest_first)
            .set_exclusive_start_key(begin)
            .limit(wanted.limit)
            .send()
            .await
            .map_err(failed("Query"))?;
        let more = answer.last_evaluated_key.is_some();
        let items: Result<Vec<T>, StoreError> = answer.items.unwrap_or_default().into_iter().map(value_of).collect();
        Ok((items?, more))
    }

    /// All of a partition's items whose sort key begins with `prefix`.
    pub(super) async fn all<T: DeserializeOwned>(&self, pk: &str, prefix: &str) -> Result<Vec<T>, StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", text(pk))
            .expression_attribute_values(":prefix", text(prefix))
            .into_paginator()
            .items()
            .send();
        let mut found = Vec::new();
        while let Some(item) = pages.next().await {
            found.push(value_of(item.map_err(failed("Query"))?)?);
        }
        Ok(found)
    }

    /// All of the writes, or none.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where a condition does not hold, [`StoreError::Contended`] where another transaction
    /// touches the same items at this moment.
    pub(super) async fn transact(&self, writes: Vec<TransactWriteItem>) -> Result<(), StoreError> {
        let call = self.client.transact_write_items().set_transact_items(Some(writes));
        call.send().await.map(|_| ()).map_err(cancelled)
    }
}
