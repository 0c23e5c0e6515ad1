//! One lab's whole story under one trace id: the click, the event, the queue, the machine's tag and user data, the machine's
//! own calls, the receipt, and every log line on the way.

use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, Once};

use async_trait::async_trait;
use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use brihaspati_core::clock::SystemClock;
use brihaspati_core::desk::{Desk, Played};
use brihaspati_core::domain::ids::MemberId;
use brihaspati_core::domain::placement::ProviderKind;
use brihaspati_core::domain::price::SizePrices;
use brihaspati_core::events::Events;
use brihaspati_core::http::{ApiError, ApiResult, Request, accepted};
use brihaspati_core::lambda;
use brihaspati_core::machine_url::MachineUrl;
use brihaspati_core::providers::{Lookup, Machine, MachineSpec, MachineStatus, Provider, ProviderError, Providers};
use brihaspati_core::provisioning::{AgentSource, Installation, Provisioner};
use brihaspati_core::telemetry;
use brihaspati_core::trace::TraceId;
use brihaspati_core::views::EnvironmentView;
use brihaspati_core::wakeups::Wakeups;
use lambda_runtime::Context;
use serde_json::{Map, Value, json};

use crate::scene::{class, lab, new_environment, trainee};
use crate::system::{Call, System, http_event};

const CLICK: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// A provider with room for one machine, that remembers what it was asked for.
#[derive(Default)]
struct Cloud {
    asked_for: Mutex<Option<MachineSpec>>,
    machine: Mutex<Option<Machine>>,
}

#[async_trait]
impl Provider for Cloud {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Linode
    }

    async fn create(&self, spec: &MachineSpec) -> Result<Machine, ProviderError> {
        let machine = Machine {
            provider: ProviderKind::Linode,
            id: "42".into(),
            label: spec.label.clone(),
            tags: spec.tags.clone(),
            region: spec.placement.region.clone(),
            address: Some("172.104.1.2".parse().unwrap()),
            status: MachineStatus::Running,
            created_at: None,
        };
        *self.asked_for.lock().unwrap() = Some(spec.clone());
        *self.machine.lock().unwrap() = Some(machine.clone());
        Ok(machine)
    }

    async fn find(&self, _: &str) -> Result<Vec<Machine>, ProviderError> {
        self.list("").await
    }

    async fn get(&self, _: &str) -> Result<Lookup, ProviderError> {
        let absent = Lookup::Absent { evidence: "GET answered 404".into() };
        Ok(self.machine.lock().unwrap().clone().map_or(absent, Lookup::Exists))
    }

    async fn delete(&self, _: &str) -> Result<(), ProviderError> {
        *self.machine.lock().unwrap() = None;
        Ok(())
    }

    async fn list(&self, _: &str) -> Result<Vec<Machine>, ProviderError> {
        Ok(self.machine.lock().unwrap().clone().into_iter().collect())
    }

    async fn prices(&self) -> Result<SizePrices, ProviderError> {
        Ok(SizePrices::default())
    }
}

thread_local! {
    /// What was logged on this thread; each test runs on one.
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

struct ThreadLog;

impl Write for ThreadLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.with_borrow_mut(|log| log.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// As every function logs on Lambda.
fn listen() {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        tracing::subscriber::set_global_default(telemetry::lines("info", || ThreadLog).unwrap()).unwrap();
    });
    LOG.take();
}

