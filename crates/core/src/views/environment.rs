//! Environments, as their trainees and their class's instructors see them.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::MessageView;
use super::member::MemberView;
use crate::domain::class::ViewingPolicy;
use crate::domain::environment::Environment;
use crate::domain::ids::MemberId;
use crate::domain::lifecycle::{Failure, Phase, Status};
use crate::domain::member::Member;
use crate::domain::message::Message;
use crate::domain::placement::ProviderKind;
use crate::domain::receipt::Receipt;
use crate::domain::timeline::TimelineEntry;
use crate::domain::traffic::Traffic;
use crate::domain::work::{Check, Hand, ViewingAnswer};
use crate::machine_url::MachineUrl;
use crate::store::EnvironmentCursor;

#[derive(Serialize, ToSchema)]
pub struct LabRef {
    pub slug: String,
    pub title: String,
}

#[derive(Serialize, ToSchema)]
pub struct PlacementView {
    pub provider: ProviderKind,
    pub region: String,
}

#[derive(Serialize, ToSchema)]
pub struct TabView {
    pub name: String,
    pub title: String,
    /// The tab's origin on the machine.
    pub url: String,
}

/// How the browser reaches the machine, and what it must present first.
#[derive(Serialize, ToSchema)]
pub struct AccessView {
    pub terminal_url: String,
    pub secret: String,
    pub tabs: Vec<TabView>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum WantedView {
    Running,
    Gone,
}

impl WantedView {
    fn of(environment: &Environment) -> Self {
        if environment.is_wanted() { Self::Running } else { Self::Gone }
    }
}

/// What a machine is told whenever it reports.
#[derive(Serialize, ToSchema)]
pub struct MachineAnswer {
    pub wanted: WantedView,
    /// It may move: the machine ends itself then.
    pub expires_at: Option<Timestamp>,
}

impl MachineAnswer {
    pub fn of(environment: &Environment) -> Self {
        Self { wanted: WantedView::of(environment), expires_at: environment.expires_at }
    }
}

/// How far a start is, from the providers' limits and from how long recent starts took.
#[derive(Serialize, ToSchema)]
pub struct StartView {
    /// About how many starts come before this one; `null` once the machine was asked for.
    pub ahead: Option<u32>,
    /// When it is ready if it is among the faster half of recent starts; `null` where there were none.
    pub likely_ready_at: Option<Timestamp>,
    /// When it is ready if it is as slow as nine of ten recent starts.
    pub ready_by: Option<Timestamp>,
    /// Recent starts that this is taken from.
    pub samples: u32,
}

impl StartView {
    /// Nothing where no start is under way.
    fn new(environment: &Environment, traffic: &Traffic, now: Timestamp) -> Option<Self> {
        let (ahead, asked_at) = match &environment.phase {
            _ if !environment.is_wanted() => return None,
            Phase::Requested { slot: Some(slot), .. } => (Some(slot.ahead(now)), slot.at.max(now)),
            Phase::Creating { attempt, .. } | Phase::Booting { attempt, .. } => (None, attempt.started_at),
            _ => return None,
        };
        let pace = traffic.pace();
        Some(Self {
            ahead,
            likely_ready_at: pace.map(|pace| asked_at + pace.half_within),
            ready_by: pace.map(|pace| asked_at + pace.nine_of_ten_within),
            samples: pace.map_or(0, |pace| pace.samples),
        })
    }
}

/// One's own environment.
#[derive(Serialize, ToSchema)]
pub struct EnvironmentView {
    pub id: String,
    pub lab: LabRef,
    pub status: Status,
    pub wanted: WantedView,
    pub requested_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub timeline: Vec<TimelineEntry>,
    pub placement: Option<PlacementView>,
    /// How many machines were tried.
    pub attempt: u32,
    /// Follows everything that was done for it, through all logs.
    pub trace_id: String,
    pub checks: ChecksView,
    pub hand: Option<Hand>,
    /// `null` where nobody could look on any more.
    pub viewing: Option<ViewingView>,
    /// What the trainee may add now; `null` where nothing.
    pub extension: Option<ExtensionView>,
    /// It is stopped when nobody works in it for so long.
    pub idle_minutes: Option<u32>,
    /// From the class's instructors, the newest first; never in lists.
    pub messages: Vec<MessageView>,
    /// Only while a start is under way, and never in lists.
    pub start: Option<StartView>,
    /// Only while `ready`, and never in lists.
    pub access: Option<AccessView>,
    pub failure: Option<Failure>,
    pub receipt: Option<Receipt>,
}

#[derive(Serialize, ToSchema)]
pub struct ChecksView {
    pub every_minutes: Option<u32>,
    pub total: usize,
    pub passed: usize,
    pub items: Vec<Check>,
}

/// Who may look into the terminal, and who wants to.
#[derive(Serialize, ToSchema)]
pub struct ViewingView {
    pub policy: ViewingPolicy,
    pub asked: Option<ViewingAsked>,
    pub answer: Option<ViewingAnswer>,
}

#[derive(Serialize, ToSchema)]
pub struct ViewingAsked {
    pub by: String,
    pub at: Timestamp,
}

#[derive(Serialize, ToSchema)]
pub struct ExtensionView {
    /// What one press adds.
    pub minutes: u32,
    /// What may be added altogether.
    pub left_minutes: u32,
}

#[derive(Serialize, ToSchema)]
pub struct EnvironmentList {
    pub environments: Vec<EnvironmentView>,
}

/// An environment as its class's instructors see it: never with the access to its machine.
#[derive(Serialize, ToSchema)]
pub struct ClassEnvironmentView {
    /// `null` where the member is in the class no more.
    pub member: Option<MemberView>,
    pub environment: EnvironmentView,
}

#[derive(Serialize, ToSchema)]
pub struct ClassEnvironmentList {
    pub environments: Vec<ClassEnvironmentView>,
    /// For the next page; `null` on the last one.
    pub next_cursor: Option<String>,
}

impl ClassEnvironmentList {
    pub fn new(environments: &[Environment], members: &[Member], next: Option<&EnvironmentCursor>) -> Self {
        let view = |environment: &Environment| ClassEnvironmentView {
            member: members.iter().find(|member| member.id == environment.member_id).map(MemberView::from),
            environment: EnvironmentView::summary(environment),
        };
        Self { environments: environments.iter().map(view).collect(), next_cursor: next.map(ToString::to_string) }
    }
}

impl EnvironmentView {
    /// Without the access: for lists.
    pub fn summary(environment: &Environment) -> Self {
        let from_attempt = environment.placement().map(|placement| (placement.provider, placement.region.clone()));
        let from_machine = || environment.phase.machine().map(|machine| (machine.provider, machine.region.clone()));
        Self {
            id: environment.id.to_string(),
            lab: LabRef { slug: environment.lab.to_string(), title: environment.lab_title.clone() },
            status: environment.status(),
            wanted: WantedView::of(environment),
            requested_at: environment.requested_at,
            expires_at: environment.expires_at,
            timeline: environment.timeline.entries().to_vec(),
            placement: from_attempt.or_else(from_machine).map(|(provider, region)| PlacementView { provider, region }),
            attempt: environment.attempts,
            trace_id: environment.trace_id.clone(),
            checks: ChecksView {
                every_minutes: environment.terms.check_every_minutes,
                total: environment.work.checks.len(),
                passed: environment.work.passed(),
                items: environment.work.checks.clone(),
            },
            hand: environment.work.hand.clone(),
            viewing: viewing(environment),
            extension: extension(environment),
            idle_minutes: environment.terms.idle_minutes,
            messages: Vec::new(),
            start: None,
            access: None,
            failure: environment.failure().cloned(),
            receipt: environment.phase.receipt().cloned(),
        }
    }

