use serde::{Deserialize, Serialize};

use super::item::{create, item_of};
use super::{Store, StoreError, keys};
use crate::domain::class::{Class, ClassCode};
use crate::domain::ids::ClassId;

/// Points from a code to its class, and keeps the code taken.
#[derive(Serialize, Deserialize)]
struct CodePointer {
    class_id: ClassId,
}

impl Store {
    /// # Errors
    /// [`StoreError::Exists`] where the code is taken.
    pub async fn create_class(&self, class: &Class) -> Result<(), StoreError> {
        let pointer = item_of(&keys::class_code(&class.code), &CodePointer { class_id: class.id.clone() })?;
        let item = item_of(&keys::class(&class.id), class)?;
        match self.transact(vec![create(&self.table, pointer)?, create(&self.table, item)?]).await {
            Err(StoreError::Conflict) => Err(StoreError::Exists { what: "the class code" }),
            outcome => outcome,
        }
    }

    pub async fn class(&self, class: &ClassId) -> Result<Option<Class>, StoreError> {
        self.read(&keys::class(class)).await
    }

    pub async fn class_by_code(&self, code: &ClassCode) -> Result<Option<Class>, StoreError> {
        // Two reads either way: sign-in must not tell by its time which codes exist.
        let pointer = self.read::<CodePointer>(&keys::class_code(code)).await?;
        self.class(&pointer.map_or_else(ClassId::nil, |pointer| pointer.class_id)).await
    }
}
