//! What an instructor does to one, some or all of a room: previewed, told for each person, and never done twice.

use jiff::Timestamp;
use journeys::{Answer, Session, TestApp, TestClass, eventually, lab_files};
use reqwest::Method;
use serde_json::{Value, json};

use crate::people::change;

async fn ask(who: &Session, class: &TestClass, action: &Value) -> Answer {
    who.send_json(Method::POST, &class.path("/actions"), action).await
}

/// Each result's outcome.
async fn act(who: &Session, class: &TestClass, action: &Value) -> Vec<String> {
    let answer = ask(who, class, action).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.list("results").iter().map(|result| result["outcome"].as_str().unwrap().to_owned()).collect()
}

async fn preview(who: &Session, class: &TestClass, action: &Value) -> Vec<String> {
    let mut action = action.clone();
    action["preview"] = json!(true);
    act(who, class, &action).await
}

struct Room {
    app: TestApp,
    class: TestClass,
    grace: Session,
    trainees: Vec<Session>,
    ids: Vec<String>,
}

impl Room {
    async fn start(code: &str) -> Self {
        let app = TestApp::start().await;
        let class = app.class(code).await;
        let grace = app.instructor(&class, "grace").await;
        let mut room = Self { app, class, grace, trainees: Vec::new(), ids: Vec::new() };
        for name in ["ada", "lin", "eve"] {
            let trainee = room.app.trainee(&room.class, name).await;
            room.ids.push(room.app.id_of(&trainee).await);
            room.trainees.push(trainee);
        }
        room
    }

