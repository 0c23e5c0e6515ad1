//! Join links: a room comes in by itself, and no more people than there are seats.

use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use journeys::{Answer, PASSWORD, Session, TestApp, TestClass};
use reqwest::Method;
use serde_json::{Value, json};

async fn link(who: &Session, class: &TestClass, seats: u32) -> Answer {
    let body = json!({ "expires_at": Timestamp::now() + SignedDuration::from_hours(2), "seats": seats });
    let answer = who.send_json(Method::POST, &class.path("/join-links"), &body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer
}

async fn join(app: &TestApp, token: &str, name: &str) -> Answer {
    let body = json!({ "token": token, "display_name": name, "password": PASSWORD, "session": "bearer" });
    app.anonymous().send_json(Method::POST, "/api/join", &body).await
}

async fn crowd(app: &TestApp, token: &str, people: usize) -> Vec<Answer> {
    let names: Vec<String> = (1..=people).map(|number| format!("Trainee {number}")).collect();
    join_all(names.iter().map(|name| join(app, token, name))).await
}

fn count(answers: &[Answer], status: u16, code: &str) -> usize {
    answers.iter().filter(|answer| answer.status == status && answer.code() == code).count()
}

async fn listed(who: &Session, class: &TestClass, id: &str) -> Value {
    let links = who.get(&class.path("/join-links")).await;
    links.list("links").iter().find(|link| link["id"] == id).unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_lets_people_in_under_their_own_names_and_is_shown_once() {
    let app = TestApp::start().await;
    let class = app.class("JOIN-1").await;
    let grace = app.instructor(&class, "grace").await;
    let link = link(&grace, &class, 3).await;
    let token = link.text("token");
    assert_eq!(link.text("url"), format!("{}/join#{token}", app.local().url()));
    assert!(token.len() >= 22, "at least 112 random bits, six to a letter: {token}");
    let links = grace.get(&class.path("/join-links")).await;
    assert!(!links.body.to_string().contains(token), "{links:?}");
    let stored = app.table().items().await;
    assert!(!json!(stored).to_string().contains(token), "nor is it kept");

    let joined = join(&app, token, "Zoë van Dam").await;
    assert_eq!((joined.status, joined.text("kind"), joined.text("class.code")), (201, "trainee", "JOIN-1"));
    assert_eq!((joined.text("member.name"), joined.text("member.display_name")), ("zoe.van.dam", "Zoë van Dam"));
    let zoe = app.anonymous().with_token(joined.text("token"));
    assert_eq!(zoe.get("/api/labs").await.status, 200);
    assert_eq!(app.login("JOIN-1", "zoe.van.dam", PASSWORD).await.status, 200);

    let taken = join(&app, token, "zoe VAN dam").await;
    assert_eq!((taken.status, taken.code()), (409, "name_taken"));
    assert!(taken.text("detail").contains("zoe.van.dam"), "{taken:?}");
    let nameless = join(&app, token, "…").await;
    assert_eq!((nameless.status, &nameless.body["errors"][0]["field"]), (422, &json!("display_name")));
    assert_eq!(listed(&grace, &class, link.text("id")).await["used"], 1, "who did not come in took no seat");
    let people = grace.get(&class.path("/members")).await;
    assert_eq!(people.list("members")[0]["joined_via"], "link");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_at_once_never_take_more_than_the_links_thirty_seats() {
    let app = TestApp::start().await;
    let class = app.class("JOIN-2").await;
    app.edit_class(&class, |settings| settings["seats"] = json!(35)).await;
    let link = link(&app.operator(), &class, 30).await;
    let answers = crowd(&app, link.text("token"), 40).await;
    assert_eq!((count(&answers, 201, ""), count(&answers, 410, "link_over")), (30, 10), "{answers:?}");
    assert_eq!(app.operator().get(&class.path("/members")).await.list("members").len(), 30);
    assert_eq!(listed(&app.operator(), &class, link.text("id")).await["used"], 30);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_at_once_never_take_more_than_the_classs_thirty_five_seats() {
    let app = TestApp::start().await;
    let class = app.class("JOIN-3").await;
    app.edit_class(&class, |settings| settings["seats"] = json!(35)).await;
    let link = link(&app.operator(), &class, 100).await;
    let answers = crowd(&app, link.text("token"), 40).await;
    assert_eq!((count(&answers, 201, ""), count(&answers, 409, "class_full")), (35, 5), "{answers:?}");
    assert_eq!(app.operator().get(&class.path("/members")).await.list("members").len(), 35);
    assert_eq!(listed(&app.operator(), &class, link.text("id")).await["used"], 35, "five uses were given back");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_name_at_once_from_many_is_one_person_and_one_seat() {
    let app = TestApp::start().await;
    let class = app.class("JOIN-5").await;
    let link = link(&app.operator(), &class, 20).await;
    let answers = join_all((0..8).map(|_| join(&app, link.text("token"), "Ada"))).await;
    assert_eq!((count(&answers, 201, ""), count(&answers, 409, "name_taken")), (1, 7), "{answers:?}");
    assert_eq!(app.operator().get(&class.path("/members")).await.list("members").len(), 1);
    assert_eq!(listed(&app.operator(), &class, link.text("id")).await["used"], 1);
    app.edit_class(&class, |settings| settings["seats"] = json!(2)).await;
    assert_eq!(join(&app, link.text("token"), "Lin").await.status, 201, "no seat was lost");
    assert_eq!(join(&app, link.text("token"), "Grace").await.code(), "class_full");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_over_says_why() {
    let app = TestApp::start().await;
    let class = app.class("JOIN-4").await;
    let grace = app.instructor(&class, "grace").await;
    let (used_up, revoked, expired) =
        (link(&grace, &class, 1).await, link(&grace, &class, 9).await, link(&grace, &class, 9).await);
    assert_eq!(join(&app, used_up.text("token"), "Ada").await.status, 201);
    let path = class.path(&format!("/join-links/{}", revoked.text("id")));
    assert_eq!((grace.delete(&path).await.status, grace.delete(&path).await.status), (204, 204));
    assert!(!listed(&grace, &class, revoked.text("id")).await["revoked_at"].is_null());
    let past = json!({ "S": (Timestamp::now() - SignedDuration::from_secs(60)).to_string() });
    let (pk, sk) = (format!("CLASS#{}", class.id), format!("LINK#{}", expired.text("id")));
    app.table().rewrite(&pk, &sk, |link| link["expires_at"] = past).await;

    for (link, why) in [(&used_up, "as many people"), (&revoked, "taken back"), (&expired, "too old")] {
        let refused = join(&app, link.text("token"), "Lin").await;
        assert_eq!((refused.status, refused.code()), (410, "link_over"));
        assert!(refused.text("detail").contains(why), "{refused:?}");
    }
    assert_eq!(join(&app, "nobody-ever-made-this-one", "Lin").await.status, 404);
    assert_eq!(grace.get(&class.path("/members")).await.list("members").len(), 1);
    app.finish().await;
}
