//! Machines of the protocol's version 1 and today's functions understand each other: what such a machine was seen to send
//! is understood, and what it reads in the answers is there. A recording is never edited to make this pass: machines that
//! send it may be running.

use std::path::Path;

use brihaspati_core::domain::environment::{Environment, MachineTokens};
use brihaspati_core::store::MemberDesk;
use serde::Deserialize;
use serde_json::Value;

use crate::scene::{at, lab, machine, requested};
use crate::system::{Call, System};

/// One call as a machine of that version made it, and what it reads of the answer.
#[derive(Deserialize)]
struct Recording {
    #[serde(flatten)]
    call: Call,
    status: u64,
    answer: Value,
}

impl Recording {
    fn with_header(mut self, name: &str, value: &str) -> Self {
        self.call.headers.insert(name.to_owned(), value.into());
        self
    }
}

/// A machine that boots, whose environment has all the time of the world.
async fn booting() -> (System, String) {
    let system = System::start().await;
    system.push(&mut lab()).await;
    let environment = requested(&lab(), at(4_000_000_000));
    system.store.start(&environment, MemberDesk::default(), None, environment.requested_at).await.unwrap();
    let boot = |environment: &mut Environment, now| {
        let tokens = MachineTokens { boot: "token-of-the-first-attempt".into(), own: "token-of-the-machine".into() };
        environment.begin_attempt(0, tokens, now);
        environment.machine_created(machine(), now);
    };
    system.store.change(&environment.id, || environment.requested_at, boot).await.unwrap();
    (system, environment.id.to_string())
}

/// A life from the first call to the last, in order.
fn version_1() -> Vec<(String, Recording)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/machine/v1");
    let mut names: Vec<String> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names.len(), 6, "a recording is missing");
    let read = |name: String| {
        let text = std::fs::read_to_string(folder.join(&name)).unwrap();
        let recording = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, recording)
    };
    names.into_iter().map(read).collect()
}

/// Whether everything in `old` stands in `new`: machines take no offence at more.
fn holds(new: &Value, old: &Value) -> bool {
    match (new, old) {
        (Value::Object(new), Value::Object(old)) => {
            old.iter().all(|(name, old)| new.get(name).is_some_and(|new| holds(new, old)))
        }
        (Value::Array(new), Value::Array(old)) => {
            new.len() == old.len() && new.iter().zip(old).all(|(new, old)| holds(new, old))
        }
        (new, old) => new == old,
    }
}

async fn lives_with(headers: &[(&str, &str)]) {
    let (system, id) = booting().await;
    for (name, recording) in version_1() {
        let recording = headers.iter().fold(recording, |recording, (name, value)| recording.with_header(name, value));
        let (status, answer) = system.call(&id, &recording.call).await;
        assert_eq!(status, recording.status, "{name}: {answer}");
        assert!(holds(&answer, &recording.answer), "{name}: {answer:#} lacks some of {:#}", recording.answer);
    }
    assert_eq!(
        system.stages(&id).await,
        ["requested", "creating", "machine-created", "agent-started", "setting-up", "ready", "deleting"],
        "what the machine said was understood",
    );
}

#[tokio::test]
async fn the_first_agents_which_do_not_say_their_version_are_understood() {
    lives_with(&[]).await;
}

#[tokio::test]
async fn an_agent_that_says_version_1_is_understood() {
    lives_with(&[("brihaspati-protocol", "1")]).await;
}

#[tokio::test]
async fn an_agent_of_an_unknown_version_is_refused_and_changes_nothing() {
    let (system, id) = booting().await;
    let before = system.stages(&id).await;
    for version in ["2", "0", "one", ""] {
        for (name, recording) in version_1() {
            let (status, answer) = system.call(&id, &recording.with_header("brihaspati-protocol", version).call).await;
            assert_eq!((status, &answer["code"]), (400, &"protocol_not_supported".into()), "{version} {name}");
        }
    }
    assert_eq!(system.stages(&id).await, before);
}

#[tokio::test]
async fn a_stranger_learns_nothing_about_versions() {
    let (system, id) = booting().await;
    for (name, recording) in version_1() {
        let stranger = recording.with_header("brihaspati-protocol", "2").with_header("authorization", "Bearer guess");
        let (status, answer) = system.call(&id, &stranger.call).await;
        assert_eq!((status, &answer["code"]), (401, &"unauthenticated".into()), "{name}");
    }
}

#[tokio::test]
async fn the_token_of_the_user_data_ends_with_the_first_report_by_the_machines_own() {
    let (system, id) = booting().await;
    // All but the last, which ends the machine. Each as often as the machine likes: an answer may have been lost.
    let answers_to = async |token: &str| {
        let mut answers = Vec::new();
        for (_, recording) in version_1().into_iter().take(5) {
            let recording = recording.with_header("authorization", &format!("Bearer {token}"));
            answers.push(system.call(&id, &recording.call).await);
        }
        answers
    };
    let answers = answers_to("token-of-the-first-attempt").await;
    assert!(answers.iter().all(|(status, _)| *status == 200), "{answers:?}");
    let own = answers[1].1["token"].as_str().unwrap();
    for _ in 0..2 {
        let answers = answers_to(own).await;
        assert!(answers.iter().all(|(status, _)| *status == 200), "{answers:?}");
        let answers = answers_to("token-of-the-first-attempt").await;
        assert!(answers.iter().all(|(status, _)| *status == 401), "{answers:?}");
    }
}
