//! The functions under test, built from the real code on the simulated world, and how the platform invokes them.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use brihaspati_core::auth::authenticate_machine;
use brihaspati_core::config::Settings;
use brihaspati_core::desk::{Desk, Played};
use brihaspati_core::domain::class::Class;
use brihaspati_core::domain::environment::{Environment, NewEnvironment, Secrets};
use brihaspati_core::domain::ids::{EnvironmentId, MemberId};
use brihaspati_core::domain::lab::Lab;
use brihaspati_core::domain::member::Member;
use brihaspati_core::domain::placement::ProviderKind;
use brihaspati_core::domain::traffic::Limits;
use brihaspati_core::domain::transitions::Report;
use brihaspati_core::events::Events;
use brihaspati_core::http::{ApiError, Body};
use brihaspati_core::machine_url::MachineUrl;
use brihaspati_core::providers::{Provider, Providers};
use brihaspati_core::provisioning::{AgentSource, Installation, Provisioner, ReapStatus};
use brihaspati_core::store::{Store, StoreError};
use brihaspati_core::wakeups::Wakeups;
use jiff::SignedDuration;
use lambda_http::RequestExt as _;
use ulid::Ulid;

use crate::aws::{Message, Transport};
use crate::cloud::{KINDS, SimulatedProvider};
use crate::time::WorkerClock;
use crate::worker::End;
use crate::world::World;

/// `Timeout` of `template.yaml`: of the provision function, of the reaper, and of all others.
const PROVISION: Duration = Duration::from_secs(60);
const REAPER: Duration = Duration::from_secs(55);
const OTHERS: Duration = Duration::from_secs(15);

pub(crate) struct Functions {
    world: Arc<World>,
    dynamodb: aws_sdk_dynamodb::Client,
    events: Events,
    wakeups: Wakeups,
    providers: Providers,
    agent: AgentSource,
    installation: Installation,
    limits: Limits,
    clock: Arc<WorkerClock>,
}

/// Each run's clients have a region of their own: the SDK keeps its budget of retries per region, for all clients of a
/// process, and one run must not spend another's.
fn region() -> String {
    static RUNS: AtomicU64 = AtomicU64::new(0);
    format!("run-{}", RUNS.fetch_add(1, Ordering::Relaxed))
}

/// The environment variables of the functions, in a production-like installation.
pub(crate) fn settings(linode_creates: &str) -> Settings {
    let variables = [
        ("ACME_DIRECTORIES", "https://acme.example/directory"),
        ("AGENT_SHA256", "0000000000000000000000000000000000000000000000000000000000000000"),
        ("AGENT_URL", "https://portal.example/agent"),
        ("AWS_ACCESS_KEY_ID", "simulated"),
        ("AWS_SECRET_ACCESS_KEY", "simulated"),
        ("CONTROL_PLANE_URL", "https://portal.example/api"),
        ("INSTALLATION", "simulated"),
        ("LINODE_CREATE_LIMIT", linode_creates),
        ("MACHINE_URL", "https://{address}:443"),
        ("PORTAL_ORIGIN", "https://portal.example"),
    ];
    let mut variables: HashMap<String, String> =
        variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    variables.insert("AWS_REGION".to_owned(), region());
    for service in ["DYNAMODB", "EVENTBRIDGE", "SQS"] {
        variables.insert(format!("AWS_ENDPOINT_URL_{service}"), "https://simulated.example".to_owned());
    }
    Settings::from_map(variables)
}

impl Functions {
    pub(crate) fn new(world: &Arc<World>) -> Result<Self> {
        let settings = settings(&world.hold().clouds.account(ProviderKind::Linode).creates.to_string());
        let aws = |service: &str| -> Result<_> {
            let transport = Transport(world.clone());
            Ok(settings.aws(&format!("AWS_ENDPOINT_URL_{service}"))?.over(SharedHttpClient::new(transport)))
        };
        let providers =
            KINDS.map(|kind| -> Arc<dyn Provider> { Arc::new(SimulatedProvider { kind, world: world.clone() }) });
        Ok(Self {
            world: world.clone(),
            dynamodb: aws("DYNAMODB")?.dynamodb(),
            events: Events::new(aws("EVENTBRIDGE")?.eventbridge(), "bus"),
            wakeups: Wakeups::new(aws("SQS")?.sqs(), "https://simulated.example/queue"),
            providers: Providers::new(providers),
            agent: AgentSource::from_settings(&settings)?,
            installation: Installation::from_settings(&settings)?,
            limits: settings.limits()?,
            clock: Arc::new(WorkerClock(world.time)),
        })
    }

    /// What a function keeps in its memory is its own: every worker is a process of its own.
    fn store(&self) -> Store {
        Store::new(self.dynamodb.clone(), "table")
    }

    fn desk(&self) -> Desk {
        Desk::new(self.store(), self.events.clone(), self.clock.clone())
    }

