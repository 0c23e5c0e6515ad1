//! What people and machines do to an environment: play, stop, extend, ask for help, report. Who calls is known by then;
//! whose environment it may be stands in each method's arguments.

mod admission;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use crate::clock::{Clock, SystemClock};
use crate::config::{Settings, SettingsError};
use crate::domain::admission::{Having, Refusal};
use crate::domain::class::Class;
use crate::domain::decision::{Decision, decide};
use crate::domain::environment::{Environment, NewEnvironment, PresentedToken, Speaker};
use crate::domain::ids::{ClassId, EnvironmentId, MemberId};
use crate::domain::lab::Lab;
use crate::domain::member::Member;
use crate::domain::terms::allowed_placements;
use crate::domain::transitions::Report;
use crate::domain::work::CheckResult;
use crate::events::Events;
pub use admission::{Admission, Prospect};

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
    Refused(Refusal),
    /// Play was pressed in so many places at once that none of them could be heard.
    Contended,
}

/// Whose environment is meant: without the fitting one there is none.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    Member(&'a MemberId),
    /// Anybody's in this class.
    Class(&'a ClassId),
}

impl Whose<'_> {
    fn is(&self, environment: &Environment) -> bool {
        match self {
            Self::Member(member) => environment.member_id == **member,
            Self::Class(class) => environment.class_id == **class,
        }
    }
}

pub struct Desk {
    store: Store,
    admission: Admission,
    events: Events,
    clock: Arc<dyn Clock>,
}

impl Desk {
    pub fn from_settings(settings: &Settings) -> Result<Self, SettingsError> {
        Ok(Self::new(Store::from_settings(settings)?, Events::from_settings(settings)?, Arc::new(SystemClock)))
    }

    pub fn new(store: Store, events: Events, clock: Arc<dyn Clock>) -> Self {
        let admission = Admission::new(store.clone(), Arc::clone(&clock));
        Self { store, admission, events, clock }
    }

    /// However often it is pressed, and in however many tabs, a member has one environment of a lab.
    pub async fn play(
        &self,
        class: &Class,
        member: &Member,
        lab: &Lab,
        new: impl Fn() -> NewEnvironment,
    ) -> Result<Played, StoreError> {
        for _ in 0..MAX_ROUNDS {
            let desk = self.store.desk(&member.id).await?;
            let mut on_desk = self.store.on_desk(&desk).await?;
            let current = on_desk.iter().position(|environment| environment.lab == lab.slug);
            let current = current.map(|index| on_desk.swap_remove(index));
            if let Some(live) = current.as_ref().filter(|environment| environment.occupies_its_lab()) {
                return Ok(if live.is_wanted() {
                    Played::Running(Box::new(live.clone()))
                } else {
                    Played::StillDeleting
                });
            }
            let now = self.clock.now();
            let having = Having {
                starts: desk.labs.get(&lab.slug).map_or(0, |place| place.starts),
                live: on_desk.iter().filter(|environment| environment.occupies_its_lab()).count(),
            };
            let terms = match self.admission.reserve(class, member, lab, having).await? {
                Ok(terms) => terms,
                Err(refusal) => return Ok(Played::Refused(refusal)),
            };
            let placements = allowed_placements(&class.settings, lab);
            let environment = Environment::request(new(), member.id.clone(), lab, placements, terms, now);
            match self.store.start(&environment, desk, current, now).await? {
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
        self.change(Whose::Member(member), id, Environment::stop).await
    }

    /// Changes an environment, if it is whose it should be, and has somebody act on what follows.
    pub async fn change(
        &self,
        whose: Whose<'_>,
        id: &EnvironmentId,
        change: impl Fn(&mut Environment, Timestamp),
    ) -> Result<Option<Environment>, StoreError> {
        let apply = |environment: &mut Environment, now| {
            if whose.is(environment) {
                change(environment, now);
            }
        };
        match self.store.change(id, || self.clock.now(), apply).await? {
            Changed::Saved(environment) => {
                self.events.announce(&environment, self.clock.now()).await;
                Ok(Some(environment))
            }
            Changed::Unchanged(environment) => Ok(Some(environment).filter(|found| whose.is(found))),
            Changed::Absent => Ok(None),
        }
    }

    /// What a machine says, and when its trainee did something last. Another attempt has another machine: the one before
    /// has nothing to say any more.
    pub async fn report(
        &self,
        id: &EnvironmentId,
        speaker: Speaker,
        report: Report,
        active_at: Option<Timestamp>,
    ) -> Result<Option<Environment>, StoreError> {
        let became_ready = AtomicBool::new(false);
        let apply = |environment: &mut Environment, now| {
            if environment.attempts != speaker.attempt {
                return;
            }
            if speaker.presented == PresentedToken::Own {
                environment.machine_came_in();
            }
            environment.reported(report.clone(), now);
            let ready = decide(environment, now) == Decision::BecomeReady;
            became_ready.store(ready, Ordering::Relaxed);
            if ready {
                environment.become_ready(now);
            }
            if let Some(active_at) = active_at {
                environment.active(active_at, now);
            }
        };
        match self.store.change(id, || self.clock.now(), apply).await? {
            Changed::Saved(environment) if became_ready.load(Ordering::Relaxed) => {
                let announced = self.events.announce(&environment, self.clock.now());
                tokio::join!(announced, self.store.keep_start(&environment));
                Ok(Some(environment))
            }
            Changed::Saved(environment) => {
                self.events.announce(&environment, self.clock.now()).await;
                Ok(Some(environment))
            }
            Changed::Unchanged(environment) => Ok(Some(environment)),
            Changed::Absent => Ok(None),
        }
    }

    /// What the machine of attempt number `attempt` found by its checks. Nobody has to act on that.
    pub async fn checked(
        &self,
        id: &EnvironmentId,
        attempt: u32,
        results: &[CheckResult],
    ) -> Result<Option<Environment>, StoreError> {
        let apply = |environment: &mut Environment, now| {
            if environment.attempts == attempt {
                environment.checked(results, now);
            }
        };
        match self.store.change(id, || self.clock.now(), apply).await? {
            Changed::Saved(environment) | Changed::Unchanged(environment) => Ok(Some(environment)),
            Changed::Absent => Ok(None),
        }
    }
}
