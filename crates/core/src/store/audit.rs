use super::item::{Page, item_of};
use super::{Store, StoreError, keys};
use crate::domain::audit::AuditEvent;
use crate::domain::ids::{ClassId, EventId};

impl Store {
    /// Records what was done, where that was no single write it could have gone with.
    pub async fn record(&self, class: &ClassId, event: &AuditEvent) -> Result<(), StoreError> {
        self.put(item_of(&keys::event(class, &event.id), event)?).await
    }

    /// What was done to a class, the newest first, at most `limit` before `before`; and whether there is more.
    pub async fn audit_events(
        &self,
        class: &ClassId,
        before: Option<&EventId>,
        limit: i32,
    ) -> Result<(Vec<AuditEvent>, bool), StoreError> {
        let pk = keys::class_partition(class);
        let after = before.map(|event| keys::event(class, event).sk);
        let prefix = keys::EVENT_PREFIX;
        self.page(Page { pk: &pk, prefix, after: after.as_deref(), newest_first: true, limit }).await
    }
}
