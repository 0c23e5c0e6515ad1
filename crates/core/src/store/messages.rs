use super::item::{Page, create, item_of};
use super::{Store, StoreError, keys};
use crate::domain::audit::AuditEvent;
use crate::domain::ids::ClassId;
use crate::domain::message::Message;

impl Store {
    pub async fn create_message(
        &self,
        class: &ClassId,
        message: &Message,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let writes = vec![
            create(&self.table, item_of(&keys::message(class, &message.id), message)?)?,
            create(&self.table, item_of(&keys::event(class, &event.id), event)?)?,
        ];
        self.transact(writes).await
    }

    /// The newest messages of a class, at most `limit`, the newest first.
    pub async fn messages(&self, class: &ClassId, limit: i32) -> Result<Vec<Message>, StoreError> {
        let pk = keys::class_partition(class);
        let page = Page { pk: &pk, prefix: keys::MESSAGE_PREFIX, after: None, newest_first: true, limit };
        Ok(self.page(page).await?.0)
    }
}
