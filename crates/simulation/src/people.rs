//! Trainees: they press Play, twice if it seems to do nothing, and in two tabs; they stop, and play again.

use std::sync::Arc;
use std::time::Duration;

use brihaspati_core::desk::Played;
use brihaspati_core::domain::class::Class;
use brihaspati_core::domain::ids::{EnvironmentId, MemberId};
use brihaspati_core::domain::lab::Lab;
use brihaspati_core::domain::member::Member;
use brihaspati_core::store::StoreError;
use tokio::time::sleep;

use crate::dice::Dice;
use crate::functions::Functions;
use crate::observer::Invariant;
use crate::worker::End;
use crate::world::World;

#[derive(Clone, Copy, Debug)]
enum Act {
    Play { tabs: usize },
    Stop,
    Look,
}

/// One trainee at one lab, and when they do what.
pub(crate) struct Trainee {
    class: Arc<Class>,
    member: Arc<Member>,
    lab: Arc<Lab>,
    acts: Vec<(Duration, Act)>,
}

impl Trainee {
    pub(crate) fn draw(class: Arc<Class>, member: Arc<Member>, lab: Arc<Lab>, dice: &mut Dice) -> Self {
        let mut acts = vec![(dice.millis(0, 90_000), Act::Play { tabs: 1 + dice.below(3) })];
        for _ in 0..dice.below(6) {
            let act = match dice.below(5) {
                0 | 1 => Act::Stop,
                2 | 3 => Act::Play { tabs: 1 + dice.below(2) },
                _ => Act::Look,
            };
            // At once, or after a while.
            let pause = if dice.chance(0.3) { dice.millis(0, 3000) } else { dice.millis(3000, 240_000) };
            acts.push((pause, act));
        }
        Self { class, member, lab, acts }
    }

    pub(crate) async fn work(self, world: Arc<World>, functions: Arc<Functions>) {
        let desk = Desk { world, functions, class: self.class, member: self.member, lab: self.lab };
        let mut current: Option<EnvironmentId> = None;
        for (pause, act) in self.acts {
            sleep(pause).await;
            match act {
                Act::Play { tabs } => {
                    let presses: Vec<_> = (0..tabs).map(|_| tokio::spawn(desk.clone().play())).collect();
                    for press in presses {
                        current = press.await.ok().flatten().or(current);
                    }
                }
                Act::Stop => {
                    if let Some(environment) = &current {
                        desk.stop(environment).await;
                    }
                }
                Act::Look => {
                    if let Some(environment) = &current {
                        desk.look(environment).await;
                    }
                }
            }
        }
    }
}

/// How often somebody presses again who was told to try again.
const PRESSES: u32 = 4;

#[derive(Clone)]
struct Desk {
    world: Arc<World>,
    functions: Arc<Functions>,
    class: Arc<Class>,
    member: Arc<Member>,
    lab: Arc<Lab>,
}

impl Desk {
    async fn play(self) -> Option<EnvironmentId> {
        for _ in 0..PRESSES {
            let pause = match self.functions.play(&self.class, &self.member, &self.lab).await {
                End::Done { value: Ok(Played::Running(environment)), .. } => {
                    self.world.say(&format!("{} plays {}", self.member.id.bare(), environment.id));
                    if environment.member_id != self.member.id {
                        self.world.violated(Invariant::NoMixUp, "a trainee was given another's environment");
                    }
                    return Some(environment.id);
                }
                End::Done { value: Ok(Played::StillDeleting | Played::Contended), .. } => Duration::from_secs(2),
                End::Done { value: Ok(Played::Refused(refusal)), .. } => {
                    self.world.violated(Invariant::NoError, &format!("Play was refused: {}", refusal.reason()));
                    return None;
                }
                End::Done { value: Err(error), harmed } => {
                    self.failed("Play", &error, harmed);
                    Duration::from_secs(1)
                }
                End::Crashed | End::Killed => Duration::from_secs(1),
            };
            sleep(pause).await;
        }
        None
    }

    async fn stop(&self, environment: &EnvironmentId) {
        for _ in 0..PRESSES {
            match self.functions.stop(&self.member.id, environment).await {
                End::Done { value: Ok(Some(_)), .. } => {
                    self.world.say(&format!("{} stops {environment}", self.member.id.bare()));
                    return;
                }
                End::Done { value: Ok(None), .. } => {
                    self.world.violated(Invariant::NoError, "a trainee's own environment was not found");
                }
                End::Done { value: Err(error), harmed } => self.failed("Stop", &error, harmed),
                End::Crashed | End::Killed => {}
            }
            sleep(Duration::from_secs(1)).await;
        }
    }

    async fn look(&self, environment: &EnvironmentId) {
        if let End::Done { value: Err(error), harmed } = self.functions.look(&self.member.id, environment).await {
            self.failed("a look", &error, harmed);
        }
        let stranger = MemberId::nil();
        if let End::Done { value: Ok(Some(_)), .. } = self.functions.look(&stranger, environment).await {
            self.world.violated(Invariant::NoMixUp, "a stranger was shown a trainee's environment");
        }
    }

    /// Errors are for those whose request met a fault of the table's; writers that met may be told to try again.
    fn failed(&self, what: &str, error: &StoreError, harmed: bool) {
        self.world.say(&format!("{what} of {} failed: {error}", self.member.id.bare()));
        if !harmed && !matches!(error, StoreError::Conflict) {
            self.world.violated(Invariant::NoError, &format!("{what} failed without a fault: {error}"));
        }
    }
}