    fn provisioner(&self) -> Provisioner {
        Provisioner {
            store: self.store(),
            providers: self.providers.clone(),
            events: self.events.clone(),
            wakeups: self.wakeups.clone(),
            agent: self.agent.clone(),
            installation: self.installation.clone(),
            limits: self.limits,
            clock: self.clock.clone(),
        }
    }

    async fn invoke<T>(&self, function: &str, limit: Duration, work: impl Future<Output = T>) -> End<T> {
        let worker = self.world.worker(function);
        let name = worker.name.clone();
        let end = worker.run(limit, work).await;
        if matches!(end, End::Killed) {
            let state = &mut *self.world.hold();
            let elapsed = state.elapsed();
            state.trace.add(elapsed, &name, "is killed: its time is over");
            state.hindered(crate::observer::Scope::Everything);
        }
        end
    }

    /// One message of the queue; true if it is done with.
    pub(crate) async fn provision(&self, message: &Message) -> bool {
        let mut record = SqsMessage::default();
        record.message_id = Some("message".to_owned());
        record.body = Some(message.body.clone());
        let mut event = SqsEvent::default();
        event.records.push(record);
        let work = provision::handle(Arc::new(self.provisioner()), event, lambda_runtime::Context::default());
        let end = self.invoke("provision", PROVISION, work).await;
        matches!(end, End::Done { value: Ok(answer), .. } if answer.batch_item_failures.is_empty())
    }

    pub(crate) async fn reap(&self) -> End<ReapStatus> {
        let until = self.world.time.now() + SignedDuration::try_from(REAPER).unwrap_or_default();
        self.invoke("reaper", REAPER, async { self.provisioner().reap(until).await }).await
    }

    pub(crate) async fn play(&self, class: &Class, member: &Member, lab: &Lab) -> End<Result<Played, StoreError>> {
        let play = async { self.desk().play(class, member, lab, || self.new_environment()).await };
        self.invoke("start-lab", OTHERS, play).await
    }

    pub(crate) async fn stop(
        &self,
        member: &MemberId,
        environment: &EnvironmentId,
    ) -> End<Result<Option<Environment>, StoreError>> {
        self.invoke("stop-lab", OTHERS, async { self.desk().stop(member, environment).await }).await
    }

    pub(crate) async fn look(
        &self,
        member: &MemberId,
        environment: &EnvironmentId,
    ) -> End<Result<Option<Environment>, StoreError>> {
        let look = async { self.store().environment_of(member, environment).await };
        self.invoke("environment", OTHERS, look).await
    }

    /// What the bundle route does, as far as it matters here: hands the machine its own token.
    pub(crate) async fn bundle(&self, environment: &str, token: &str) -> End<Result<String, ApiError>> {
        let work = async {
            let machine = authenticate_machine(&self.store(), &call_of_machine(environment, token)?).await?;
            let secrets = machine.environment.secrets.ok_or_else(ApiError::unauthenticated)?;
            Ok(secrets.machine_token.expose().to_owned())
        };
        self.invoke("environment-bundle", OTHERS, work).await
    }

    /// What the report route does: who is calling, then what it says. Also returns who was recognised.
    pub(crate) async fn report(
        &self,
        environment: &str,
        token: &str,
        report: Report,
    ) -> End<Result<(Environment, Option<Environment>), ApiError>> {
        let work = async {
            let machine = authenticate_machine(&self.store(), &call_of_machine(environment, token)?).await?;
            let after = self.desk().report(&machine.environment.id, machine.speaker(), report, None).await?;
            Ok((machine.environment, after))
        };
        self.invoke("environment-report", OTHERS, work).await
    }

    fn new_environment(&self) -> NewEnvironment {
        let now = u64::try_from(self.world.time.now().as_millisecond()).unwrap_or_default();
        let state = &mut *self.world.hold();
        let chance = u128::from(state.dice.number()) << 16 | u128::from(state.dice.number() & 0xffff);
        let mut secret = || format!("secret-{:016x}{:016x}", state.dice.number(), state.dice.number());
        NewEnvironment {
            secrets: Secrets {
                access: secret().into(),
                machine_token: secret().into(),
                boot_token: None,
                viewer: secret().into(),
            },
            id: EnvironmentId::new(Ulid::from_parts(now, chance)),
            trace_id: format!("{chance:032x}"),
            by_action: None,
        }
    }
}

fn call_of_machine(environment: &str, token: &str) -> Result<http::Request<Body>, ApiError> {
    let request = http::Request::builder().header("authorization", format!("Bearer {token}"));
    let request = request.body(Body::Empty).map_err(ApiError::internal)?;
    Ok(request.with_path_parameters(HashMap::from([("environment".to_owned(), environment.to_owned())])))
}

/// How browsers are sent to machines.
pub(crate) fn machine_url() -> Result<MachineUrl> {
    MachineUrl::from_settings(&settings("20/15")).context("the machines' address")
}
