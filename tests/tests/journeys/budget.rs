//! A hard budget: it lets exactly so many Plays through, and takes back what was not used.

use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use journeys::{Answer, Session, TestApp, TestClass, eventually};
use reqwest::Method;
use serde_json::{Value, json};

/// Sets a budget, once prices are known.
async fn budget(app: &TestApp, class: &TestClass, micro_usd: i64) {
    app.edit_class(class, |settings| settings["budget_micro_usd"] = json!(micro_usd)).await;
}

async fn committed(app: &TestApp, class: &TestClass) -> i64 {
    app.operator().get(&class.path("")).await.body["spending"]["committed_micro_usd"].as_i64().unwrap()
}

/// What one Play commits the class to. The environment that shows it is left running.
async fn price(app: &TestApp, class: &TestClass, who: &Session) -> (String, i64) {
    budget(app, class, 1_000_000_000).await;
    let id = eventually("prices", async || {
        let play = who.post("/api/labs/lab-one/start").await;
        assert!(play.status == 202 || play.code() == "prices_unknown", "{play:?}");
        (play.status == 202).then(|| play.text("id").to_owned())
    })
    .await;
    app.until(who, &id, "ready").await;
    (id, committed(app, class).await)
}

async fn room(app: &TestApp, class: &TestClass, people: usize) -> Vec<Session> {
    let names: Vec<String> = (1..=people).map(|number| format!("trainee-{number}")).collect();
    join_all(names.iter().map(|name| app.trainee(class, name))).await
}

fn outcomes(plays: &[Answer]) -> (usize, usize) {
    let of = |status: u16, code: &str| plays.iter().filter(|play| play.status == status && play.code() == code).count();
    (of(202, ""), of(409, "budget_exhausted"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_presses_play_at_once_gets_as_many_machines_as_the_budget_covers() {
    let app = TestApp::start().await;
    let class = app.class("BUDGET-1").await;
    let ada = app.trainee(&class, "ada").await;
    let (first, price) = price(&app, &class, &ada).await;
    assert!(price > 0);
    budget(&app, &class, 4 * price + price / 2).await;
    let room = room(&app, &class, 8).await;
    let plays = join_all(room.iter().map(|trainee| trainee.post("/api/labs/lab-one/start"))).await;
    assert_eq!(outcomes(&plays), (3, 5), "{plays:?}");
    assert_eq!(committed(&app, &class).await, 4 * price);
    for (trainee, play) in room.iter().zip(&plays) {
        let labs = trainee.get("/api/labs").await;
        let shown = &labs.list("labs")[0]["play"];
        if play.status == 409 {
            assert_eq!((&shown["allowed"], &shown["code"]), (&json!(false), &json!("budget_exhausted")));
            assert_eq!(shown["reason"], play.body["detail"]);
        } else {
            // Playing on is no new Play.
            assert_eq!(trainee.post("/api/labs/lab-one/start").await.text("id"), play.text("id"));
        }
    }
    let late = app.id_of(room.iter().zip(&plays).find(|(_, play)| play.status == 409).unwrap().0).await;
    // Instructors have no other budget, and a preview does not promise what is refused then.
    for preview in [true, false] {
        let start = json!({ "id": "late", "action": "start", "members": [late], "lab": "lab-one", "preview": preview });
        let refused = app.operator().send_json(Method::POST, &class.path("/actions"), &start).await;
        let result = &refused.list("results")[0];
        assert_eq!(result["outcome"], "refused", "preview {preview}");
        assert!(result["reason"].as_str().unwrap().contains("budget"), "{result}");
    }
    for (trainee, play) in room.iter().zip(&plays).filter(|(_, play)| play.status == 202) {
        app.until(trainee, play.text("id"), "ready").await;
        app.end(trainee, play.text("id")).await;
    }
    app.end(&ada, &first).await;
    app.finish().await;
}

/// As if the last ten minutes' Plays had been pressed ten minutes earlier: what ended lately counts as reserved.
async fn ten_minutes_pass(app: &TestApp, class: &TestClass, environments: &[&str]) {
    let ago = SignedDuration::from_mins(10);
    for id in environments {
        let back = |item: &mut Value| {
            let requested_at: Timestamp = item["requested_at"]["S"].as_str().unwrap().parse().unwrap();
            item["requested_at"] = json!({ "S": (requested_at - ago).to_string() });
        };
        app.table().rewrite(id, "ENVIRONMENT", back).await;
    }
    let age = |ledger: &mut Value| {
        let fields = ledger.as_object_mut().unwrap();
        fields.retain(|name, _| name != "counted_at");
        let is_bucket = |name: &str| name.strip_prefix('r').and_then(|minute| minute.parse::<i64>().ok());
        let buckets: Vec<(String, i64)> =
            fields.keys().filter_map(|name| Some((name.clone(), is_bucket(name)?))).collect();
        for (name, minute) in buckets {
            let reserved = fields.remove(&name).unwrap();
            fields.insert(format!("r{}", minute - 10), reserved);
        }
    };
    app.table().rewrite(&format!("CLASS#{}", class.id), "BUDGET", age).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ended_frees_what_it_did_not_use() {
    let app = TestApp::start().await;
    let class = app.class("BUDGET-2").await;
    let ada = app.trainee(&class, "ada").await;
    let (first, price) = price(&app, &class, &ada).await;
    budget(&app, &class, 3 * price).await;
    let room = room(&app, &class, 3).await;
    let mut ids = vec![first];
    for trainee in &room[..2] {
        ids.push(app.running(trainee, "lab-one").await);
    }
    let refused = room[2].post("/api/labs/lab-one/start").await;
    assert_eq!(refused.code(), "budget_exhausted");
    for (who, id) in [&ada, &room[0], &room[1]].into_iter().zip(&ids) {
        app.end(who, id).await;
    }
    let spent = committed(&app, &class).await;
    assert!(spent > 0 && spent < 2 * price, "what machines cost, and no more: {spent} of {price} each");
    ten_minutes_pass(&app, &class, &ids.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let id = app.running(&room[2], "lab-one").await;
    assert_eq!(committed(&app, &class).await, spent + price);
    app.end(&room[2], &id).await;
    app.finish().await;
}
