use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{KeysAndAttributes, TransactWriteItem};
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use super::item::{Item, Page, create, failed, is_at, item_of, key_of, over, remove, value_of};
use super::keys::Key;
use super::{Store, StoreError, keys};
use crate::domain::audit::AuditEvent;
use crate::domain::class::Class;
use crate::domain::ids::{ClassId, InstructorId, MemberId};
use crate::domain::instructor::Instructor;
use crate::domain::member::{LoginName, Member};

/// A transaction takes 100 writes; somebody new needs two.
const MEMBERS_PER_TRANSACTION: usize = 50;
const CONCURRENT_TRANSACTIONS: usize = 8;

#[derive(Serialize, Deserialize)]
struct NamePointer {
    member_id: MemberId,
}

/// Who a trainee's session speaks for, read in one call.
#[derive(Debug)]
pub struct MemberIdentity {
    pub member: Option<Member>,
    pub class: Option<Class>,
    pub signed_out: bool,
}

/// Who an instructor's session speaks for, read in one call.
#[derive(Debug)]
pub struct InstructorIdentity {
    pub instructor: Option<Instructor>,
    pub signed_out: bool,
}

impl Store {
    /// # Errors
    /// [`StoreError::Exists`] where the class has a member of this name.
    pub async fn create_member(&self, member: &Member) -> Result<(), StoreError> {
        match self.transact(self.creation(member)?).await {
            Err(StoreError::Conflict) => Err(StoreError::Exists { what: "a member of this name" }),
            outcome => outcome,
        }
    }

    fn creation(&self, member: &Member) -> Result<Vec<TransactWriteItem>, StoreError> {
        let pointer = NamePointer { member_id: member.id.clone() };
        Ok(vec![
            create(&self.table, item_of(&keys::login_name(&member.class_id, &member.name), &pointer)?)?,
            create(&self.table, item_of(&keys::member(&member.class_id, &member.id), member)?)?,
        ])
    }

