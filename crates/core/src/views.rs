//! What the API shows. Built from the domain, never stored.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::domain::class::{Class, Member, Role};
use crate::domain::environment::{Environment, Wanted};
use crate::domain::lifecycle::{Failure, Phase, Status};
use crate::domain::placement::ProviderKind;
use crate::domain::receipt::Receipt;
use crate::domain::timeline::TimelineEntry;
use crate::domain::traffic::{Limits, Rest, RestReason, Traffic};
use crate::machine_url::MachineUrl;
use crate::store::EnvironmentCursor;

#[derive(Serialize, ToSchema)]
pub struct MemberView {
    pub id: String,
    pub name: String,
    pub display_name: String,
    pub role: Role,
}

#[derive(Serialize, ToSchema)]
pub struct ClassView {
    pub id: String,
    pub code: String,
    pub title: String,
}

/// Who is signed in, to which class, and until when.
#[derive(Serialize, ToSchema)]
pub struct SessionView {
    pub member: MemberView,
    pub class: ClassView,
    pub expires_at: Timestamp,
}

impl From<&Member> for MemberView {
    fn from(member: &Member) -> Self {
        Self {
            id: member.id.to_string(),
            name: member.name.as_str().to_owned(),
            display_name: member.display_name.clone(),
            role: member.role,
        }
    }
}

impl From<&Class> for ClassView {
    fn from(class: &Class) -> Self {
        Self { id: class.id.to_string(), code: class.code.to_string(), title: class.title.clone() }
    }
}

impl SessionView {
    pub fn new(member: &Member, class: &Class, expires_at: Timestamp) -> Self {
        Self { member: member.into(), class: class.into(), expires_at }
    }

    pub fn of_caller(caller: &Caller, class: &Class) -> Self {
        Self::new(&caller.member, class, caller.session_ends_at)
    }
}

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

/// A provider as everybody's starts found it lately.
#[derive(Serialize, ToSchema)]
pub struct ProviderView {
    pub provider: ProviderKind,
    /// Set while it is not asked for machines.
    pub resting: Option<RestView>,
    /// About how many starts wait for it.
    pub waiting: u32,
    /// Half of recent starts took at most this long, from asking for the machine to a lab that is ready.
    pub p50_seconds: Option<i64>,
    pub p90_seconds: Option<i64>,
    pub samples: u32,
}

#[derive(Serialize, ToSchema)]
pub struct RestView {
    pub reason: RestReason,
    pub since: Timestamp,
    pub until: Timestamp,
}

#[derive(Serialize, ToSchema)]
pub struct ProviderList {
    pub providers: Vec<ProviderView>,
}

impl ProviderView {
    pub fn new(traffic: &Traffic, limits: &Limits, now: Timestamp) -> Self {
        let pace = traffic.pace();
        let rest = traffic.resting(now);
        Self {
            provider: traffic.provider,
            resting: rest.map(|Rest { reason, since, until }| RestView { reason, since, until }),
            waiting: traffic.waiting(limits, now),
            p50_seconds: pace.map(|pace| pace.half_within.as_secs()),
            p90_seconds: pace.map(|pace| pace.nine_of_ten_within.as_secs()),
            samples: pace.map_or(0, |pace| pace.samples),
        }
    }
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
    /// Only while a start is under way, and never in lists.
    pub start: Option<StartView>,
    /// Only while `ready`, and never in lists.
    pub access: Option<AccessView>,
    pub failure: Option<Failure>,
    pub receipt: Option<Receipt>,
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
        let receipt = match &environment.phase {
            Phase::Gone { receipt } | Phase::Failed { receipt, .. } => Some(receipt.clone()),
            Phase::Requested { .. }
            | Phase::Creating { .. }
            | Phase::Booting { .. }
            | Phase::Ready { .. }
            | Phase::Deleting { .. } => None,
        };
        let from_attempt = environment.placement().map(|placement| (placement.provider, placement.region.clone()));
        let from_machine = || environment.phase.machine().map(|machine| (machine.provider, machine.region.clone()));
        Self {
            id: environment.id.to_string(),
            lab: LabRef { slug: environment.lab.to_string(), title: environment.lab_title.clone() },
            status: environment.status(),
            wanted: match environment.wanted {
                Wanted::Running => WantedView::Running,
                Wanted::Gone { .. } => WantedView::Gone,
            },
            requested_at: environment.requested_at,
            expires_at: environment.expires_at,
            timeline: environment.timeline.entries().to_vec(),
            placement: from_attempt.or_else(from_machine).map(|(provider, region)| PlacementView { provider, region }),
            attempt: environment.attempts,
            start: None,
            access: None,
            failure: environment.failure().cloned(),
            receipt,
        }
    }

    /// With the access to the machine, for its owner.
    pub fn full(environment: &Environment, machines: &MachineUrl) -> Self {
        Self { access: access(environment, machines), ..Self::summary(environment) }
    }

    /// With how far its start is, where the traffic of its provider is known.
    #[must_use]
    pub fn with_start(self, environment: &Environment, traffic: Option<&Traffic>, now: Timestamp) -> Self {
        Self { start: traffic.and_then(|traffic| StartView::new(environment, traffic, now)), ..self }
    }
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
