use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use serde::{Deserialize, Serialize};

use super::item::{Item, create, failed, item_of, key_of, value_of};
use super::keys::PK;
use super::{Store, StoreError, keys};
use crate::domain::class::{LoginName, Member};
use crate::domain::ids::{ClassId, MemberId};

#[derive(Serialize, Deserialize)]
struct NamePointer {
    member_id: MemberId,
}

/// Who a session speaks for, read in one call: the member, unless this session was signed out.
#[derive(Debug)]
pub struct Identity {
    pub member: Option<Member>,
    pub signed_out: bool,
}

impl Store {
    /// # Errors
    /// [`StoreError::Exists`] where the class has a member of this name.
    pub async fn create_member(&self, member: &Member) -> Result<(), StoreError> {
        let pointer =
            item_of(&keys::login_name(&member.class_id, &member.name), &NamePointer { member_id: member.id.clone() })?;
        let item = item_of(&keys::member(&member.class_id, &member.id), member)?;
        match self.transact(vec![create(&self.table, pointer)?, create(&self.table, item)?]).await {
            Err(StoreError::Conflict) => Err(StoreError::Exists { what: "a member of this name" }),
            outcome => outcome,
        }
    }

    pub async fn member_by_name(&self, class: &ClassId, name: &LoginName) -> Result<Option<Member>, StoreError> {
        // Two reads either way, as for the class.
        let pointer = self.read::<NamePointer>(&keys::login_name(class, name)).await?;
        let id = pointer.map_or_else(MemberId::nil, |pointer| pointer.member_id);
        self.read(&keys::member(class, &id)).await
    }

    pub async fn identity(&self, class: &ClassId, member: &MemberId, session_id: &str) -> Result<Identity, StoreError> {
        let session = keys::signed_out(session_id);
        let wanted = KeysAndAttributes::builder()
            .keys(key_of(&keys::member(class, member)))
            .keys(key_of(&session))
            .consistent_read(true)
            .build()
            .map_err(|source| StoreError::Unavailable { operation: "building BatchGetItem", source: source.into() })?;
        let items = self.read_batch(wanted).await?;
        let is_session = |item: &Item| item.get(PK).and_then(|pk| pk.as_s().ok()) == Some(&session.pk);
        let (sessions, members): (Vec<Item>, Vec<Item>) = items.into_iter().partition(is_session);
        Ok(Identity { member: members.into_iter().next().map(value_of).transpose()?, signed_out: !sessions.is_empty() })
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
