//! One local system: everything of `template.yaml` on loopback ports, started and stopped together.

use std::collections::{BTreeMap, HashMap};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use pocket_cloud::PocketCloud;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::callers::{Callers, access_key};
use crate::demo::{Demo, Seeder};
use crate::events::archive::Archive;
use crate::events::bus::Bus;
use crate::events::queue::Queue;
use crate::events::schedule::Schedule;
use crate::events::sqs::Sqs;
use crate::function::{Function, InvocationError};
use crate::http::front::Front;
use crate::http::portal::{AGENT_PATH, Portal};
use crate::options::LocalOptions;
use crate::secrets::{DIGITALOCEAN_TOKEN, LINODE_TOKEN, SESSION_KEYS, Secrets};
use crate::services::Services;
use crate::state_dir::StateDir;
use crate::template::{FunctionSpec, REGION, Template};
use crate::wiring::{Functions, Queues};
use crate::{functions, table, wiring};

/// The port on which a local machine's agent serves.
const AGENT_PORT: u16 = 7080;

/// A running local system. Dropped without [`Local::shutdown`] it stops too, without waiting.
pub struct Local {
    origin: String,
    operator_token: String,
    demo: Option<Demo>,
    routes: Vec<(String, String)>,
    endpoints: Endpoints,
    archive: Archive,
    table_calls: table::Calls,
    pocket: PocketCloud,
    schedules: Vec<Arc<Schedule>>,
    queues: HashMap<String, Arc<Queue>>,
    /// Stops what brings work in: the front, the queues, the schedule.
    intake: Services,
    /// Stops what work needs: the table, the bus and the queues' endpoint.
    backing: Services,
    _state: StateDir,
}

/// Where the AWS services are.
#[derive(Clone, Copy)]
struct Endpoints {
    /// The database itself, and the one that holds functions to their policies.
    database: SocketAddr,
    dynamodb: SocketAddr,
    eventbridge: SocketAddr,
    sqs: SocketAddr,
}

impl Local {
    /// Starts everything and returns when it is up, the demo included.
    ///
    /// # Errors
    /// Says what is wrong and, where that is known, what to do: a port in use, a second system on the same state, a
    /// template that cannot be played, a sandbox that cannot be made.
    pub async fn start(options: LocalOptions) -> Result<Self> {
        let state = StateDir::open(&options.state_dir)?;
        let front_listener = bind(options.port, "PORT").await?;
        let pocket_listener = bind(options.pocket_port, "POCKET_PORT").await?;
        let front_address = front_listener.local_addr()?;
        let origin = format!("http://{front_address}");
        let mut secrets = Secrets::open(&state.file("secrets.json"))?;

        // Whatever can be wrong with files is found before anything runs.
        let (agent, agent_sha256) = options.agent.as_deref().map(|agent| state.keep_agent(agent)).transpose()?.unzip();
        let portal = Portal::new(options.portal.clone(), agent, &read(&options.root.join("netlify.toml"))?)?;
        let parameters = parameters(&options, &origin, &secrets, pocket_listener.local_addr()?, agent_sha256);
        let template = Template::parse(&read(&options.root.join("template.yaml"))?, &parameters, &|name, key| {
            secrets.lookup(name, key)
        });
        let template = template.context("template.yaml")?;

        let queues = wiring::queues(&template)?;
        let backing = Services::new();
        let (archive, table_calls) = (Archive::default(), table::Calls::default());
        let seen = (archive.clone(), table_calls.clone());
        let endpoints = start_backing(&backing, &template, &queues, &state, seen).await?;
        let functions = build_functions(&template, endpoints)?;
        let pocket = start_pocket(pocket_listener, &options, &secrets, &state, front_address).await?;

        let intake = Services::new();
        let front = Front::new(wiring::routes(&template, &functions), portal);
        intake.tasks.spawn(front.clone().serve(front_listener, intake.stop.clone()));
        for consumer in wiring::consumers(&template, &functions, &queues)? {
            intake.tasks.spawn(consumer.run(intake.stop.clone(), intake.tasks.clone()));
        }
        let schedules = wiring::schedules(&template, &functions);
        for schedule in &schedules {
            intake.tasks.spawn(schedule.clone().run(intake.stop.clone(), intake.tasks.clone()));
        }

        let demo = if options.seed { Some(seed(&options, &origin, &mut secrets, &state).await?) } else { None };
        front.set_ready();
        let operator_token = secrets.operator_token;
        let routes = template.functions.into_iter().flat_map(|spec| spec.routes);
        let routes = routes.map(|route| (route.method, route.path)).collect();
        Ok(Self {
            origin,
            operator_token,
            demo,
            routes,
            endpoints,
            archive,
            table_calls,
            pocket,
            schedules,
            queues,
            intake,
            backing,
            _state: state,
        })
    }

