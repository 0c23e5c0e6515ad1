//! How many people a class has. A plain conditional counter: a room that joins in the same second is counted one after
//! another, and none of them is told that somebody was quicker.

use serde::{Deserialize, Serialize};

use super::item::{conditional, failed, item_of, key_of, number, text};
use super::{Store, StoreError, keys};
use crate::domain::ids::ClassId;

#[derive(Serialize, Deserialize)]
struct Seats {
    taken: u32,
}

impl Store {
    /// Takes `count` seats of `seats`, all or none. Whether there were so many. Who crashed between taking a seat and
    /// sitting down left it taken: before anybody is refused, people are counted.
    pub async fn take_seats(&self, class: &ClassId, count: u32, seats: u32) -> Result<bool, StoreError> {
        if self.try_seats(class, count, seats).await? {
            return Ok(true);
        }
        self.recount_seats(class).await?;
        self.try_seats(class, count, seats).await
    }

    /// Gives seats back that nobody sat down on, or that people left.
    pub async fn leave_seats(&self, class: &ClassId, count: u32) -> Result<(), StoreError> {
        let call = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key_of(&keys::seats(class))))
            .update_expression("SET taken = taken - :count")
            .condition_expression("taken >= :count")
            .expression_attribute_values(":count", number(count));
        conditional(call.send().await).map(|_| ())
    }

    async fn try_seats(&self, class: &ClassId, count: u32, seats: u32) -> Result<bool, StoreError> {
        let Some(room) = seats.checked_sub(count) else { return Ok(false) };
        let call = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key_of(&keys::seats(class))))
            .update_expression("SET taken = if_not_exists(taken, :none) + :count")
            .condition_expression("attribute_not_exists(taken) OR taken <= :room")
            .expression_attribute_values(":none", number(0))
            .expression_attribute_values(":count", number(count))
            .expression_attribute_values(":room", number(room));
        Ok(conditional(call.send().await)?.is_some())
    }

    /// Writes down how many people there are, unless a seat was taken or left meanwhile.
    async fn recount_seats(&self, class: &ClassId) -> Result<(), StoreError> {
        let before = self.read::<Seats>(&keys::seats(class)).await?.map_or(0, |seats| seats.taken);
        let people = self.count_members(class).await?;
        if people == before {
            return Ok(());
        }
        let call = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item_of(&keys::seats(class), &Seats { taken: people })?))
            .condition_expression("taken = :before")
            .expression_attribute_values(":before", number(before));
        conditional(call.send().await).map(|_| ())
    }

    /// Everybody in the class, by now.
    pub async fn count_members(&self, class: &ClassId) -> Result<u32, StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", text(keys::class_partition(class)))
            .expression_attribute_values(":prefix", text(keys::MEMBER_PREFIX))
            .select(aws_sdk_dynamodb::types::Select::Count)
            .consistent_read(true)
            .into_paginator()
            .send();
        let mut people = 0;
        while let Some(page) = pages.next().await {
            people += page.map_err(failed("Query"))?.count.unsigned_abs();
        }
        Ok(people)
    }
}
