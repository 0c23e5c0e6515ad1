//! A member's desk: which environment each lab is in now, or was in last. One item, so that two presses of Play find each
//! other whatever labs they are for.

use std::collections::BTreeMap;

use futures::future::try_join_all;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::environments::environment_item;
use super::item::{create, item_of, over};
use super::{Store, StoreError, keys};
use crate::domain::environment::Environment;
use crate::domain::ids::{EnvironmentId, LabSlug, MemberId};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberDesk {
    pub labs: BTreeMap<LabSlug, LabPlace>,
    /// 0: nothing was ever started.
    pub revision: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabPlace {
    pub environment_id: EnvironmentId,
    /// How often Play made a new environment.
    pub starts: u32,
}

/// What came of writing a new environment.
#[derive(Debug)]
pub enum Started {
    New,
    /// Another press of Play won.
    LostRace,
}

impl Store {
    pub async fn desk(&self, member: &MemberId) -> Result<MemberDesk, StoreError> {
        Ok(self.read(&keys::desk(member)).await?.unwrap_or_default())
    }

    /// The environments on a desk.
    pub async fn on_desk(&self, desk: &MemberDesk) -> Result<Vec<Environment>, StoreError> {
        let reads = desk.labs.values().map(|place| self.environment(&place.environment_id));
        Ok(try_join_all(reads).await?.into_iter().flatten().collect())
    }

    /// Writes a new environment onto the desk that was read, in place of `replaced`, its lab's ended one: all of it or
    /// nothing.
    pub async fn start(
        &self,
        environment: &Environment,
        mut desk: MemberDesk,
        replaced: Option<Environment>,
        now: Timestamp,
    ) -> Result<Started, StoreError> {
        let read = desk.revision;
        desk.revision += 1;
        let starts = desk.labs.get(&environment.lab).map_or(0, |place| place.starts) + 1;
        desk.labs.insert(environment.lab.clone(), LabPlace { environment_id: environment.id.clone(), starts });
        let item = item_of(&keys::desk(&environment.member_id), &desk)?;
        let item = if read == 0 { create(&self.table, item)? } else { over(&self.table, item, read)? };
        let mut writes = vec![item, create(&self.table, environment_item(environment, now)?)?];
        if let Some(mut replaced) = replaced {
            let read = replaced.revision;
            replaced.superseded = true;
            replaced.revision += 1;
            writes.push(over(&self.table, environment_item(&replaced, now)?, read)?);
        }
        match self.transact(writes).await {
            Ok(()) => Ok(Started::New),
            Err(StoreError::Conflict | StoreError::Contended) => Ok(Started::LostRace),
            Err(error) => Err(error),
        }
    }
}