    /// With the access to the machine, for its owner.
    pub fn full(environment: &Environment, machines: &MachineUrl) -> Self {
        Self { access: access(environment, machines), ..Self::summary(environment) }
    }

    /// With what instructors said.
    #[must_use]
    pub fn with_messages(self, messages: &[Message], member: &MemberId) -> Self {
        let for_member = messages.iter().filter(|message| message.is_for(member));
        Self { messages: for_member.map(MessageView::from).collect(), ..self }
    }

    /// With how far its start is, where the traffic of its provider is known.
    #[must_use]
    pub fn with_start(self, environment: &Environment, traffic: Option<&Traffic>, now: Timestamp) -> Self {
        Self { start: traffic.and_then(|traffic| StartView::new(environment, traffic, now)), ..self }
    }
}

fn viewing(environment: &Environment) -> Option<ViewingView> {
    if environment.phase.is_end() {
        return None;
    }
    let asked = environment.work.viewing.as_ref();
    Some(ViewingView {
        policy: environment.terms.viewing,
        asked: asked.map(|asked| ViewingAsked { by: asked.by.clone(), at: asked.at }),
        answer: asked.and_then(|asked| asked.answer),
    })
}

fn extension(environment: &Environment) -> Option<ExtensionView> {
    let left_minutes = environment.extra_minutes_left();
    let minutes = environment.terms.trainee_extension_minutes.min(left_minutes);
    let possible = minutes > 0 && environment.is_wanted() && environment.expires_at.is_some();
    possible.then_some(ExtensionView { minutes, left_minutes })
}

fn access(environment: &Environment, machines: &MachineUrl) -> Option<AccessView> {
    let Phase::Ready { address, .. } = environment.phase else {
        return None;
    };
    if !environment.is_wanted() {
        return None;
    }
    let secrets = environment.secrets.as_ref()?;
    let tabs = (0..).zip(&environment.tabs).map(|(index, tab)| TabView {
        name: tab.name.clone(),
        title: tab.title.clone(),
        url: machines.tab(address, index),
    });
    Some(AccessView {
        terminal_url: machines.terminal(address),
        secret: secrets.access.expose().to_owned(),
        tabs: tabs.collect(),
    })
}
