//! Changing an environment: read, change, write, and all of it again if somebody wrote in between.

use std::time::Duration;

use jiff::Timestamp;

use super::environments::environment_item;
use super::{Store, StoreError};
use crate::domain::environment::Environment;
use crate::domain::ids::EnvironmentId;

/// Writers of one environment are few: its worker, its machine, its owner. More rounds than they can have to say at once.
const MAX_ROUNDS: u32 = 8;

/// What came of a change.
#[derive(Debug)]
pub enum Changed {
    Saved(Environment),
    /// The change did not change anything; nothing was written.
    Unchanged(Environment),
    /// There is no such environment.
    Absent,
}

impl Store {
    /// Applies `change` to the environment as it is now. `change` may be called several times, each time on a newer value,
    /// and must do nothing where it no longer fits.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when others kept writing.
    pub async fn change(
        &self,
        id: &EnvironmentId,
        now: impl Fn() -> Timestamp,
        change: impl Fn(&mut Environment, Timestamp),
    ) -> Result<Changed, StoreError> {
        for round in 0..MAX_ROUNDS {
            let Some(before) = self.environment(id).await? else { return Ok(Changed::Absent) };
            let mut environment = before.clone();
            change(&mut environment, now());
            if environment == before {
                return Ok(Changed::Unchanged(environment));
            }
            match self.save(&mut environment, now()).await {
                Ok(()) => return Ok(Changed::Saved(environment)),
                Err(StoreError::Conflict) => {
                    tokio::time::sleep(Duration::from_millis(fastrand::u64(0..10 << round.min(4)))).await;
                }
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Conflict)
    }

    /// Writes what became of `environment` since it was read, and counts its revision up.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where somebody wrote in between; nothing is changed then.
    pub async fn save(&self, environment: &mut Environment, now: Timestamp) -> Result<(), StoreError> {
        let read = environment.revision;
        environment.revision += 1;
        self.put_over(environment_item(environment, now)?, "revision = :read", read).await
    }
}
