use serde::{Deserialize, Serialize};

use super::item::{failed, item_of, text, value_of};
use super::{Store, StoreError, keys};
use crate::domain::ids::{ClassId, LabSlug};
use crate::domain::lab::{Lab, LabFile};

/// A lab's content in one version: what a machine of that version receives.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LabBundle {
    pub files: Vec<LabFile>,
}

impl Store {
    /// Makes this the lab's current version. The content goes first, so that a version that is named can be fetched;
    /// storing the same version again changes nothing.
    pub async fn put_lab(&self, lab: &Lab, bundle: &LabBundle) -> Result<(), StoreError> {
        let content = item_of(&keys::bundle(&lab.class_id, &lab.slug, &lab.version), bundle)?;
        let current = item_of(&keys::lab(&lab.class_id, &lab.slug), lab)?;
        for item in [content, current] {
            let call = self.client.put_item().table_name(&self.table).set_item(Some(item));
            call.send().await.map_err(failed("PutItem"))?;
        }
        Ok(())
    }

    pub async fn lab(&self, class: &ClassId, lab: &LabSlug) -> Result<Option<Lab>, StoreError> {
        self.read(&keys::lab(class, lab)).await
    }

    pub async fn bundle(&self, class: &ClassId, lab: &LabSlug, version: &str) -> Result<Option<LabBundle>, StoreError> {
        self.read(&keys::bundle(class, lab, version)).await
    }

    /// A class's labs, by name. One page of DynamoDB (1 MB) holds hundreds of them.
    pub async fn labs(&self, class: &ClassId) -> Result<Vec<Lab>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :class AND begins_with(sk, :lab)")
            .expression_attribute_values(":class", text(keys::class_partition(class)))
            .expression_attribute_values(":lab", text(keys::LAB_PREFIX))
            .send()
            .await
            .map_err(failed("Query"))?;
        answer.items.unwrap_or_default().into_iter().map(value_of).collect()
    }
}
