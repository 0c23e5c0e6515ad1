//! What people and machines do to an environment: play, stop, report. Who calls is known by then; whose environment it
//! may be stands in each method's arguments.

use std::sync::Arc;

use crate::clock::{Clock, SystemClock};
use crate::config::{Settings, SettingsError};
use crate::domain::decision::{Decision, decide};
use crate::domain::environment::{Environment, NewEnvironment};
use crate::domain::ids::{EnvironmentId, MemberId};
use crate::domain::lab::Lab;
use crate::domain::transitions::Report;
use crate::events::Events;
use crate::store::{Changed, Started, Store, StoreError};

/// Each round means that another press of Play came in between; the second one finds its environment.
const MAX_ROUNDS: u32 = 4;

/// What pressing Play came to.
#[derive(Debug)]
pub enum Played {
    /// The environment, new or already there.
    Running(Box<Environment>),
    /// The lab's previous machine is not proven gone yet.
    StillDeleting,
    /// Play was pressed in so many places at once that none of them could be heard.
    Contended,
}

pub struct Desk {
    store: Store,
    events: Events,
    clock: Arc<dyn Clock>,
}

impl Desk {
    pub fn from_settings(settings: &Settings) -> Result<Self, SettingsError> {
        Ok(Self::new(Store::from_settings(settings)?, Events::from_settings(settings)?, Arc::new(SystemClock)))
    }

    pub fn new(store: Store, events: Events, clock: Arc<dyn Clock>) -> Self {
        Self { store, events, clock }
    }

    /// However often it is pressed, and in however many tabs, a member has one environment of a lab.
    pub async fn play(
        &self,
        member: &MemberId,
        lab: &Lab,
        new: impl Fn() -> NewEnvironment,
    ) -> Result<Played, StoreError> {
        for _ in 0..MAX_ROUNDS {
            let current = self.store.current_environment(member, &lab.slug).await?;
            if let Some(live) = current.as_ref().filter(|environment| environment.occupies_its_lab()) {
                return Ok(if live.is_wanted() {
                    Played::Running(Box::new(live.clone()))
                } else {
                    Played::StillDeleting
                });
            }
            let now = self.clock.now();
            let environment = Environment::request(new(), member.clone(), lab, now);
            match self.store.start(&environment, current.as_ref().map(|ended| &ended.id), now).await? {
                Started::New => {
                    self.events.announce(&environment, now).await;
                    return Ok(Played::Running(Box::new(environment)));
                }
                Started::LostRace => {}
            }
        }
        Ok(Played::Contended)
    }

    /// Wants the member's own environment gone. Stopping twice is stopping once; anybody else's is as absent as one that
    /// never was.
    pub async fn stop(&self, member: &MemberId, id: &EnvironmentId) -> Result<Option<Environment>, StoreError> {
        let stop = |environment: &mut Environment, now| {
            if environment.member_id == *member {
                environment.stop(now);
            }
        };
        match self.store.change(id, || self.clock.now(), stop).await? {
            Changed::Saved(environment) => {
                self.events.announce(&environment, self.clock.now()).await;
                Ok(Some(environment))
            }
            Changed::Unchanged(environment) => Ok(Some(environment).filter(|found| found.member_id == *member)),
            Changed::Absent => Ok(None),
        }
    }

    /// What the machine of attempt number `attempt` says. Another attempt has another machine: the one before has nothing
    /// to say any more.
    pub async fn report(
        &self,
        id: &EnvironmentId,
        attempt: u32,
        report: Report,
    ) -> Result<Option<Environment>, StoreError> {
        let apply = |environment: &mut Environment, now| {
            if environment.attempts == attempt {
                environment.reported(report.clone(), now);
                if decide(environment, now) == Decision::BecomeReady {
                    environment.become_ready(now);
                }
            }
        };
        let ready = report == Report::Ready;
        match self.store.change(id, || self.clock.now(), apply).await? {
            Changed::Saved(environment) => {
                let announced = self.events.announce(&environment, self.clock.now());
                if ready {
                    tokio::join!(announced, self.store.keep_start(&environment));
                } else {
                    announced.await;
                }
                Ok(Some(environment))
            }
            Changed::Unchanged(environment) => Ok(Some(environment)),
            Changed::Absent => Ok(None),
        }
    }
}