    /// Everybody's environment of a lab, once all are `status`.
    async fn all(&self, lab: &str, status: &str) -> Vec<String> {
        let mut ids = Vec::new();
        for trainee in &self.trainees {
            let id = eventually(status, async || {
                let labs = trainee.get("/api/labs").await;
                let lab = labs.list("labs").iter().find(|found| found["slug"] == lab).cloned()?;
                let environment = &lab["environment"];
                (environment["status"] == status).then(|| environment["id"].as_str().unwrap().to_owned())
            });
            ids.push(id.await);
        }
        ids
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn starting_and_stopping_a_room_is_previewed_and_happens_once() {
    let room = Room::start("ACT-1").await;
    let Room { app, class, grace, ids, .. } = &room;
    let start = json!({ "id": "start", "action": "start", "members": ids, "lab": "lab-one" });
    assert_eq!(preview(grace, class, &start).await, ["would-do"; 3]);
    assert_eq!(app.operator().get(&class.path("/environments")).await.list("environments"), [] as [Value; 0]);
    assert_eq!(act(grace, class, &start).await, ["done"; 3]);
    let environments = room.all("lab-one", "ready").await;
    // Whoever lost the answer and asks again hears what this action came to, not that somebody was faster.
    assert_eq!(act(grace, class, &start).await, ["done"; 3]);
    let mut another = start.clone();
    another["id"] = json!("start again");
    assert_eq!(act(grace, class, &another).await, ["nothing-to-do"; 3]);
    assert_eq!(preview(grace, class, &another).await, ["nothing-to-do"; 3]);
    assert_eq!((app.machines().len(), room.all("lab-one", "ready").await), (3, environments));

    let stop = json!({ "id": "stop", "action": "stop", "members": ids });
    assert_eq!(preview(grace, class, &stop).await, ["would-do"; 3]);
    room.all("lab-one", "ready").await;
    assert_eq!(act(grace, class, &stop).await, ["done"; 3]);
    assert_eq!(act(grace, class, &stop).await, ["nothing-to-do"; 3]);
    let gone = room.all("lab-one", "gone").await;
    let one = room.trainees[0].get(&format!("/api/environments/{}", gone[0])).await;
    assert!(one.body["timeline"].to_string().contains("grace"), "the timeline says who: {one:?}");
    room.app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn time_is_added_once_within_what_the_class_allows() {
    let room = Room::start("ACT-2").await;
    let Room { app, class, grace, trainees, ids } = &room;
    app.edit_class(class, |settings| settings["max_extra_minutes"] = json!(40)).await;
    let id = app.running(&trainees[0], "lab-one").await;
    let path = format!("/api/environments/{id}");
    let ends_in = async || {
        let ends: Timestamp = trainees[0].get(&path).await.text("expires_at").parse().unwrap();
        ends
    };
    let before = ends_in().await;
    let added = async || (ends_in().await.duration_since(before)).as_mins();
    let extend = |id: &str| json!({ "id": id, "action": "extend", "members": ids, "minutes": 25 });
    assert_eq!(preview(grace, class, &extend("one")).await, ["would-do", "nothing-to-do", "nothing-to-do"]);
    assert_eq!(added().await, 0);
    assert_eq!(act(grace, class, &extend("one")).await[0], "done");
    assert_eq!(act(grace, class, &extend("one")).await[0], "done");
    assert_eq!(added().await, 25, "the same press adds nothing twice");
    let second = ask(grace, class, &extend("two")).await;
    assert_eq!(second.list("results")[0]["reason"], "15 minutes were added");
    assert_eq!(added().await, 40);
    let third = ask(grace, class, &extend("three")).await;
    assert_eq!(third.list("results")[0]["outcome"], "refused");
    assert_eq!(added().await, 40);
    let detail = grace.get(&class.path(&format!("/environments/{id}"))).await;
    let by: Vec<&Value> = detail.list("extensions").iter().map(|extension| &extension["by"]).collect();
    assert_eq!(by, ["grace", "grace"]);
    app.end(&trainees[0], &id).await;
    room.app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_that_is_asked_for_again_and_again_happens_once() {
    let room = Room::start("ACT-3").await;
    let Room { app, class, grace, trainees, ids } = &room;
    let old = app.running(&trainees[0], "lab-one").await;
    let restart = json!({ "id": "anew", "action": "restart", "members": [ids[0]] });
    assert_eq!(preview(grace, class, &restart).await, ["would-do"]);
    assert_eq!(act(grace, class, &restart).await, ["stopping"]);
    let new = eventually("a new environment", async || {
        let answer = ask(grace, class, &restart).await;
        let result = &answer.list("results")[0];
        (result["outcome"] == "done").then(|| result["environment"].as_str().unwrap().to_owned())
    })
    .await;
    assert_ne!(new, old);
    app.until(&trainees[0], &new, "ready").await;
    let again = ask(grace, class, &restart).await;
    assert_eq!(
        (&again.list("results")[0]["outcome"], &again.list("results")[0]["environment"]),
        (&json!("done"), &json!(new))
    );
    assert_eq!(trainees[0].get(&format!("/api/environments/{new}")).await.text("wanted"), "running");
    let nobody = json!({ "id": "other", "action": "restart", "members": [ids[1]] });
    assert_eq!(act(grace, class, &nobody).await, ["nothing-to-do"]);
    app.end(&trainees[0], &new).await;
    room.app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_person_has_a_result_and_limits_hold_for_instructors_too() {
    let room = Room::start("ACT-4").await;
    let Room { app, class, grace, trainees, ids } = &room;
    app.lab(class, "lab-two", &lab_files()).await;
    app.edit_class(class, |settings| settings["environments_per_trainee"] = json!(1)).await;
    let first = app.running(&trainees[0], "lab-one").await;
    change(grace, class, "lin", "suspended", json!(true)).await;
    let start = json!({ "id": "start", "action": "start", "members": ids, "lab": "lab-two" });
    for preview in [true, false] {
        let mut wanted = start.clone();
        wanted["preview"] = json!(preview);
        let answer = ask(grace, class, &wanted).await;
        let of = |id: &str| {
            let result = answer.list("results").iter().find(|result| result["member"] == id).unwrap();
            (result["outcome"].as_str().unwrap().to_owned(), result["reason"].to_string())
        };
        let (ada, lin, eve) = (of(&ids[0]), of(&ids[1]), of(&ids[2]));
        assert!(ada.0 == "refused" && ada.1.contains("stop the other one"), "{ada:?}");
        assert!(lin.0 == "refused" && lin.1.contains("suspended"), "{lin:?}");
        assert_eq!(eve.0, if preview { "would-do" } else { "done" });
    }
    let stop = json!({ "id": "stop", "action": "stop", "members": ids, "lab": "lab-two" });
    assert_eq!(act(grace, class, &stop).await, ["nothing-to-do", "nothing-to-do", "done"], "one lab alone");
    app.end(&trainees[0], &first).await;
    let machines_end = async || app.machines().is_empty().then_some(());
    eventually("every machine to be gone", machines_end).await;
    for (field, wrong) in [
        ("lab", json!({ "id": "x", "action": "start", "members": ids })),
        ("minutes", json!({ "id": "x", "action": "extend", "members": ids })),
        ("minutes", json!({ "id": "x", "action": "extend", "members": ids, "minutes": 241 })),
        ("members", json!({ "id": "x", "action": "stop" })),
        (
            "members",
            json!({ "id": "x", "action": "stop", "members": (0..101).map(|n| format!("mem_{n:026}")).collect::<Vec<_>>() }),
        ),
        ("text", json!({ "id": "x", "action": "message", "text": " " })),
        ("action", json!({ "id": "x", "action": "delete", "members": ids })),
    ] {
        let refused = ask(grace, class, &wrong).await;
        assert_eq!((refused.status, &refused.body["errors"][0]["field"]), (422, &json!(field)), "{wrong}");
    }
    room.app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_classs_people_are_out_of_reach() {
    let room = Room::start("ACT-5").await;
    let Room { app, class, grace, .. } = &room;
    let other = app.class("ACT-6").await;
    let stranger = app.trainee(&other, "ada").await;
    let member = app.id_of(&stranger).await;
    let id = app.running(&stranger, "lab-one").await;
    for action in ["start", "stop", "extend", "restart", "message", "lower-hand"] {
        let body = json!({
            "id": action, "action": action, "members": [member], "lab": "lab-one", "minutes": 5, "text": "Hello",
        });
        assert_eq!(act(grace, class, &body).await, ["refused"], "{action}");
    }
    let untouched = stranger.get(&format!("/api/environments/{id}")).await;
    assert_eq!((untouched.text("status"), untouched.text("wanted")), ("ready", "running"));
    assert!(stranger.get("/api/labs").await.list("messages").is_empty());
    assert!(room.trainees[0].get("/api/labs").await.list("messages").is_empty(), "and it went to nobody else");
    let body = json!({ "id": "x", "action": "stop", "members": [member] });
    assert_eq!(ask(grace, &other, &body).await.status, 403);
    app.end(&stranger, &id).await;
    room.app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_reaches_whom_it_is_for_once() {
    let room = Room::start("ACT-7").await;
    let Room { app, class, grace, trainees, ids } = &room;
    let id = app.running(&trainees[0], "lab-one").await;
    let to_all = json!({ "id": "all", "action": "message", "text": "Lunch at noon" });
    let to_one = json!({ "id": "one", "action": "message", "text": "Well done", "members": [ids[0]] });
    preview(grace, class, &to_all).await;
    assert!(grace.get(&class.path("/messages")).await.list("messages").is_empty(), "a preview says nothing");
    for message in [&to_all, &to_one, &to_one, &to_all] {
        act(grace, class, message).await;
    }
    let told = |answer: &Answer| -> Vec<(String, bool)> {
        let messages = answer.list("messages").iter();
        messages.map(|one| (one["text"].as_str().unwrap().to_owned(), one["personal"] == true)).collect()
    };
    let both = [("Well done".to_owned(), true), ("Lunch at noon".to_owned(), false)];
    assert_eq!(told(&trainees[0].get("/api/labs").await), both);
    assert_eq!(told(&trainees[0].get(&format!("/api/environments/{id}")).await), both, "in the workspace, too");
    assert_eq!(told(&trainees[1].get("/api/labs").await), both[1..]);
    let sent = grace.get(&class.path("/messages")).await;
    assert_eq!((sent.list("messages").len(), &sent.list("messages")[0]["from"]), (2, &json!("grace")));

    let hand = json!({ "raised": true });
    trainees[0].send_json(Method::POST, &format!("/api/environments/{id}/hand"), &hand).await;
    let lower = json!({ "id": "lower", "action": "lower-hand", "members": [ids[0]] });
    assert_eq!(act(grace, class, &lower).await, ["done"]);
    assert_eq!(trainees[0].get(&format!("/api/environments/{id}")).await.body["hand"], json!(null));
    assert_eq!(act(grace, class, &lower).await, ["nothing-to-do"]);
    app.end(&trainees[0], &id).await;
    room.app.finish().await;
}
