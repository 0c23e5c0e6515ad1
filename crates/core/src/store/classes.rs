use std::collections::BTreeSet;

use futures::future::try_join_all;
use serde::{Deserialize, Serialize};

use super::item::{Page, create, item_of, over, remove, set};
use super::{Store, StoreError, keys};
use crate::domain::audit::AuditEvent;
use crate::domain::class::{Class, ClassCode};
use crate::domain::ids::{ClassId, InstructorId};

/// Points from a code to its class, and keeps the code taken; and from a list to the classes on it.
#[derive(Serialize, Deserialize)]
struct ClassPointer {
    class_id: ClassId,
}

impl Store {
    /// # Errors
    /// [`StoreError::Exists`] where the code is taken.
    pub async fn create_class(&self, class: &Class, event: &AuditEvent) -> Result<(), StoreError> {
        let pointer = ClassPointer { class_id: class.id.clone() };
        let mut writes = vec![
            create(&self.table, item_of(&keys::class_code(&class.code), &pointer)?)?,
            create(&self.table, item_of(&keys::class(&class.id), class)?)?,
            create(&self.table, item_of(&keys::listed_class(&class.id), &pointer)?)?,
            create(&self.table, item_of(&keys::event(&class.id, &event.id), event)?)?,
        ];
        for instructor in &class.settings.instructors {
            writes.push(create(&self.table, item_of(&keys::teaches(instructor, &class.id), &pointer)?)?);
        }
        match self.transact(writes).await {
            Err(StoreError::Conflict) => Err(StoreError::Exists { what: "the class code" }),
            outcome => outcome,
        }
    }

    /// Writes what became of the class since it was read, who changed what, and who teaches it now: all of it, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where somebody wrote in between.
    pub async fn save_class(
        &self,
        class: &mut Class,
        taught_by: &BTreeSet<InstructorId>,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let read = class.revision;
        class.revision += 1;
        let mut writes = vec![
            over(&self.table, item_of(&keys::class(&class.id), class)?, read)?,
            create(&self.table, item_of(&keys::event(&class.id, &event.id), event)?)?,
        ];
        let pointer = ClassPointer { class_id: class.id.clone() };
        for added in class.settings.instructors.difference(taught_by) {
            writes.push(set(&self.table, item_of(&keys::teaches(added, &class.id), &pointer)?)?);
        }
        for removed in taught_by.difference(&class.settings.instructors) {
            writes.push(remove(&self.table, &keys::teaches(removed, &class.id))?);
        }
        self.transact(writes).await
    }

    pub async fn class(&self, class: &ClassId) -> Result<Option<Class>, StoreError> {
        self.read(&keys::class(class)).await
    }

    pub async fn class_by_code(&self, code: &ClassCode) -> Result<Option<Class>, StoreError> {
        // Two reads either way: sign-in must not tell by its time which codes exist.
        let pointer = self.read::<ClassPointer>(&keys::class_code(code)).await?;
        self.class(&pointer.map_or_else(ClassId::nil, |pointer| pointer.class_id)).await
    }

    /// The classes an instructor teaches (`None`: all there are), the oldest first, at most `limit` after `after`; and
    /// whether there are more.
    pub async fn classes(
        &self,
        taught_by: Option<&InstructorId>,
        after: Option<&ClassId>,
        limit: i32,
    ) -> Result<(Vec<Class>, bool), StoreError> {
        let pk = taught_by.map_or_else(|| keys::CLASSES.to_owned(), keys::teaches_partition);
        // Every class's id begins like this.
        let page = Page { pk: &pk, prefix: "cls_", after: after.map(ClassId::as_str), newest_first: false, limit };
        let (pointers, more) = self.page::<ClassPointer>(page).await?;
        let classes = try_join_all(pointers.iter().map(|pointer| self.class(&pointer.class_id))).await?;
        Ok((classes.into_iter().flatten().collect(), more))
    }
}
