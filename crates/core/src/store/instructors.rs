use serde::{Deserialize, Serialize};

use super::item::{create, item_of};
use super::{Store, StoreError, keys};
use crate::domain::ids::InstructorId;
use crate::domain::instructor::Instructor;
use crate::domain::member::LoginName;

#[derive(Serialize, Deserialize)]
struct NamePointer {
    instructor_id: InstructorId,
}

impl Store {
    /// # Errors
    /// [`StoreError::Exists`] where there is an instructor of this name.
    pub async fn create_instructor(&self, instructor: &Instructor) -> Result<(), StoreError> {
        let pointer = NamePointer { instructor_id: instructor.id.clone() };
        let writes = vec![
            create(&self.table, item_of(&keys::instructor_name(&instructor.name), &pointer)?)?,
            create(&self.table, item_of(&keys::instructor(&instructor.id), instructor)?)?,
        ];
        match self.transact(writes).await {
            Err(StoreError::Conflict) => Err(StoreError::Exists { what: "an instructor of this name" }),
            outcome => outcome,
        }
    }

    pub async fn instructor(&self, id: &InstructorId) -> Result<Option<Instructor>, StoreError> {
        self.read(&keys::instructor(id)).await
    }

    pub async fn instructor_by_name(&self, name: &LoginName) -> Result<Option<Instructor>, StoreError> {
        // Two reads either way: sign-in must not tell by its time who exists.
        let pointer = self.read::<NamePointer>(&keys::instructor_name(name)).await?;
        let id = pointer.map_or_else(InstructorId::nil, |pointer| pointer.instructor_id);
        self.instructor(&id).await
    }

    /// Everybody who may teach here, in the order of their making.
    pub async fn instructors(&self) -> Result<Vec<Instructor>, StoreError> {
        self.all(keys::INSTRUCTORS, "ins_").await
    }

    /// # Errors
    /// [`StoreError::Conflict`] where somebody wrote in between.
    pub async fn save_instructor(&self, instructor: &mut Instructor) -> Result<(), StoreError> {
        let read = instructor.revision;
        instructor.revision += 1;
        self.put_over(item_of(&keys::instructor(&instructor.id), instructor)?, "revision = :read", read).await
    }
}
