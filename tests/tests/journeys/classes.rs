//! Classes: made, shared, edited, dated, copied and archived by those who teach them.

use futures::future::join_all;
use journeys::{Answer, PASSWORD, Session, TestApp, lab_files, settings_of};
use reqwest::Method;
use serde_json::{Value, json};

async fn make(who: &Session, code: &str) -> Answer {
    who.send_json(Method::POST, "/api/admin/classes", &json!({ "code": code, "title": "Two days" })).await
}

async fn codes(who: &Session) -> Vec<String> {
    let listed = who.get("/api/admin/classes").await;
    listed.list("classes").iter().map(|class| class["code"].as_str().unwrap().to_owned()).collect()
}

async fn archive(who: &Session, path: &str, archived: bool) -> Answer {
    let etag = who.get(path).await.etag;
    let request = who.request(Method::POST, &format!("{path}/archive"));
    who.send(request.header("if-match", etag).json(&json!({ "archived": archived }))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instructor_makes_a_class_and_shares_it_with_whom_they_choose() {
    let app = TestApp::start().await;
    let (grace, lin) = (app.new_instructor("grace").await, app.new_instructor("lin").await);
    let (graces, lins) = (app.id_of(&grace).await, app.id_of(&lin).await);
    let made = make(&grace, "class-one").await;
    assert_eq!((made.status, made.text("code"), made.text("state")), (201, "CLASS-ONE", "open"));
    assert_eq!(made.body["instructors"], json!([graces]));
    let taken = make(&lin, "Class-One").await;
    assert_eq!((taken.status, taken.code()), (409, "class_code_taken"));

    let path = format!("/api/admin/classes/{}", made.text("id"));
    assert_eq!((codes(&grace).await, codes(&lin).await), (vec!["CLASS-ONE".to_owned()], vec![]));
    assert_eq!(lin.get(&path).await.status, 403);
    let read = grace.get(&path).await;
    assert_eq!((&read.body["people"], &read.body["seats"]), (&json!(0), &json!(100)));
    let with = |instructors: &[&str]| {
        let mut settings = settings_of(&read.body);
        settings["instructors"] = json!(instructors);
        settings
    };
    let refused = grace.edit(&path, &read.etag, &with(&[])).await;
    assert_eq!((refused.status, &refused.body["errors"][0]["field"]), (422, &json!("instructors")));
    let shared = grace.edit(&path, &read.etag, &with(&[&graces, &lins])).await;
    assert_eq!(shared.status, 200, "{shared:?}");
    assert_eq!((codes(&lin).await, lin.get(&path).await.status), (vec!["CLASS-ONE".to_owned()], 200));
    let left = lin.edit(&path, &shared.etag, &with(&[&lins])).await;
    assert_eq!((left.status, codes(&grace).await, grace.get(&path).await.status), (200, vec![], 403));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_of_classes_comes_in_pages_of_ones_own() {
    let app = TestApp::start().await;
    let grace = app.new_instructor("grace").await;
    app.class("PAGE-X").await;
    for number in 0..102 {
        assert_eq!(make(&grace, &format!("PAGE-{number}")).await.status, 201);
    }
    for (who, all) in [(&grace, 102), (&app.operator(), 103)] {
        let first = who.get("/api/admin/classes").await;
        let rest = who.get(&format!("/api/admin/classes?cursor={}", first.text("next_cursor"))).await;
        assert_eq!((first.list("classes").len(), rest.list("classes").len()), (100, all - 100));
        assert_eq!(rest.body["next_cursor"], json!(null));
    }
    let first = app.operator().get("/api/admin/classes").await;
    let theirs =
        grace.get(&format!("/api/admin/classes?cursor={}", first.list("classes")[0]["id"].as_str().unwrap())).await;
    assert!(theirs.list("classes").iter().all(|class| class["code"] != "PAGE-X"));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_instructors_never_overwrite_each_other() {
    let app = TestApp::start().await;
    let class = app.class("EDIT-1").await;
    let grace = app.instructor(&class, "grace").await;
    let path = class.path("");
    let read = grace.get(&path).await;
    let titled = |title: &str| {
        let mut settings = settings_of(&read.body);
        settings["title"] = json!(title);
        settings
    };
    let blind = grace.send_json(Method::PUT, &path, &titled("Blind")).await;
    assert_eq!((blind.status, blind.code()), (428, "precondition_required"));
    let first = grace.edit(&path, &read.etag, &titled("First")).await;
    assert_eq!((first.status, first.text("title")), (200, "First"));
    assert_ne!(first.etag, read.etag);
    let late = app.operator().edit(&path, &read.etag, &titled("Late")).await;
    assert_eq!((late.status, late.code()), (412, "changed_meanwhile"));
    assert_eq!(grace.get(&path).await.text("title"), "First");

    // Six at once: each adds a seat to what it read, and reads again where it was too late.
    let add_a_seat = async || {
        for _ in 0..50 {
            let read = grace.get(&path).await;
            let mut settings = settings_of(&read.body);
            settings["seats"] = json!(settings["seats"].as_u64().unwrap() + 1);
            let answer = grace.edit(&path, &read.etag, &settings).await;
            if answer.status == 200 {
                return;
            }
            assert_eq!((answer.status, answer.code()), (412, "changed_meanwhile"));
        }
        panic!("never heard");
    };
    join_all((0..6).map(|_| add_a_seat())).await;
    assert_eq!(grace.get(&path).await.body["seats"], 106);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_its_dates_play_is_refused_with_the_reason_and_the_time_it_opens() {
    let app = TestApp::start().await;
    let class = app.class("DATES-1").await;
    let ada = app.trainee(&class, "ada").await;
    let dated = async |opens_at: Value, closes_at: Value| {
        let change = |settings: &mut Value| {
            settings["time_zone"] = json!("Europe/Berlin");
            settings["opens_at"] = opens_at;
            settings["closes_at"] = closes_at;
        };
        app.edit_class(&class, change).await.text("state").to_owned()
    };
    let opens_at = json!("2099-05-04T08:00:00Z");
    assert_eq!(dated(opens_at.clone(), json!(null)).await, "upcoming");
    let refused = ada.post("/api/labs/lab-one/start").await;
    assert_eq!((refused.status, refused.code()), (409, "class_not_open"));
    assert!(refused.text("detail").contains("4 May 2099, 10:00 CEST"), "{refused:?}");
    let labs = ada.get("/api/labs").await;
    let play = &labs.list("labs")[0]["play"];
    assert_eq!((&play["allowed"], &play["code"]), (&json!(false), &json!("class_not_open")));
    assert_eq!((&play["reason"], &play["opens_at"]), (&refused.body["detail"], &opens_at));
    assert_eq!((&labs.body["class"]["opens_at"], labs.text("class.time_zone")), (&opens_at, "Europe/Berlin"));

    assert_eq!(dated(json!("2020-01-01T00:00:00Z"), json!("2099-01-01T00:00:00Z")).await, "open");
    assert_eq!(ada.get("/api/labs").await.list("labs")[0]["play"]["allowed"], true);
    let id = app.running(&ada, "lab-one").await;

    assert_eq!(dated(json!(null), json!("2020-01-01T00:00:00Z")).await, "closed");
    let goes_on = ada.get(&format!("/api/environments/{id}")).await;
    assert_eq!((goes_on.text("status"), goes_on.text("wanted")), ("ready", "running"), "what runs goes on");
    app.end(&ada, &id).await;
    let refused = ada.post("/api/labs/lab-one/start").await;
    assert_eq!((refused.status, refused.code()), (409, "class_closed"));
    let labs = ada.get("/api/labs").await;
    assert_eq!(labs.list("labs")[0]["play"]["code"], "class_closed");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_has_the_settings_and_the_labs_and_nobody_in_it() {
    let app = TestApp::start().await;
    let class = app.class("COPY-1").await;
    app.lab(&class, "lab-two", &lab_files()).await;
    let grace = app.instructor(&class, "grace").await;
    app.trainee(&class, "ada").await;
    let change = |settings: &mut Value| {
        settings["seats"] = json!(42);
        settings["viewing"] = json!("open");
        settings["closes_at"] = json!("2099-01-01T00:00:00Z");
    };
    app.edit_class(&class, change).await;
    let lab = grace.get(&class.path("/labs/lab-two")).await;
    let hidden = json!({ "position": 7, "hidden": true, "starts_per_trainee": 3 });
    assert_eq!(grace.edit(&class.path("/labs/lab-two/settings"), &lab.etag, &hidden).await.status, 200);

    let taken = json!({ "code": "copy-1", "title": "Next" });
    let refused = grace.send_json(Method::POST, &class.path("/copy"), &taken).await;
    assert_eq!((refused.status, refused.code()), (409, "class_code_taken"));
    let wanted = json!({ "code": "COPY-2", "title": "Next" });
    let copy = grace.send_json(Method::POST, &class.path("/copy"), &wanted).await;
    assert_eq!((copy.status, copy.text("code"), copy.text("title")), (201, "COPY-2", "Next"));
    for (field, expected) in [("seats", json!(42)), ("viewing", json!("open")), ("closes_at", json!(null))] {
        assert_eq!(copy.body[field], expected, "{field}");
    }
    let of = |rest: &str| format!("/api/admin/classes/{}{rest}", copy.text("id"));
    assert_eq!(grace.get(&of("/members")).await.list("members"), [] as [Value; 0]);
    let kept = |labs: &Answer| -> Vec<Value> {
        let fields = ["slug", "version", "position", "hidden", "starts_per_trainee"];
        labs.list("labs").iter().map(|lab| fields.iter().map(|field| lab[*field].clone()).collect()).collect()
    };
    let (labs, copied) = (grace.get(&class.path("/labs")).await, grace.get(&of("/labs")).await);
    assert_eq!(kept(&copied), kept(&labs));
    assert_eq!(copied.list("labs").len(), 2);
    assert_eq!(grace.get(&of("/labs/lab-two")).await.list("files").len(), 4, "with their files");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn archiving_signs_trainees_out_and_keeps_them_out_until_it_is_taken_back() {
    let app = TestApp::start().await;
    let class = app.class("ARCH-1").await;
    let grace = app.instructor(&class, "grace").await;
    let ada = app.trainee(&class, "ada").await;
    let invited = json!({ "name": "lin", "display_name": "Lin" });
    let code = grace.send_json(Method::POST, &class.path("/members"), &invited).await.text("code").to_owned();
    let link = json!({ "expires_at": jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1), "seats": 5 });
    let link = grace.send_json(Method::POST, &class.path("/join-links"), &link).await;
    let blind = json!({ "archived": true });
    let blind = grace.send_json(Method::POST, &class.path("/archive"), &blind).await;
    assert_eq!((blind.status, blind.code()), (428, "precondition_required"));

    let archived = archive(&grace, &class.path(""), true).await;
    assert_eq!((archived.status, archived.text("state")), (200, "archived"), "{archived:?}");
    for path in ["/api/me", "/api/labs", "/api/environments"] {
        assert_eq!(ada.get(path).await.status, 401, "{path}");
    }
    assert_eq!(ada.post("/api/labs/lab-one/start").await.status, 401);
    let own = format!("/api/environments/{}", "01J00000000000000000000000");
    for path in [own.clone(), format!("{own}/guide")] {
        assert_eq!(ada.get(&path).await.status, 401, "{path}");
    }
    for action in ["stop", "extend", "hand"] {
        let path = format!("{own}/{action}");
        assert_eq!(ada.send_json(Method::POST, &path, &json!({})).await.status, 401, "{path}");
    }
    let refused = app.login("ARCH-1", "ada", PASSWORD).await;
    assert_eq!((refused.status, refused.code()), (403, "class_archived"));
    let redeem = json!({ "class_code": "ARCH-1", "name": "lin", "code": code, "password": PASSWORD });
    let refused = app.anonymous().send_json(Method::POST, "/api/redeem", &redeem).await;
    assert_eq!((refused.status, refused.code()), (403, "class_archived"));
    let join = json!({ "token": link.text("token"), "display_name": "New", "password": PASSWORD });
    assert_eq!(app.anonymous().send_json(Method::POST, "/api/join", &join).await.status, 404);
    for rest in ["", "/labs", "/members", "/room", "/environments", "/usage", "/events"] {
        assert_eq!(grace.get(&class.path(rest)).await.status, 200, "all can still be read: {rest}");
    }

    assert_eq!(archive(&grace, &class.path(""), false).await.text("state"), "open");
    assert_eq!(app.login("ARCH-1", "ada", PASSWORD).await.status, 200);
    app.finish().await;
}
