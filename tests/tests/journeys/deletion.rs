//! A class and all its personal data, gone, with a receipt.

use jiff::{SignedDuration, Timestamp};
use journeys::{Answer, PASSWORD, Session, TestApp, TestClass};
use reqwest::Method;
use serde_json::{Value, json};

use crate::people::invite;

async fn archive(who: &Session, class: &TestClass) {
    let etag = who.get(&class.path("")).await.etag;
    let request = who.request(Method::POST, &class.path("/archive")).header("if-match", etag);
    assert_eq!(who.send(request.json(&json!({ "archived": true }))).await.status, 200);
}

/// As if it had been archived a minute ago.
async fn a_minute_passes(app: &TestApp, class: &TestClass) {
    let before = json!({ "S": (Timestamp::now() - SignedDuration::from_mins(1)).to_string() });
    let pk = format!("CLASS#{}", class.id);
    app.table().rewrite(&pk, "CLASS", |class| class["archived_at"] = before).await;
}

fn refusal(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.code())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_class_leaves_its_receipt_and_nothing_else() {
    let app = TestApp::start().await;
    let class = app.class("DEL-1").await;
    let (grace, lin) = (app.instructor(&class, "grace").await, app.new_instructor("lin").await);
    let ada = app.trainee(&class, "ada-of-del-1").await;
    let (invited, _) = invite(&grace, &class, "lin-of-del-1").await;
    let (removed, _) = invite(&grace, &class, "grace-of-del-1").await;
    let ids = [app.id_of(&ada).await, invited, removed.clone()];
    assert_eq!(grace.delete(&class.path(&format!("/members/{removed}"))).await.status, 204);
    app.login("DEL-1", "ada-of-del-1", "wrong password").await;
    let past = app.running(&ada, "lab-one").await;
    app.end(&ada, &past).await;
    let running = app.running(&ada, "lab-one").await;
    let link = json!({ "expires_at": Timestamp::now() + SignedDuration::from_hours(2), "seats": 3 });
    assert_eq!(grace.send_json(Method::POST, &class.path("/join-links"), &link).await.status, 201);
    let message = json!({ "id": "one", "action": "message", "text": "Lunch!" });
    assert_eq!(grace.send_json(Method::POST, &class.path("/actions"), &message).await.status, 200);

    let delete = async || grace.delete(&class.path("")).await;
    assert_eq!(refusal(&delete().await), (409, "class_not_archived"));
    archive(&grace, &class).await;
    let early = delete().await;
    assert_eq!(refusal(&early), (409, "class_archived_just_now"));
    assert!(early.retry_after.is_some_and(|seconds| seconds <= 31), "{early:?}");
    a_minute_passes(&app, &class).await;
    assert_eq!(refusal(&delete().await), (409, "class_still_running"));
    let stop = json!({ "id": "two", "action": "stop", "members": [ids[0]] });
    assert_eq!(grace.send_json(Method::POST, &class.path("/actions"), &stop).await.status, 200);
    let detail = class.path(&format!("/environments/{running}"));
    journeys::eventually("the machine to be gone", async || {
        (grace.get(&detail).await.text("environment.status") == "gone").then_some(())
    })
    .await;

    let receipt = delete().await;
    assert_eq!((receipt.status, &receipt.body["verified_absent"]), (200, &json!(true)), "{receipt:?}");
    assert_eq!((receipt.text("code"), receipt.text("deleted_by")), ("DEL-1", "grace"));
    let counts = &receipt.body["counts"];
    for (kind, expected) in
        [("members", 2), ("environments", 2), ("labs", 1), ("lab_versions", 1), ("messages", 1), ("join_links", 1)]
    {
        assert_eq!(counts[kind], expected, "{kind} in {counts}");
    }
    assert_eq!(receipt.body["machines"], json!({ "total": 2, "verified_absent": 2 }));

    let mut left = app.table().items().await;
    left.retain(|item| item["pk"]["S"] != format!("DELETED#{}", class.id));
    let traces = [&class.id, &past, &running].into_iter().chain(&ids).map(String::as_str);
    for trace in traces.chain(["DEL-1", "of-del-1"]) {
        let found: Vec<&Value> = left.iter().filter(|item| item.to_string().contains(trace)).collect();
        assert!(found.is_empty(), "{trace} is still in {found:#?}");
    }

    let deletion = format!("/api/admin/deletions/{}", class.id);
    assert_eq!(grace.get(&deletion).await.body, receipt.body);
    assert_eq!(app.operator().get(&deletion).await.body, receipt.body);
    assert_eq!((delete().await.body, delete().await.status), (receipt.body, 200), "again is the same receipt");
    assert_eq!((lin.get(&deletion).await.status, lin.delete(&class.path("")).await.status), (404, 403));
    assert_eq!(ada.get("/api/me").await.status, 401);
    assert_eq!(app.login("DEL-1", "ada-of-del-1", PASSWORD).await.status, 401);
    assert!(grace.get("/api/admin/classes").await.list("classes").is_empty());
    let again = json!({ "code": "DEL-1", "title": "Another" });
    assert_eq!(lin.send_json(Method::POST, "/api/admin/classes", &again).await.status, 201, "the code is free");
    app.finish().await;
}
