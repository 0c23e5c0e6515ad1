//! The room, live: what each tile says over a life, and what a refresh costs.

use brihaspati_core::store::{MemberDesk, Started};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use journeys::pocket_cloud::Isolation;
use journeys::{Answer, MANIFEST, Session, TestApp, TestClass, eventually, lab_files_checking};
use reqwest::Method;
use serde_json::{Value, json};

/// The newest environment of somebody's first lab in the room; null where they have not started.
async fn tile(who: &Session, class: &TestClass, name: &str) -> Value {
    let room = who.get(&class.path("/room")).await;
    let person = room.list("people").iter().find(|person| person["name"] == name);
    person.unwrap_or_else(|| panic!("{name} is not in {room:?}"))["environments"][0].clone()
}

async fn comes_to(who: &Session, class: &TestClass, name: &str, state: &str) -> Value {
    eventually(&format!("{name} to be {state}"), async || {
        let tile = tile(who, class, name).await;
        (tile["state"] == state).then_some(tile)
    })
    .await
}

struct Machine {
    session: Session,
    id: String,
}

impl Machine {
    async fn of(app: &TestApp, who: &Session, id: &str) -> Self {
        app.until(who, id, "booting").await;
        Self { session: app.anonymous().with_token(&app.machine_token(id).await), id: id.to_owned() }
    }