fn logged() -> Vec<Value> {
    let log = String::from_utf8(LOG.take()).unwrap();
    log.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn headers(trace_id: &str, token: &str) -> Map<String, Value> {
    let headers = json!({
        "authorization": format!("Bearer {token}"),
        "content-type": "application/json",
        "traceparent": format!("00-{trace_id}-b7ad6b7169203331-01"),
    });
    headers.as_object().unwrap().clone()
}

/// What `start-lab` does once it knows who is calling.
async fn play(desk: Arc<(Desk, MachineUrl)>, request: Request) -> ApiResult {
    let new = || new_environment(TraceId::of(&request).as_str());
    match desk.0.play(&class(), &trainee(), &lab(), new).await? {
        Played::Running(environment) => accepted(&EnvironmentView::full(&environment, &desk.1)),
        other => Err(ApiError::internal(format!("{other:?}"))),
    }
}

/// The queue: what the rule of `template.yaml` sends there goes to the function as it is.
async fn deliver(provisioner: &Arc<Provisioner>, announced: Vec<Value>) {
    let needed: Vec<Value> = announced.into_iter().filter(|detail| detail["needs"] == "provision").collect();
    assert!(!needed.is_empty(), "nobody was asked to act");
    let message = |detail: Value| {
        let mut message = SqsMessage::default();
        message.body = Some(json!({ "detail": detail }).to_string());
        message
    };
    let mut event = SqsEvent::default();
    event.records = needed.into_iter().map(message).collect();
    let left = provision::handle(provisioner.clone(), event, Context::default()).await.unwrap();
    assert!(left.batch_item_failures.is_empty());
}

#[tokio::test]
async fn one_trace_id_goes_from_the_click_to_the_receipt() {
    let system = System::start().await;
    system.push(&mut lab()).await;
    let cloud = Arc::new(Cloud::default());
    let provider: Arc<dyn Provider> = cloud.clone();
    let provisioner = Arc::new(Provisioner {
        store: system.store.clone(),
        providers: Providers::new([provider]),
        events: Events::from_settings(&system.settings).unwrap(),
        wakeups: Wakeups::from_settings(&system.settings).unwrap(),
        agent: AgentSource::from_settings(&system.settings).unwrap(),
        installation: Installation::from_settings(&system.settings).unwrap(),
        limits: system.settings.limits().unwrap(),
        clock: Arc::new(SystemClock),
    });
    listen();

    let desk = Desk::from_settings(&system.settings).unwrap();
    let route = lambda::route((desk, MachineUrl::from_settings(&system.settings).unwrap()), play);
    let click = http_event("POST", "/api/labs/lab-one/start", &headers(CLICK, "session"), "");
    let answer = route(click, Context::default()).await.unwrap();
    assert_eq!((&answer["statusCode"], &answer["headers"]["x-trace-id"]), (&202.into(), &CLICK.into()));
    let shown: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    let id = shown["id"].as_str().unwrap();

    let announced = system.announced();
    assert_eq!(announced[0]["trace_id"], CLICK, "the event");
    deliver(&provisioner, announced).await;

    let asked_for = cloud.asked_for.lock().unwrap().clone().unwrap();
    assert_eq!(asked_for.tags, ["brihaspati:test".to_owned(), format!("trace:{CLICK}")], "the provider's tag");
    let machine = asked_for.user_data.lines().find(|line| line.starts_with('{')).unwrap();
    let machine: Value = serde_json::from_str(machine).unwrap();
    assert_eq!(machine["trace_id"], CLICK, "the user data");

    let headers = headers(machine["trace_id"].as_str().unwrap(), machine["token"].as_str().unwrap());
    let body = json!({ "stage": "ready", "agent_version": "1" }).to_string();
    let ready = Call { method: "POST".into(), call: "report".into(), headers, body };
    assert_eq!(system.call(id, &ready).await.0, 200);
    system.announced();

    // Stop is another click with an id of its own; what follows from it is part of the story.
    let stop = Desk::from_settings(&system.settings).unwrap();
    stop.stop(&MemberId::nil(), &id.parse().unwrap()).await.unwrap();
    deliver(&provisioner, system.announced()).await;

    let ended = system.store.environment(&id.parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(ended.trace_id, CLICK);
    assert_eq!(ended.phase.receipt().unwrap().resources.len(), 1);
    let stages = ["requested", "creating", "machine-created", "ready", "stop-requested", "deleting", "deleted"];
    assert_eq!(system.stages(id).await, stages);

    let log = logged();
    let of_the_story = |line: &&Value| line["span"]["trace_id"] == CLICK || line["environment.trace_id"] == CLICK;
    let strangers: Vec<&Value> = log.iter().filter(|line| !of_the_story(line)).collect();
    assert!(strangers.is_empty(), "{strangers:#?}");
    let statuses = log.iter().filter_map(|line| line["environment.status"].as_str());
    let mut told: Vec<&str> = statuses.collect();
    told.dedup();
    assert_eq!(told, ["Requested", "Creating", "Booting", "Ready", "Deleting", "Gone"], "the log alone tells it all");
}