    /// Adds many at once. Those whose name was taken meanwhile are left out, and returned.
    pub async fn create_members<'m>(&self, members: &'m [Member]) -> Result<Vec<&'m Member>, StoreError> {
        let groups: Vec<_> = members.chunks(MEMBERS_PER_TRANSACTION).map(|group| self.create_group(group)).collect();
        let taken: Vec<Vec<&Member>> =
            stream::iter(groups).buffer_unordered(CONCURRENT_TRANSACTIONS).try_collect().await?;
        Ok(taken.into_iter().flatten().collect())
    }

    async fn create_group<'m>(&self, group: &'m [Member]) -> Result<Vec<&'m Member>, StoreError> {
        let mut writes = Vec::with_capacity(2 * group.len());
        for member in group {
            writes.extend(self.creation(member)?);
        }
        match self.transact(writes).await {
            Ok(()) => return Ok(Vec::new()),
            Err(StoreError::Conflict | StoreError::Contended) => {}
            Err(error) => return Err(error),
        }
        // One of them is taken: each by itself shows which.
        let mut taken = Vec::new();
        for member in group {
            match self.create_member(member).await {
                Ok(()) => {}
                Err(StoreError::Exists { .. }) => taken.push(member),
                Err(error) => return Err(error),
            }
        }
        Ok(taken)
    }

    pub async fn member(&self, class: &ClassId, member: &MemberId) -> Result<Option<Member>, StoreError> {
        self.read(&keys::member(class, member)).await
    }

    pub async fn member_by_name(&self, class: &ClassId, name: &LoginName) -> Result<Option<Member>, StoreError> {
        // Two reads either way, as for the class.
        let pointer = self.read::<NamePointer>(&keys::login_name(class, name)).await?;
        let id = pointer.map_or_else(MemberId::nil, |pointer| pointer.member_id);
        self.member(class, &id).await
    }

    /// Writes what became of the member since they were read, and who changed what.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where somebody wrote in between.
    pub async fn save_member(&self, member: &mut Member, event: Option<&AuditEvent>) -> Result<(), StoreError> {
        let read = member.revision;
        member.revision += 1;
        let item = item_of(&keys::member(&member.class_id, &member.id), member)?;
        match event {
            None => self.put_over(item, "revision = :read", read).await,
            Some(event) => {
                let event = create(&self.table, item_of(&keys::event(&member.class_id, &event.id), event)?)?;
                self.transact(vec![over(&self.table, item, read)?, event]).await
            }
        }
    }

    /// Removes the member and frees the name. The past environments stay, with nobody's name on them.
    pub async fn delete_member(&self, member: &Member, event: &AuditEvent) -> Result<(), StoreError> {
        let class = &member.class_id;
        self.transact(vec![
            remove(&self.table, &keys::login_name(class, &member.name))?,
            remove(&self.table, &keys::member(class, &member.id))?,
            remove(&self.table, &keys::desk(&member.id))?,
            create(&self.table, item_of(&keys::event(class, &event.id), event)?)?,
        ])
        .await
    }

    /// A class's people, in the order they came, at most `limit` after `after`; and whether there are more.
    pub async fn members_page(
        &self,
        class: &ClassId,
        after: Option<&MemberId>,
        limit: i32,
    ) -> Result<(Vec<Member>, bool), StoreError> {
        let after = after.map(|member| keys::member(class, member).sk);
        let pk = keys::class_partition(class);
        let prefix = keys::MEMBER_PREFIX;
        self.page(Page { pk: &pk, prefix, after: after.as_deref(), newest_first: false, limit }).await
    }

    /// Everybody in the class. One page of DynamoDB (1 MB) holds more than the thousand that a class may have.
    pub async fn all_members(&self, class: &ClassId) -> Result<Vec<Member>, StoreError> {
        self.all(&keys::class_partition(class), keys::MEMBER_PREFIX).await
    }

    pub async fn member_identity(
        &self,
        class: &ClassId,
        member: &MemberId,
        session_id: &str,
    ) -> Result<MemberIdentity, StoreError> {
        let keys = [keys::member(class, member), keys::class(class), keys::signed_out(session_id)];
        let [member, class, signed_out] = self.read_together(keys).await?;
        Ok(MemberIdentity {
            member: member.map(value_of).transpose()?,
            class: class.map(value_of).transpose()?,
            signed_out: signed_out.is_some(),
        })
    }

    pub async fn instructor_identity(
        &self,
        instructor: &InstructorId,
        session_id: &str,
    ) -> Result<InstructorIdentity, StoreError> {
        let [instructor, signed_out] =
            self.read_together([keys::instructor(instructor), keys::signed_out(session_id)]).await?;
        Ok(InstructorIdentity { instructor: instructor.map(value_of).transpose()?, signed_out: signed_out.is_some() })
    }

    /// What is under each of these keys, as of now.
    async fn read_together<const N: usize>(&self, keys: [Key; N]) -> Result<[Option<Item>; N], StoreError> {
        let wanted = KeysAndAttributes::builder()
            .set_keys(Some(keys.iter().map(key_of).collect()))
            .consistent_read(true)
            .build()
            .map_err(|source| StoreError::Unavailable { operation: "building BatchGetItem", source: source.into() })?;
        let mut items = self.read_batch(wanted).await?;
        Ok(keys.map(|key| {
            let found = items.iter().position(|item| is_at(item, &key));
            found.map(|index| items.swap_remove(index))
        }))
    }

    /// Those of these members that the class has; of at most 100 different ones.
    pub async fn members(
        &self,
        class: &ClassId,
        members: impl Iterator<Item = &MemberId>,
    ) -> Result<Vec<Member>, StoreError> {
        let different: BTreeSet<&MemberId> = members.collect();
        if different.is_empty() {
            return Ok(Vec::new());
        }
        let keys = different.into_iter().map(|member| key_of(&keys::member(class, member))).collect();
        let wanted = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .build()
            .map_err(|source| StoreError::Unavailable { operation: "building BatchGetItem", source: source.into() })?;
        self.read_batch(wanted).await?.into_iter().map(value_of).collect()
    }

    async fn read_batch(&self, wanted: KeysAndAttributes) -> Result<Vec<Item>, StoreError> {
        let answer = self
            .client
            .batch_get_item()
            .request_items(&self.table, wanted)
            .send()
            .await
            .map_err(failed("BatchGetItem"))?;
        if answer.unprocessed_keys.as_ref().is_some_and(|left| !left.is_empty()) {
            return Err(StoreError::Unavailable { operation: "BatchGetItem", source: "keys left unprocessed".into() });
        }
        Ok(answer.responses.unwrap_or_default().remove(&self.table).unwrap_or_default())
    }
}
