//! One trainee's copy of a lab: what is wanted, what is, and everything that happened.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ids::{ClassId, EnvironmentId, LabSlug, MemberId};
use super::lab::{Lab, Tab};
use super::lifecycle::{Failure, Phase, SLOT_HOLDS, Status};
use super::placement::Placement;
use super::price::spent;
use super::receipt::{EndReason, Resource};
use super::secret::Secret;
use super::terms::Terms;
use super::timeline::{Stage, Timeline};
use super::work::Work;

/// What somebody asked for. Never goes back from gone to running: a new Play is a new environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Wanted {
    Running,
    Gone { reason: EndReason, since: Timestamp },
}

/// Known only while the environment lives; removed in the write that ends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    /// What a browser presents to the machine.
    pub access: Secret,
    /// What the machine presents to us; a new one for every attempt. It comes with the machine's bundle.
    pub machine_token: Secret,
    /// What the machine's user data has in its place, until the machine has spoken with its own: a provider shows user
    /// data to whoever works on the machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot_token: Option<Secret>,
    /// What an instructor's browser presents to the machine: it shows the terminal when its trainee allows that.
    pub viewer: Secret,
}

/// What the machine of one attempt presents to us.
pub struct MachineTokens {
    pub boot: Secret,
    pub own: Secret,
}

/// Which of its tokens a machine presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PresentedToken {
    Boot,
    Own,
}

/// The machine that says something: of which attempt, by which token.
#[derive(Clone, Copy, Debug)]
pub struct Speaker {
    pub attempt: u32,
    pub presented: PresentedToken,
}

impl Secrets {
    pub(super) fn for_machine(&self, MachineTokens { boot, own }: MachineTokens) -> Self {
        let (access, viewer) = (self.access.clone(), self.viewer.clone());
        Self { access, machine_token: own, boot_token: Some(boot), viewer }
    }

