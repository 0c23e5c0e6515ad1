//! What a machine does from its boot to its end: it calls home, or does not, and switches itself off.

use std::sync::Arc;
use std::time::Duration;

use brihaspati_core::domain::placement::ProviderKind;
use brihaspati_core::domain::transitions::Report;
use jiff::Timestamp;
use tokio::time::sleep;

use crate::cloud::{Machine, Power};
use crate::fault::Fault;
use crate::functions::Functions;
use crate::observer::Invariant;
use crate::worker::End;
use crate::world::{State, World};

/// A machine that a provider has just made.
pub(crate) struct Birth {
    pub(crate) kind: ProviderKind,
    pub(crate) id: String,
}

/// What becomes of a machine.
struct Destiny {
    boots_in: Duration,
    sets_up_in: Duration,
    never_calls: bool,
    calls_twice: bool,
    calls_after_death: bool,
    setup_fails: bool,
}

impl Destiny {
    fn draw(state: &mut State) -> Self {
        let slow = state.strikes(Fault::SlowBoot);
        let quick = state.dice.chance(0.1);
        Self {
            boots_in: match (slow, quick) {
                (true, _) => state.dice.millis(60_000, 420_000),
                // Quicker than its create's answer.
                (false, true) => state.dice.millis(50, 2000),
                (false, false) => state.dice.millis(10_000, 50_000),
            },
            sets_up_in: state.dice.millis(100, 10_000),
            never_calls: state.strikes(Fault::NeverCalls),
            calls_twice: state.strikes(Fault::CallsTwice),
            calls_after_death: state.strikes(Fault::CallsAfterDeath),
            setup_fails: state.strikes(Fault::SetupFails),
        }
    }
}

/// One machine and how it reaches the control plane.
#[derive(Clone)]
struct Life {
    world: Arc<World>,
    functions: Arc<Functions>,
    kind: ProviderKind,
    machine: Machine,
}

/// Lives the life of the machine that was born.
pub(crate) async fn live(world: Arc<World>, functions: Arc<Functions>, birth: Birth) {
    let (machine, destiny) = {
        let state = &mut *world.hold();
        let Some(machine) = state.clouds.machine(birth.kind, &birth.id).cloned() else { return };
        (machine, Destiny::draw(state))
    };
    let life = Life { world, functions, kind: birth.kind, machine };
    sleep(destiny.boots_in).await;
    if !life.boot() {
        return;
    }
    // The script's shutdown holds whatever the agent does; the agent's own deadline while it runs.
    tokio::spawn(life.clone().switch_off_after(life.machine.orders.shutdown.unsigned_abs()));
    if destiny.never_calls {
        return;
    }
    tokio::spawn(life.clone().switch_off_at(life.machine.orders.deadline));
    life.call_home(&destiny).await;
}

impl Life {
    /// False if the machine does not exist any more.
    fn boot(&self) -> bool {
        let now = self.world.time.now();
        self.world.change(|state| {
            let machine = state.clouds.machine(self.kind, &self.machine.id).filter(|machine| machine.exists());
            let Some(machine) = machine else { return false };
            machine.power = Power::Running;
            machine.booted_at = Some(now);
            true
        })
    }

    fn runs(&self) -> bool {
        let state = &mut *self.world.hold();
        let machine = state.clouds.machine(self.kind, &self.machine.id);
        machine.is_some_and(|machine| machine.exists() && machine.power == Power::Running)
    }

    async fn call_home(&self, destiny: &Destiny) {
        let repeats = if destiny.calls_twice { 2 } else { 1 };
        let last = if destiny.setup_fails {
            Report::Failed { detail: "setup.sh ended with 1".to_owned() }
        } else {
            Report::Ready
        };
        let boot_token = &self.machine.orders.token;
        for _ in 0..repeats {
            self.tell(boot_token, &Report::AgentStarted).await;
        }
        let Some(token) = self.fetch_bundle(boot_token).await else { return };
        for report in [Report::SettingUp, last.clone()] {
            if report == last {
                sleep(destiny.sets_up_in).await;
            }
            for _ in 0..repeats {
                self.tell(&token, &report).await;
            }
        }
        while destiny.calls_twice && self.runs() {
            // The agent's sign of life.
            sleep(Duration::from_mins(5)).await;
            self.tell(&token, &last).await;
        }
        if destiny.calls_after_death {
            while self.runs() {
                sleep(Duration::from_secs(20)).await;
            }
            // What it sent in its last moment arrives now.
            self.say(&token, &last).await;
        }
    }

    /// Asks until there is an answer, and reads its own token in it; none where it is refused, or no more.
    async fn fetch_bundle(&self, boot_token: &str) -> Option<String> {
        while self.runs() {
            match self.functions.bundle(&self.machine.orders.environment, boot_token).await {
                End::Done { value: Ok(token), .. } => return Some(token),
                End::Done { value: Err(error), .. } if error.status().is_client_error() => return None,
                End::Done { .. } | End::Crashed | End::Killed => self.pause().await,
            }
        }
        None
    }

    /// Says it until it is heard, refused, or the machine is no more.
    async fn tell(&self, token: &str, report: &Report) {
        while self.runs() && !self.say(token, report).await {
            self.pause().await;
        }
    }

    async fn pause(&self) {
        let pause = self.world.hold().dice.millis(1000, 8000);
        sleep(pause).await;
    }

    /// True if there was an answer that makes repeating useless.
    async fn say(&self, token: &str, report: &Report) -> bool {
        let (machine, name) = (&self.machine, format!("machine {} says {report:?}", self.machine.id));
        let orders = &machine.orders;
        match self.functions.report(&orders.environment, token, report.clone()).await {
            End::Done { value: Ok((recognised, _)), .. } => {
                self.world.say(&name);
                if recognised.id.as_str() != orders.environment || recognised.attempts != machine.attempt() {
                    let what = format!(
                        "machine {} spoke as attempt {} of {}",
                        machine.label, recognised.attempts, recognised.id
                    );
                    self.world.violated(Invariant::NoMixUp, &what);
                }
                true
            }
            End::Done { value: Err(error), .. } => {
                self.world.say(&format!("{name}: {}", error.status()));
                error.status().is_client_error() && error.status() != http::StatusCode::CONFLICT
            }
            End::Crashed | End::Killed => false,
        }
    }

    async fn switch_off_after(self, duration: Duration) {
        sleep(duration).await;
        self.switch_off();
    }

    /// The agent looks at its clock every 20 s.
    async fn switch_off_at(self, deadline: Timestamp) {
        while self.world.time.now() < deadline && self.runs() {
            sleep(Duration::from_secs(20)).await;
        }
        self.switch_off();
    }

    fn switch_off(&self) {
        self.world.change(|state| {
            if let Some(machine) = state.clouds.machine(self.kind, &self.machine.id) {
                machine.power = Power::Off;
            }
        });
    }
}
