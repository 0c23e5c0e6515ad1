use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::item::{conditional, create, item_of, key_of, number, text};
use super::{Store, StoreError, keys};
use crate::domain::audit::AuditEvent;
use crate::domain::ids::{ClassId, JoinLinkId};
use crate::domain::join_link::JoinLink;

#[derive(Serialize, Deserialize)]
struct TokenPointer {
    class_id: ClassId,
    link_id: JoinLinkId,
}

impl Store {
    pub async fn create_join_link(&self, link: &JoinLink, event: &AuditEvent) -> Result<(), StoreError> {
        let pointer = TokenPointer { class_id: link.class_id.clone(), link_id: link.id.clone() };
        self.transact(vec![
            create(&self.table, item_of(&keys::join_token(&link.token_sha256), &pointer)?)?,
            create(&self.table, item_of(&keys::join_link(&link.class_id, &link.id), link)?)?,
            create(&self.table, item_of(&keys::event(&link.class_id, &event.id), event)?)?,
        ])
        .await
    }

    pub async fn join_links(&self, class: &ClassId) -> Result<Vec<JoinLink>, StoreError> {
        self.all(&keys::class_partition(class), keys::LINK_PREFIX).await
    }

    pub async fn join_link_by_token(&self, sha256: &str) -> Result<Option<JoinLink>, StoreError> {
        match self.read::<TokenPointer>(&keys::join_token(sha256)).await? {
            Some(pointer) => self.read(&keys::join_link(&pointer.class_id, &pointer.link_id)).await,
            None => Ok(None),
        }
    }

    /// Uses the link once more, if it still may be. A plain conditional counter, as for seats.
    pub async fn use_join_link(&self, link: &JoinLink, now: Timestamp) -> Result<bool, StoreError> {
        let call = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key_of(&keys::join_link(&link.class_id, &link.id))))
            .update_expression("SET used = used + :one")
            .condition_expression("used < seats AND attribute_type(revoked_at, :null) AND expires_at > :now")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":null", text("NULL"))
            .expression_attribute_values(":now", text(now.to_string()));
        Ok(conditional(call.send().await)?.is_some())
    }

    /// The use came to nothing.
    pub async fn give_back_join_link(&self, link: &JoinLink) -> Result<(), StoreError> {
        let call = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key_of(&keys::join_link(&link.class_id, &link.id))))
            .update_expression("SET used = used - :one")
            .condition_expression("used > :none")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":none", number(0));
        conditional(call.send().await).map(|_| ())
    }

    /// Whether the class has the link; revoking twice is revoking once.
    pub async fn revoke_join_link(
        &self,
        class: &ClassId,
        link: &JoinLinkId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let call = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key_of(&keys::join_link(class, link))))
            .update_expression("SET revoked_at = :now")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":now", text(now.to_string()));
        Ok(conditional(call.send().await)?.is_some())
    }
}