    /// Where the portal and the API are: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.origin
    }

    pub fn operator_token(&self) -> &str {
        &self.operator_token
    }

    /// The seeded class, where it was asked for.
    pub fn demo(&self) -> Option<&Demo> {
        self.demo.as_ref()
    }

    /// Every route that the template deploys: method and path.
    pub fn routes(&self) -> &[(String, String)] {
        &self.routes
    }

    pub fn pocket(&self) -> &PocketCloud {
        &self.pocket
    }

    /// The embedded DynamoDB's own endpoint, where any access key may do anything. Functions are given another one, which
    /// holds them to their policies.
    pub fn dynamodb_url(&self) -> String {
        format!("http://{}", self.endpoints.database)
    }

    /// What went over the bus, the newest thousand, the oldest first: the envelopes as rules saw them.
    pub fn events(&self) -> Vec<Value> {
        self.archive.events()
    }

    /// How often the function has performed this operation on the table, such as `Query`; answers that span pages count
    /// once for each page.
    pub fn table_calls(&self, function: &str, operation: &str) -> u64 {
        self.table_calls.of(function, operation)
    }

    /// One run of the reaper beside its schedule, after the one that may be under way; its status.
    pub async fn invoke_reaper(&self) -> Result<Value> {
        let schedule = self.schedules.iter().find(|schedule| schedule.function() == "reaper");
        let outcome = schedule.context("no schedule runs the reaper")?.run_now().await;
        outcome.map_err(|error| match error {
            InvocationError::TimedOut => anyhow!("the reaper ran into its time-out"),
            InvocationError::Failed(reason) => anyhow!("the reaper failed: {reason}"),
        })
    }

    /// Messages of a queue of the template that wait or are being worked on.
    pub fn queue_length(&self, queue: &str) -> Option<usize> {
        self.queues.get(queue).map(|queue| queue.len())
    }

    /// Stops everything and returns when no sandbox is left.
    pub async fn shutdown(self) {
        self.intake.end().await;
        self.pocket.shutdown().await;
        self.backing.end().await;
    }
}

/// The table, the door before it, the bus, and where functions send messages.
async fn start_backing(
    backing: &Services,
    template: &Template,
    queues: &Queues,
    state: &StateDir,
    (archive, table_calls): (Archive, table::Calls),
) -> Result<Endpoints> {
    let callers = Arc::new(Callers::new(&template.functions, wiring::bus_arns(template)));
    let database = table::open(&state.file("table.sqlite"), &template.tables)?;
    let database = backing.serve(|listener, stop| table::serve(listener, database, stop)).await?;
    let door = table::Door::new(database, callers.clone(), table_calls)?;
    let dynamodb = backing.serve(|listener, stop| door.serve(listener, stop)).await?;
    let names = template.buses.iter().map(|bus| bus.name.clone()).collect();
    let bus = Bus { names, rules: wiring::rules(template, queues)?, callers: callers.clone(), archive };
    let eventbridge = backing.serve(|listener, stop| bus.serve(listener, stop)).await?;
    let sqs = Sqs { queues: wiring::queues_by_url(queues), callers };
    let sqs = backing.serve(|listener, stop| sqs.serve(listener, stop)).await?;
    Ok(Endpoints { database, dynamodb, eventbridge, sqs })
}

