use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::item::{create, item_of, over, remove};
use super::{Store, StoreError, keys};
use crate::domain::audit::AuditEvent;
use crate::domain::ids::{ClassId, LabSlug};
use crate::domain::lab::{Lab, LabFile};

/// A lab's content in one version: what a machine of that version receives.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LabBundle {
    pub files: Vec<LabFile>,
}

/// A version that was pushed once. It is kept: environments that run go on with it, and it can be made current again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabVersion {
    pub version: String,
    pub pushed_at: Timestamp,
    pub pushed_by: String,
}

impl Store {
    /// Makes this the lab's current version. The content goes first, so that a version that is named can be fetched;
    /// storing the same version again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where somebody wrote the lab in between.
    pub async fn put_lab(&self, lab: &mut Lab, bundle: &LabBundle, event: &AuditEvent) -> Result<(), StoreError> {
        self.put(item_of(&keys::bundle(&lab.class_id, &lab.slug, &lab.version), bundle)?).await?;
        let version =
            LabVersion { version: lab.version.clone(), pushed_at: lab.pushed_at, pushed_by: lab.pushed_by.clone() };
        self.put(item_of(&keys::lab_version(&lab.class_id, &lab.slug, &lab.version), &version)?).await?;
        self.save_lab(lab, event).await
    }

    /// Writes what became of a lab since it was read, and who changed what.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where somebody wrote in between.
    pub async fn save_lab(&self, lab: &mut Lab, event: &AuditEvent) -> Result<(), StoreError> {
        let read = lab.revision;
        lab.revision += 1;
        let item = item_of(&keys::lab(&lab.class_id, &lab.slug), lab)?;
        let item = if read == 0 { create(&self.table, item)? } else { over(&self.table, item, read)? };
        let event = create(&self.table, item_of(&keys::event(&lab.class_id, &event.id), event)?)?;
        self.transact(vec![item, event]).await
    }

    /// The lab with its current content, in another class.
    pub async fn copy_lab(&self, lab: &Lab, class: &ClassId) -> Result<(), StoreError> {
        let Some(bundle) = self.bundle(&lab.class_id, &lab.slug, &lab.version).await? else { return Ok(()) };
        let copy = Lab { class_id: class.clone(), revision: 1, ..lab.clone() };
        let version =
            LabVersion { version: lab.version.clone(), pushed_at: lab.pushed_at, pushed_by: lab.pushed_by.clone() };
        self.put(item_of(&keys::bundle(class, &lab.slug, &lab.version), &bundle)?).await?;
        self.put(item_of(&keys::lab_version(class, &lab.slug, &lab.version), &version)?).await?;
        self.put(item_of(&keys::lab(class, &lab.slug), &copy)?).await
    }

    /// Removes the lab from the class, with every version of it.
    pub async fn delete_lab(&self, lab: &Lab, event: &AuditEvent) -> Result<(), StoreError> {
        // The versions first: without the lab nobody would find them again.
        self.delete_partition(&keys::bundle_partition(&lab.class_id, &lab.slug)).await?;
        let event = create(&self.table, item_of(&keys::event(&lab.class_id, &event.id), event)?)?;
        self.transact(vec![remove(&self.table, &keys::lab(&lab.class_id, &lab.slug))?, event]).await
    }

    pub async fn lab(&self, class: &ClassId, lab: &LabSlug) -> Result<Option<Lab>, StoreError> {
        self.read(&keys::lab(class, lab)).await
    }

    pub async fn bundle(&self, class: &ClassId, lab: &LabSlug, version: &str) -> Result<Option<LabBundle>, StoreError> {
        self.read(&keys::bundle(class, lab, version)).await
    }

    /// Every version of a lab, the newest push first.
    pub async fn lab_versions(&self, class: &ClassId, lab: &LabSlug) -> Result<Vec<LabVersion>, StoreError> {
        let partition = keys::bundle_partition(class, lab);
        let mut versions: Vec<LabVersion> = self.all(&partition, keys::VERSION_PREFIX).await?;
        versions.sort_by_key(|version| std::cmp::Reverse(version.pushed_at));
        Ok(versions)
    }

    /// A class's labs, in the order in which they are shown.
    pub async fn labs(&self, class: &ClassId) -> Result<Vec<Lab>, StoreError> {
        let mut labs: Vec<Lab> = self.all(&keys::class_partition(class), keys::LAB_PREFIX).await?;
        labs.sort_by(|one, other| (one.settings.position, &one.slug).cmp(&(other.settings.position, &other.slug)));
        Ok(labs)
    }
}
