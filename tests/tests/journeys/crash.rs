//! `kill -9` of the local stack at random moments while people play and stop, and new starts on the same state. Then it
//! is left alone.

mod stack;

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::join_all;
use journeys::{Session, lab_files, within};
use reqwest::Method;
use serde_json::{Value, json};
use stack::Stack;

const KILLS: u32 = 50;
const TRAINEES: u32 = 20;
/// How many of them do something between two kills.
const ACTING: usize = 4;
const PASSWORD: &str = "correct horse battery";
/// A lease (60 s), a second look (15 s), two ticks of the reaper, and time for a slow computer.
const AT_REST_WITHIN: Duration = Duration::from_secs(240);
/// The longest time from a press to the kill, where the kill comes in the midst of it.
const PRESS_MS: u64 = 150;
/// The longest time from the answers to the kill. A start takes about as long, and so does an end.
const FOLLOWS_MS: u64 = 900;

/// A class with a lab; its trainees, signed in.
async fn trainees(stack: &Stack) -> Vec<Session> {
    let operator = stack.operator();
    let class = json!({ "code": "CRASH-1", "title": "A class" });
    let class = operator.send_json(Method::POST, "/api/admin/classes", &class).await;
    let admin = format!("/api/admin/classes/{}", class.text("id"));
    let lab = operator.send_json(Method::PUT, &format!("{admin}/labs/lab-one"), &lab_files()).await;
    assert_eq!(lab.status, 200, "{lab:?}");
    let joining = (0..TRAINEES).map(|number| {
        let (admin, operator) = (&admin, &operator);
        async move {
            let name = format!("trainee-{number}");
            let member = json!({ "name": name, "display_name": name, "password": PASSWORD });
            let added = operator.send_json(Method::POST, &format!("{admin}/members"), &member).await;
            assert_eq!(added.status, 201, "{added:?}");
            let login = json!({ "class_code": "CRASH-1", "name": name, "password": PASSWORD, "session": "bearer" });
            let session = stack.anonymous().send_json(Method::POST, "/api/login", &login).await;
            stack.anonymous().with_token(session.text("token"))
        }
    });
    join_all(joining).await
}

/// One's environments, the newest first: id and status.
async fn environments(who: &Session) -> Vec<(String, String)> {
    let list = who.get("/api/environments").await;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = list.body["environments"].as_array().cloned().unwrap_or_default();
    all.iter().map(|one| (text(&one["id"]), text(&one["status"]))).collect()
}

/// Presses Play, or Stop where something runs and `stop` says so. The stack may die before it answers; where it answers,
/// it never fails.
async fn act(who: Session, stop: bool) {
    let Ok(list) = who.request(Method::GET, "/api/environments").send().await else { return };
    let list: Value = list.json().await.unwrap_or_default();
    let running = list["environments"][0].clone();
    let path = match running["status"].as_str() {
        Some("requested" | "creating" | "booting" | "ready") if stop => {
            format!("/api/environments/{}/stop", running["id"].as_str().unwrap_or_default())
        }
        _ => "/api/labs/lab-one/start".to_owned(),
    };
    if let Ok(answer) = who.request(Method::POST, &path).send().await {
        let status = answer.status().as_u16();
        // 409: the old machine is still being deleted.
        assert!(matches!(status, 202 | 409), "{path} answered {status}");
    }
}

/// Until every environment is ready or at its end; all of them by status.
async fn at_rest(people: &[Session]) -> BTreeMap<String, Vec<String>> {
    let mut last = Vec::new();
    let rest = within(AT_REST_WITHIN, async || {
        tokio::time::sleep(Duration::from_millis(500)).await;
        last = join_all(people.iter().map(environments)).await.concat();
        let moving = last.iter().any(|(_, status)| !matches!(status.as_str(), "ready" | "gone" | "failed"));
        (!moving).then_some(())
    });
    let rest = rest.await;
    assert!(rest.is_some(), "no-dead-end: not every environment came to rest: {last:?}");
    let mut by_status: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (id, status) in last {
        by_status.entry(status).or_default().push(id);
    }
    by_status
}

/// Each ready environment has its one machine, at the address that its trainee is sent to; nobody else has any.
async fn machines_are_those_of(stack: &Stack, people: &[Session], ready: &[String]) {
    let mut machines = stack.machines().await;
    let owners: Vec<&str> = machines.keys().map(String::as_str).collect();
    let mut expected: Vec<&str> = ready.iter().map(String::as_str).collect();
    expected.sort_unstable();
    assert_eq!(owners, expected, "no-leak: on the left who has machines, on the right who is ready");
    for who in people {
        for (id, status) in environments(who).await {
            if status == "ready" {
                let url = who.get(&format!("/api/environments/{id}")).await.text("access.terminal_url").to_owned();
                let addresses = machines.remove(&id).unwrap_or_default();
                assert_eq!(addresses.len(), 1, "no-double: {id} has {addresses:?}");
                assert!(url.contains(&format!("//{}:", addresses[0])), "no-mix-up: {url} is not {addresses:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_fifty_kills_at_random_moments_every_environment_comes_to_rest_and_every_machine_has_its_owner() {
    let seed = std::env::var("CRASH_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| fastrand::u64(..));
    println!("CRASH_SEED={seed} repeats this choice of moments");
    let mut chance = fastrand::Rng::with_seed(seed);
    let mut stack = Stack::start().await;
    let people = trainees(&stack).await;

    for _ in 0..KILLS {
        let acting = chance.choose_multiple(&people, ACTING);
        let acting: Vec<_> = acting.into_iter().map(|who| tokio::spawn(act(who.clone(), chance.bool()))).collect();
        let acted = async {
            for outcome in join_all(acting).await {
                outcome.unwrap();
            }
        };
        // In the midst of what they do, or of what follows from it.
        if chance.bool() {
            tokio::time::sleep(Duration::from_millis(chance.u64(..PRESS_MS))).await;
            stack.kill_and_start().await;
            acted.await;
        } else {
            acted.await;
            tokio::time::sleep(Duration::from_millis(chance.u64(..FOLLOWS_MS))).await;
            stack.kill_and_start().await;
        }
    }

    let by_status = at_rest(&people).await;
    let none = Vec::new();
    assert!(
        by_status.values().flatten().count() >= people.len(),
        "too little happened between the kills: {by_status:?}"
    );
    println!("at rest: {:?}", by_status.iter().map(|(status, ids)| (status, ids.len())).collect::<Vec<_>>());
    machines_are_those_of(&stack, &people, by_status.get("ready").unwrap_or(&none)).await;

    // It still works: everybody stops, and nothing is left.
    for who in &people {
        for (id, status) in environments(who).await {
            if status == "ready" {
                who.post(&format!("/api/environments/{id}/stop")).await;
            }
        }
    }
    let by_status = at_rest(&people).await;
    assert_eq!(by_status.get("ready"), None, "somebody's machine still runs");
    machines_are_those_of(&stack, &people, &none).await;
}
