//! The people of a class: one-time codes, guesses, suspension, extra time, removal.

use jiff::{SignedDuration, Timestamp};
use journeys::{Answer, PASSWORD, Session, TestApp, TestClass};
use reqwest::Method;
use serde_json::{Value, json};

/// Adds somebody without a password; the member's id and the one-time code.
pub(crate) async fn invite(who: &Session, class: &TestClass, name: &str) -> (String, String) {
    let body = json!({ "name": name, "display_name": name });
    let answer = who.send_json(Method::POST, &class.path("/members"), &body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    (answer.text("member.id").to_owned(), answer.text("code").to_owned())
}

pub(crate) async fn redeem(app: &TestApp, class: &TestClass, name: &str, code: &str, password: &str) -> Answer {
    let body = json!({
        "class_code": class.code, "name": name, "code": code, "password": password, "session": "bearer",
    });
    app.anonymous().send_json(Method::POST, "/api/redeem", &body).await
}

/// Somebody as the class's instructors see them.
async fn person(who: &Session, class: &TestClass, name: &str) -> Value {
    let listed = who.get(&class.path("/members")).await;
    let found = listed.list("members").iter().find(|person| person["name"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {listed:?}")).clone()
}

/// Changes somebody, from what was read.
pub(crate) async fn change(who: &Session, class: &TestClass, name: &str, field: &str, value: Value) -> Answer {
    let person = person(who, class, name).await;
    let mut body = json!({});
    for kept in ["display_name", "email", "extra_time_percent"] {
        body[kept] = person[kept].clone();
    }
    body["suspended"] = json!(person["state"] == "suspended");
    body[field] = value;
    let path = class.path(&format!("/members/{}", person["id"].as_str().unwrap()));
    who.edit(&path, &format!("\"{}\"", person["revision"]), &body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_one_time_code_becomes_a_password_once_and_a_reset_ends_everything_before_it() {
    let app = TestApp::start().await;
    let class = app.class("CODE-1").await;
    let grace = app.instructor(&class, "grace").await;
    let (id, code) = invite(&grace, &class, "ada").await;
    assert_eq!(person(&grace, &class, "ada").await["state"], "invited");
    assert_eq!(app.login("CODE-1", "ada", &code).await.status, 401, "a code is no password");
    assert_eq!(redeem(&app, &class, "lin", &code, PASSWORD).await.status, 401, "nor somebody else's");

    // As people type what was read out to them.
    let typed = format!(" {} ", code.to_lowercase().replace('-', " "));
    let first = redeem(&app, &class, "Ada", &typed, PASSWORD).await;
    assert_eq!((first.status, first.text("kind"), first.text("member.name")), (200, "trainee", "ada"), "{first:?}");
    let ada = app.anonymous().with_token(first.text("token"));
    assert_eq!(ada.get("/api/labs").await.status, 200);
    let again = redeem(&app, &class, "ada", &code, "another password").await;
    assert_eq!((again.status, again.code()), (401, "invalid_credentials"), "a code is good once");
    assert_eq!(app.login("CODE-1", "ada", PASSWORD).await.status, 200);
    assert_eq!(person(&grace, &class, "ada").await["state"], "active");

    let reset = grace.post(&class.path(&format!("/members/{id}/code"))).await;
    assert_eq!(reset.status, 201, "{reset:?}");
    assert!(reset.text("expires_at").parse::<Timestamp>().unwrap() > Timestamp::now());
    assert_eq!(ada.get("/api/me").await.status, 401, "every session ended");
    assert_eq!(app.login("CODE-1", "ada", PASSWORD).await.status, 401, "the old password is over");
    assert_eq!(person(&grace, &class, "ada").await["state"], "invited");
    assert_eq!(redeem(&app, &class, "ada", reset.text("code"), "another password").await.status, 200);
    assert_eq!(app.login("CODE-1", "ada", "another password").await.status, 200);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_too_old_says_so_to_whom_it_belongs() {
    let app = TestApp::start().await;
    let class = app.class("CODE-2").await;
    let (id, code) = invite(&app.operator(), &class, "ada").await;
    let found = app.store().member(&class.id.parse().unwrap(), &id.parse().unwrap()).await;
    let mut member = found.unwrap().unwrap();
    member.code.as_mut().unwrap().expires_at = Timestamp::now() - SignedDuration::from_secs(1);
    app.store().save_member(&mut member, None).await.unwrap();

    let old = redeem(&app, &class, "ada", &code, PASSWORD).await;
    assert_eq!((old.status, old.code()), (410, "code_expired"));
    let wrong = redeem(&app, &class, "ada", "AAAA-AAAA-AAAA", PASSWORD).await;
    assert_eq!((wrong.status, wrong.code()), (401, "invalid_credentials"), "strangers are told nothing of it");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_is_slowed_down_and_the_room_around_them_is_not() {
    let app = TestApp::start().await;
    let class = app.class("GUESS-1").await;
    let grace = app.instructor(&class, "grace").await;
    let ada = app.trainee(&class, "ada").await;
    app.trainee(&class, "lin").await;
    for name in ["ada", "nobody"] {
        for guess in 0..10 {
            let wrong = app.login("guess-1", name, &format!("wrong password {guess}")).await;
            assert_eq!((wrong.status, wrong.code()), (401, "invalid_credentials"), "{name}, guess {guess}");
        }
        let slowed = app.login("GUESS-1", &name.to_uppercase(), "wrong password").await;
        assert_eq!((slowed.status, slowed.code()), (429, "too_many_guesses"), "{name}");
        assert!(slowed.retry_after.is_some_and(|seconds| (1..=300).contains(&seconds)), "{slowed:?}");
    }
    assert_eq!(app.login("GUESS-1", "ada", PASSWORD).await.status, 429, "the right one is not heard either");
    assert_eq!(app.login("GUESS-1", "lin", PASSWORD).await.status, 200, "from the same address");
    assert_eq!(ada.get("/api/labs").await.status, 200, "who is in stays in");

    let id = person(&grace, &class, "ada").await["id"].as_str().unwrap().to_owned();
    let reset = grace.post(&class.path(&format!("/members/{id}/code"))).await;
    assert_eq!(redeem(&app, &class, "ada", reset.text("code"), "another password").await.status, 200);
    assert_eq!(app.login("GUESS-1", "ada", "another password").await.status, 200);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_suspended_is_out_until_that_is_taken_back_and_their_machine_goes_on() {
    let app = TestApp::start().await;
    let class = app.class("SUSP-1").await;
    let grace = app.instructor(&class, "grace").await;
    let ada = app.trainee(&class, "ada").await;
    let id = app.running(&ada, "lab-one").await;
    let suspended = change(&grace, &class, "ada", "suspended", json!(true)).await;
    assert_eq!((suspended.status, suspended.text("state")), (200, "suspended"), "{suspended:?}");
    assert_eq!(ada.get("/api/me").await.status, 401);
    let refused = app.login("SUSP-1", "ada", PASSWORD).await;
    assert_eq!((refused.status, refused.code()), (403, "suspended"));
    let guess = app.login("SUSP-1", "ada", "wrong password").await;
    assert_eq!((guess.status, guess.code()), (401, "invalid_credentials"), "told only to who has the password");
    let machine = grace.get(&class.path(&format!("/environments/{id}"))).await;
    assert_eq!(machine.text("environment.status"), "ready");

    change(&grace, &class, "ada", "suspended", json!(false)).await;
    assert_eq!(ada.get("/api/me").await.status, 401, "the old session stays ended");
    let ada = ada.with_token(app.login("SUSP-1", "ada", PASSWORD).await.text("token"));
    app.end(&ada, &id).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn extra_time_counts_from_the_next_play() {
    let app = TestApp::start().await;
    let class = app.class("EXTRA-1").await;
    let grace = app.instructor(&class, "grace").await;
    let ada = app.trainee(&class, "ada").await;
    let minutes_left = async |id: &str| {
        let environment = ada.get(&format!("/api/environments/{id}")).await;
        let expires_at: Timestamp = environment.text("expires_at").parse().unwrap();
        (expires_at.duration_since(Timestamp::now()).as_secs() + 30) / 60
    };
    let id = app.running(&ada, "lab-one").await;
    assert_eq!(change(&grace, &class, "ada", "extra_time_percent", json!(50)).await.status, 200);
    assert_eq!(minutes_left(&id).await, 30, "what runs keeps its terms");
    app.end(&ada, &id).await;
    assert_eq!(ada.get("/api/labs").await.list("labs")[0]["minutes"], 45);
    let id = app.running(&ada, "lab-one").await;
    assert_eq!(minutes_left(&id).await, 45);
    app.end(&ada, &id).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_changes_a_person_over_somebody_elses_change() {
    let app = TestApp::start().await;
    let class = app.class("PERSON-1").await;
    let grace = app.instructor(&class, "grace").await;
    let (id, _) = invite(&grace, &class, "ada").await;
    let path = class.path(&format!("/members/{id}"));
    let body =
        json!({ "display_name": "Ada L.", "email": "ada@example.org", "extra_time_percent": 0, "suspended": false });
    let blind = grace.send_json(Method::PUT, &path, &body).await;
    assert_eq!((blind.status, blind.code()), (428, "precondition_required"));
    let tag = format!("\"{}\"", person(&grace, &class, "ada").await["revision"]);
    let first = grace.edit(&path, &tag, &body).await;
    assert_eq!((first.status, first.text("email")), (200, "ada@example.org"));
    let late = app.operator().edit(&path, &tag, &body).await;
    assert_eq!((late.status, late.code()), (412, "changed_meanwhile"));
    assert_eq!(first.etag, format!("\"{}\"", first.body["revision"]), "the next edit can follow at once");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_removed_leaves_a_free_seat_and_no_way_in() {
    let app = TestApp::start().await;
    let class = app.class("GONE-1").await;
    app.edit_class(&class, |settings| settings["seats"] = json!(1)).await;
    let grace = app.instructor(&class, "grace").await;
    let ada = app.trainee(&class, "ada").await;
    let path = class.path(&format!("/members/{}", app.id_of(&ada).await));
    let full = json!({ "name": "lin", "display_name": "Lin" });
    let refused = grace.send_json(Method::POST, &class.path("/members"), &full).await;
    assert_eq!((refused.status, refused.code()), (409, "class_full"));

    let id = app.running(&ada, "lab-one").await;
    let refused = grace.delete(&path).await;
    assert_eq!((refused.status, refused.code()), (409, "member_still_running"));
    app.end(&ada, &id).await;
    assert_eq!(grace.delete(&path).await.status, 204);
    assert_eq!(ada.get("/api/me").await.status, 401);
    assert_eq!(app.login("GONE-1", "ada", PASSWORD).await.status, 401);
    assert_eq!(grace.delete(&path).await.status, 404);
    let detail = grace.get(&class.path(&format!("/environments/{id}"))).await;
    assert_eq!((detail.status, &detail.body["member"]), (200, &json!(null)), "what they used is still known");
    invite(&grace, &class, "lin").await;
    app.finish().await;
}
