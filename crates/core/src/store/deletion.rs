//! Deleting a class with everything that was in it. Cut off anywhere, it goes on where it was when it is asked again: the
//! class itself goes last, together with the writing of the receipt.

use aws_sdk_dynamodb::types::{DeleteRequest, WriteRequest};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;

use super::environments::listed_environment;
use super::item::{Item, failed, item_of, key_of, remove, set, text};
use super::keys::{Key, SK};
use super::{Store, StoreError, keys};
use crate::domain::class::Class;
use crate::domain::deletion::{ClassDeletion, DeletedCounts};
use crate::domain::environment::Environment;
use crate::domain::ids::ClassId;
use crate::domain::join_link::JoinLink;

/// DynamoDB takes 25 deletes at once.
const BATCH: usize = 25;
const CONCURRENT: usize = 8;
/// How often what a busy table left undone is sent again.
const ROUNDS: usize = 8;

impl Store {
    pub async fn class_deletion(&self, class: &ClassId) -> Result<Option<ClassDeletion>, StoreError> {
        self.read(&keys::deleted_class(class)).await
    }

    /// Begins the receipt: what there is, before any of it goes.
    pub async fn begin_class_deletion(&self, deletion: &ClassDeletion) -> Result<(), StoreError> {
        self.put(item_of(&keys::deleted_class(&deletion.class_id), deletion)?).await
    }

    /// What a class has, but for its environments.
    pub async fn count_class(&self, class: &ClassId) -> Result<DeletedCounts, StoreError> {
        let mut counts = DeletedCounts::default();
        for sk in self.sort_keys(&keys::class_partition(class)).await? {
            let kinds = [
                (keys::MEMBER_PREFIX, &mut counts.members),
                (keys::LAB_PREFIX, &mut counts.labs),
                (keys::MESSAGE_PREFIX, &mut counts.messages),
                (keys::EVENT_PREFIX, &mut counts.events),
                (keys::LINK_PREFIX, &mut counts.join_links),
            ];
            if let Some((_, count)) = kinds.into_iter().find(|(prefix, _)| sk.starts_with(prefix)) {
                *count += 1;
            }
        }
        for lab in self.labs(class).await? {
            counts.lab_versions += self.lab_versions(class, &lab.slug).await?.len();
        }
        Ok(counts)
    }

    /// Every environment of the class, past ones too, without their secrets.
    pub async fn every_environment(&self, class: &ClassId) -> Result<Vec<Environment>, StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(keys::CLASS_INDEX)
            .key_condition_expression("class_pk = :class")
            .expression_attribute_values(":class", text(keys::class_partition(class)))
            .into_paginator()
            .items()
            .send();
        let mut found = Vec::new();
        while let Some(item) = pages.next().await {
            found.push(listed_environment(item.map_err(failed("Query"))?)?);
        }
        Ok(found)
    }

    /// Deletes all of it and writes the receipt. `environments` are all that the class ever had.
    pub async fn delete_class(
        &self,
        class: &Class,
        environments: &[Environment],
        mut deletion: ClassDeletion,
        now: Timestamp,
    ) -> Result<ClassDeletion, StoreError> {
        let mut doomed: Vec<Key> = environments.iter().map(|environment| keys::environment(&environment.id)).collect();
        for member in self.all_members(&class.id).await? {
            doomed.push(keys::desk(&member.id));
            doomed.push(keys::guesses(&format!("{}#{}", class.code, member.name)));
        }
        let links: Vec<JoinLink> = self.join_links(&class.id).await?;
        doomed.extend(links.iter().map(|link| keys::join_token(&link.token_sha256)));
        for lab in self.labs(&class.id).await? {
            let partition = keys::bundle_partition(&class.id, &lab.slug);
            let versions = self.sort_keys(&partition).await?;
            doomed.extend(versions.into_iter().map(|sk| Key { pk: partition.clone(), sk }));
        }
        self.delete_all(doomed).await?;
        let partition = keys::class_partition(&class.id);
        let class_key = keys::class(&class.id);
        let others = |sk: &String| *sk != class_key.sk;
        let rest: Vec<String> = self.sort_keys(&partition).await?.into_iter().filter(others).collect();
        self.delete_all(rest.into_iter().map(|sk| Key { pk: partition.clone(), sk }).collect()).await?;
        if self.sort_keys(&partition).await?.iter().any(others) {
            return Err(StoreError::Contended);
        }
        deletion.deleted_at = Some(now);
        deletion.verified_absent = true;
        let mut last = vec![
            set(&self.table, item_of(&keys::deleted_class(&class.id), &deletion)?)?,
            remove(&self.table, &class_key)?,
            remove(&self.table, &keys::class_code(&class.code))?,
            remove(&self.table, &keys::listed_class(&class.id))?,
        ];
        for instructor in &class.settings.instructors {
            last.push(remove(&self.table, &keys::teaches(instructor, &class.id))?);
        }
        self.transact(last).await?;
        Ok(deletion)
    }

    /// The sort keys of a partition, by now.
    async fn sort_keys(&self, pk: &str) -> Result<Vec<String>, StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .projection_expression("pk, sk")
            .expression_attribute_values(":pk", text(pk))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        let mut found = Vec::new();
        while let Some(item) = pages.next().await {
            let item = item.map_err(failed("Query"))?;
            found.extend(item.get(SK).and_then(|sk| sk.as_s().ok()).cloned());
        }
        Ok(found)
    }

    pub(super) async fn delete_partition(&self, pk: &str) -> Result<(), StoreError> {
        let keys = self.sort_keys(pk).await?.into_iter().map(|sk| Key { pk: pk.to_owned(), sk });
        self.delete_all(keys.collect()).await
    }

    async fn delete_all(&self, keys: Vec<Key>) -> Result<(), StoreError> {
        let batches: Vec<Vec<Item>> = keys.chunks(BATCH).map(|keys| keys.iter().map(key_of).collect()).collect();
        let deletes = stream::iter(batches).map(|batch| self.delete_batch(batch));
        deletes.buffer_unordered(CONCURRENT).try_collect::<Vec<()>>().await?;
        Ok(())
    }

    async fn delete_batch(&self, keys: Vec<Item>) -> Result<(), StoreError> {
        let request = |key: Item| {
            let delete = DeleteRequest::builder().set_key(Some(key)).build();
            delete.map(|delete| WriteRequest::builder().delete_request(delete).build())
        };
        let requests: Result<Vec<WriteRequest>, _> = keys.into_iter().map(request).collect();
        let mut left = requests
            .map_err(|source| StoreError::Unavailable { operation: "building a delete", source: source.into() })?;
        for round in 0..ROUNDS {
            if left.is_empty() {
                return Ok(());
            }
            if round > 0 {
                let pause = fastrand::u64(10..50 << round);
                tokio::time::sleep(std::time::Duration::from_millis(pause)).await;
            }
            let call = self.client.batch_write_item().request_items(&self.table, left);
            let answer = call.send().await.map_err(failed("BatchWriteItem"))?;
            left = answer.unprocessed_items.unwrap_or_default().remove(&self.table).unwrap_or_default();
        }
        if left.is_empty() {
            Ok(())
        } else {
            Err(StoreError::Unavailable { operation: "BatchWriteItem", source: "items left unprocessed".into() })
        }
    }
}