fn build_functions(template: &Template, endpoints: Endpoints) -> Result<Functions> {
    let implementations = functions::implementations();
    functions::check(&template.functions, &implementations)?;
    let build = |spec: &FunctionSpec| {
        let build = implementations.get(spec.name.as_str()).context("no implementation")?;
        let function = Function::new(spec, *build, aws_variables(&spec.name, endpoints))?;
        Ok((spec.name.clone(), Arc::new(function)))
    };
    template.functions.iter().map(build).collect()
}

async fn seed(options: &LocalOptions, origin: &str, secrets: &mut Secrets, state: &StateDir) -> Result<Demo> {
    tracing::info!("bringing the demo class up to date");
    let seeder = Seeder::new(origin, &secrets.operator_token)?;
    let file = state.file("secrets.json");
    let labs = options.root.join("labs");
    let seeded = seeder.seed(&labs, &state.file("demo.json"), |member| secrets.password(member, &file)).await;
    seeded.context("the demo class could not be made")
}

async fn bind(port: u16, variable: &str) -> Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.with_context(|| {
        format!("port {port} on 127.0.0.1 cannot be used; set {variable} to a free one, or stop what uses it")
    })
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

async fn start_pocket(
    listener: TcpListener,
    options: &LocalOptions,
    secrets: &Secrets,
    state: &StateDir,
    front: SocketAddr,
) -> Result<PocketCloud> {
    let mut pocket = pocket_cloud::Options::new(&secrets.linode_token, &secrets.digitalocean_token);
    pocket.state_dir = Some(state.file("pocket-cloud"));
    pocket.isolation = options.isolation.clone();
    pocket.boot_delay = options.boot_delay;
    pocket.delete_delay = options.delete_delay;
    pocket.limits = options.limits;
    pocket.agent_port = AGENT_PORT;
    pocket.egress = vec![front];
    Ok(PocketCloud::start(listener, pocket).await?)
}

/// The template's parameters, as an operator would give them at deployment; what the options say comes last.
fn parameters(
    options: &LocalOptions,
    origin: &str,
    secrets: &Secrets,
    pocket: SocketAddr,
    agent_sha256: Option<String>,
) -> BTreeMap<String, String> {
    let pocket = format!("http://{pocket}");
    let given = [
        ("Installation", "local".to_owned()),
        ("PortalOrigin", origin.to_owned()),
        ("LogLevel", options.log_level.clone()),
        ("SessionKeysSecret", SESSION_KEYS.to_owned()),
        ("OperatorTokenSha256", secrets.operator_token_sha256()),
        ("LinodeTokenSecret", LINODE_TOKEN.to_owned()),
        ("DigitalOceanTokenSecret", DIGITALOCEAN_TOKEN.to_owned()),
        ("LinodeApiUrl", pocket.clone()),
        ("DigitalOceanApiUrl", pocket),
        ("AgentUrl", format!("{origin}{AGENT_PATH}")),
        // Without an agent, machines that were to run it would refuse whatever they get.
        ("AgentSha256", agent_sha256.unwrap_or_else(|| "0".repeat(64))),
        ("MachineUrl", format!("http://{{address}}:{AGENT_PORT}")),
        ("AcmeDirectories", String::new()),
    ];
    let mut parameters: BTreeMap<String, String> =
        given.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    parameters.extend(options.parameters.clone());
    parameters
}

/// What Lambda itself sets for a function, and where the AWS services are.
fn aws_variables(function: &str, endpoints: Endpoints) -> HashMap<String, String> {
    let variables = [
        ("AWS_REGION", REGION.to_owned()),
        ("AWS_ACCESS_KEY_ID", access_key(function)),
        ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
        ("AWS_ENDPOINT_URL_DYNAMODB", format!("http://{}", endpoints.dynamodb)),
        ("AWS_ENDPOINT_URL_EVENTBRIDGE", format!("http://{}", endpoints.eventbridge)),
        ("AWS_ENDPOINT_URL_SQS", format!("http://{}", endpoints.sqs)),
    ];
    variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