    async fn says(&self, rest: &str, body: Value) -> Answer {
        let answer = self.session.send_json(Method::POST, &format!("/api/environments/{}{rest}", self.id), &body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tile_tells_a_life_from_waiting_to_ended() {
    let app = TestApp::start_with(|options| options.isolation = Isolation::None).await;
    let class = app.class("ROOM-1").await;
    app.lab(&class, "lab-one", &lab_files_checking(MANIFEST, &[("1-first", "#!/bin/sh\nexit 1\n")])).await;
    let grace = app.instructor(&class, "grace").await;
    let ada = app.trainee(&class, "ada").await;
    assert_eq!(tile(&grace, &class, "ada").await, json!(null), "not started");

    let id = app.play(&ada, "lab-one").await.text("id").to_owned();
    let waiting = tile(&grace, &class, "ada").await;
    assert!(["waiting", "starting"].contains(&waiting["state"].as_str().unwrap()), "{waiting}");
    let machine = Machine::of(&app, &ada, &id).await;
    machine.says("/report", json!({ "stage": "setting-up", "agent_version": "1" })).await;
    let starting = comes_to(&grace, &class, "ada", "starting").await;
    assert_eq!((&starting["stage"], &starting["provider"]), (&json!("setting-up"), &json!("linode")));
    machine.says("/report", json!({ "stage": "ready", "agent_version": "1" })).await;
    let working = comes_to(&grace, &class, "ada", "working").await;
    assert_eq!((&working["checks_passed"], &working["checks_total"]), (&json!(0), &json!(1)));
    assert!(!working["expires_at"].is_null() && !working["ready_at"].is_null(), "{working}");

    let result = |passed: bool| {
        let at = Timestamp::now().as_second();
        json!({ "results": [{ "name": "1-first", "passed": passed, "message": "So it is.", "at": at }] })
    };
    machine.says("/checks", result(false)).await;
    assert_eq!(tile(&grace, &class, "ada").await["state"], "working", "a check that fails once is nothing");
    let hand = json!({ "raised": true, "note": "Where is the file?" });
    ada.send_json(Method::POST, &format!("/api/environments/{id}/hand"), &hand).await;
    assert_eq!(comes_to(&grace, &class, "ada", "stuck").await["hand"]["note"], "Where is the file?");
    ada.send_json(Method::POST, &format!("/api/environments/{id}/hand"), &json!({ "raised": false })).await;
    machine.says("/checks", result(true)).await;
    assert_eq!(comes_to(&grace, &class, "ada", "done").await["checks_passed"], 1);

    app.stop(&ada, &id).await;
    let stopping = tile(&grace, &class, "ada").await;
    assert!(["stopping", "ended"].contains(&stopping["state"].as_str().unwrap()), "{stopping}");
    let ended = comes_to(&grace, &class, "ada", "ended").await;
    assert_eq!(ended["checks_passed"], 1, "what was achieved outlives the machine");

    // The newest of the lab is the one that is shown.
    let again = app.play(&ada, "lab-one").await.text("id").to_owned();
    let machine = Machine::of(&app, &ada, &again).await;
    let failed = json!({ "stage": "failed", "detail": "no such file", "agent_version": "1" });
    machine.says("/report", failed).await;
    let failed = comes_to(&grace, &class, "ada", "failed").await;
    assert_eq!((&failed["id"], &failed["failure"]["code"]), (&json!(again), &json!("setup_failed")));
    assert!(failed["failure"]["message"].as_str().unwrap().contains("no such file"));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_nothing_is_idle_and_who_fails_for_long_is_stuck() {
    let app = TestApp::start().await;
    let class = app.class("ROOM-2").await;
    app.lab(&class, "lab-one", &lab_files_checking(MANIFEST, &[("1-first", "#!/bin/sh\nexit 1\n")])).await;
    let grace = app.instructor(&class, "grace").await;
    let ada = app.trainee(&class, "ada").await;
    let id = app.running(&ada, "lab-one").await;
    let machine = Machine { session: app.anonymous().with_token(&app.machine_token(&id).await), id: id.clone() };
    let now = Timestamp::now();
    // As if it had been ready for half an hour.
    let ready_at = json!({ "S": (now - SignedDuration::from_mins(30)).to_string() });
    let was_ready = async || {
        let ready_at = ready_at.clone();
        app.table().rewrite(&id, "ENVIRONMENT", |item| item["room"]["M"]["ready_at"] = ready_at).await;
    };
    let active = |minutes: i64| {
        let at = (now - SignedDuration::from_mins(minutes)).as_second();
        json!({ "stage": "ready", "agent_version": "1", "active_at": at })
    };
    machine.says("/report", active(6)).await;
    was_ready().await;
    assert_eq!(
        comes_to(&grace, &class, "ada", "idle").await["last_active_at"],
        json!((now - SignedDuration::from_mins(6)).strftime("%FT%TZ").to_string())
    );
    machine.says("/report", active(1)).await;
    was_ready().await;
    comes_to(&grace, &class, "ada", "working").await;
    let failing = (now - SignedDuration::from_mins(11)).as_second();
    let failing = json!({ "results": [{ "name": "1-first", "passed": false, "message": "Not yet.", "at": failing }] });
    machine.says("/checks", failing).await;
    was_ready().await;
    comes_to(&grace, &class, "ada", "stuck").await;
    app.end(&ada, &id).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_did_not_change_is_not_sent_again() {
    let app = TestApp::start().await;
    let class = app.class("ROOM-3").await;
    let grace = app.instructor(&class, "grace").await;
    let ada = app.trainee(&class, "ada").await;
    let id = app.running(&ada, "lab-one").await;
    let room = class.path("/room");
    let first = grace.get(&room).await;
    assert!(!first.etag.is_empty());
    let same = grace.get_unless(&room, &first.etag).await;
    assert_eq!((same.status, &same.etag, same.plain.as_str()), (304, &first.etag, ""));
    let hand = json!({ "raised": true });
    ada.send_json(Method::POST, &format!("/api/environments/{id}/hand"), &hand).await;
    let changed = grace.get_unless(&room, &first.etag).await;
    assert_eq!((changed.status, changed.etag == first.etag), (200, false));
    assert_eq!(changed.list("people")[0]["environments"][0]["state"], "stuck");
    let token = app.machine_token(&id).await;
    assert!(!changed.body.to_string().contains(&token), "nothing secret is in it");
    app.end(&ada, &id).await;
    app.finish().await;
}

/// As many people as `count`, each with an environment of `lab-one` that has ended: ada's, under other names.
async fn fill(app: &TestApp, class: &TestClass, count: usize) {
    let ada = app.trainee(class, "ada").await;
    let id = app.running(&ada, "lab-one").await;
    app.end(&ada, &id).await;
    let store = app.store();
    let past = store.environment(&id.parse().unwrap()).await.unwrap().unwrap();
    let come = async |number: usize| {
        let body = json!({ "display_name": format!("Trainee {number}") });
        let member = app.operator().send_json(Method::POST, &class.path("/members"), &body).await;
        let mut environment = past.clone();
        environment.id = format!("env_{number:026}").parse().unwrap();
        environment.member_id = member.text("member.id").parse().unwrap();
        let started = store.start(&environment, MemberDesk::default(), None, Timestamp::now()).await;
        assert!(matches!(started, Ok(Started::New)), "{started:?}");
    };
    for batch in (1..count).collect::<Vec<_>>().chunks(20) {
        join_all(batch.iter().map(|number| come(*number))).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_of_three_hundred_people_costs_two_queries() {
    const PEOPLE: usize = 300;
    let app = TestApp::start().await;
    let class = app.class("ROOM-4").await;
    app.edit_class(&class, |settings| settings["seats"] = json!(PEOPLE)).await;
    let grace = app.instructor(&class, "grace").await;
    fill(&app, &class, PEOPLE).await;

    let queries = || app.local().table_calls("room", "Query");
    let before = queries();
    let began = std::time::Instant::now();
    let room = grace.get(&class.path("/room")).await;
    eprintln!("a refresh of {PEOPLE} people: {:?}, {} kB", began.elapsed(), room.body.to_string().len() / 1000);
    assert_eq!(room.list("people").len(), PEOPLE);
    assert!(room.list("people").iter().all(|person| person["environments"][0]["state"] == "ended"));
    assert_eq!(queries() - before, 2);
    let before = queries();
    assert_eq!(grace.get_unless(&class.path("/room"), &room.etag).await.status, 304);
    assert_eq!(queries() - before, 2);
    app.finish().await;
}