    /// Which token of the machine this is; `None` for anything else.
    pub fn recognise(&self, presented: &Secret) -> Option<PresentedToken> {
        if self.machine_token == *presented {
            Some(PresentedToken::Own)
        } else {
            self.boot_token.as_ref().filter(|boot| *boot == presented).map(|_| PresentedToken::Boot)
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    pub id: EnvironmentId,
    pub class_id: ClassId,
    pub member_id: MemberId,
    pub lab: LabSlug,
    pub lab_title: String,
    pub lab_version: String,
    pub terms: Terms,
    pub placements: Vec<Placement>,
    pub tabs: Vec<Tab>,
    pub trace_id: String,
    pub requested_at: Timestamp,
    pub wanted: Wanted,
    pub phase: Phase,
    pub secrets: Option<Secrets>,
    /// Set by the first attempt; from then on the clock runs.
    pub expires_at: Option<Timestamp>,
    /// Attempts begun so far.
    pub attempts: u32,
    /// Placements that failed in this Play, by index.
    pub ruled_out: Vec<usize>,
    /// When the provider is called next about the machine: a time reserved in its line, or soon after an answer that did not
    /// help.
    pub turn: Option<Timestamp>,
    /// People were told that it failed although a machine may still exist: until that is proven, somebody goes on looking.
    pub gave_up: Option<Failure>,
    /// When the secrets were removed, if that came before the end.
    pub secrets_removed_at: Option<Timestamp>,
    pub timeline: Timeline,
    pub work: Work,
    /// Its member has a newer environment of the lab: the room shows that one.
    pub superseded: bool,
    /// Machines that existed and are proven gone.
    pub past_resources: Vec<Resource>,
    /// Counts the writes; a write names the revision it read.
    pub revision: u64,
}

/// What makes two environments different: made outside, handed in.
pub struct NewEnvironment {
    pub id: EnvironmentId,
    pub secrets: Secrets,
    pub trace_id: String,
    /// The id of the instructor's action that started it, where its trainee did not.
    pub by_action: Option<String>,
}

impl Environment {
    /// `placements` are those of the lab that may be used, in order of preference.
    pub fn request(
        new: NewEnvironment,
        member_id: MemberId,
        lab: &Lab,
        placements: Vec<Placement>,
        terms: Terms,
        now: Timestamp,
    ) -> Self {
        let mut timeline = Timeline::default();
        timeline.add(Stage::Requested, now, None);
        Self {
            id: new.id,
            class_id: lab.class_id.clone(),
            member_id,
            lab: lab.slug.clone(),
            lab_title: lab.manifest.title.clone(),
            lab_version: lab.version.clone(),
            terms,
            placements,
            tabs: lab.manifest.tabs.clone(),
            trace_id: new.trace_id,
            requested_at: now,
            wanted: Wanted::Running,
            phase: Phase::Requested { slot: None, not_before: now },
            secrets: Some(new.secrets),
            expires_at: None,
            attempts: 0,
            ruled_out: Vec::new(),
            turn: None,
            gave_up: None,
            secrets_removed_at: None,
            timeline,
            work: Work { started_by: new.by_action, ..Work::on(&lab.checks) },
            superseded: false,
            past_resources: Vec::new(),
            revision: 0,
        }
    }

    /// What people are told: an environment that somebody stopped is being deleted, whatever is still under way.
    pub fn status(&self) -> Status {
        if self.phase.is_end() || self.is_wanted() {
            return self.phase.status();
        }
        if self.gave_up.is_some() { Status::Failed } else { Status::Deleting }
    }

    /// Why it failed, if it did.
    pub fn failure(&self) -> Option<&Failure> {
        match &self.phase {
            Phase::Failed { failure, .. } => Some(failure),
            _ => self.gave_up.as_ref(),
        }
    }

    pub fn is_wanted(&self) -> bool {
        matches!(self.wanted, Wanted::Running)
    }

    /// Whether its member cannot have another environment of the lab yet.
    pub fn occupies_its_lab(&self) -> bool {
        !self.phase.is_end() && self.gave_up.is_none()
    }

    /// Where its machine is made, or will be: known as soon as it stands in line.
    pub fn placement(&self) -> Option<&Placement> {
        match &self.phase {
            Phase::Requested { slot, .. } => self.placements.get(slot.as_ref()?.placement_index),
            phase => phase.attempt().map(|attempt| &attempt.placement),
        }
    }

    /// The placements that have not failed in this Play, in order of preference, each with its index.
    pub fn open_placements(&self) -> impl Iterator<Item = (usize, &Placement)> {
        self.placements.iter().enumerate().filter(|(index, _)| !self.ruled_out.contains(index))
    }

    /// Whether the reserved time for the next call is now.
    pub fn has_its_turn(&self, now: Timestamp) -> bool {
        self.turn.is_some_and(|at| at <= now && now <= at + SLOT_HOLDS)
    }

    /// What it counts against its class's budget: the most that it can cost, and once it has ended what it cost.
    pub fn commitment(&self) -> Option<i64> {
        match self.phase.receipt() {
            Some(receipt) => self.cost_so_far(receipt.completed_at).or(self.terms.committed_micro_usd),
            None => self.terms.committed_micro_usd,
        }
    }

    /// What it cost so far, at most; `None` where no price was known. In millionths of a US dollar.
    pub fn cost_so_far(&self, now: Timestamp) -> Option<i64> {
        spent(self, &self.terms.hourly_micro_usd, now)
    }

    /// The name an attempt's machine has at its provider. Letters, digits and hyphens: both providers take it.
    pub fn machine_label(&self, attempt: u32) -> String {
        format!("lab-{}-{attempt}", self.id.bare())
    }

    /// Whether a machine of this label and id may exist for this environment. Everything else that carries our tag is a leak.
    pub fn owns(&self, label: &str, machine_id: &str) -> bool {
        match &self.phase {
            Phase::Creating { attempt, .. } => self.machine_label(attempt.number) == label,
            Phase::Booting { machine, .. } | Phase::Ready { machine, .. } | Phase::Deleting { machine, .. } => {
                machine.id == machine_id
            }
            Phase::Requested { .. } | Phase::Gone { .. } | Phase::Failed { .. } => false,
        }
    }
}

/// The environment that a machine's label names, if it is one of ours.
pub fn environment_of_label(label: &str) -> Option<EnvironmentId> {
    let (bare, attempt) = label.strip_prefix("lab-")?.rsplit_once('-')?;
    attempt.parse::<u32>().ok()?;
    format!("env_{bare}").parse().ok()
}
