//! Instructors: accounts of the installation, made and ended by its operator.

use journeys::{PASSWORD, TestApp};
use reqwest::Method;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn an_instructor_who_is_disabled_is_out_at_once_and_their_classes_are_not() {
    let app = TestApp::start().await;
    let class = app.class("STAFF-1").await;
    let grace = app.instructor(&class, "grace").await;
    let ada = app.trainee(&class, "ada").await;
    let id = app.id_of(&grace).await;
    let path = format!("/api/admin/instructors/{id}");
    let disabled = |disabled: bool| json!({ "display_name": "Grace", "disabled": disabled });
    let sign_in = json!({ "name": "grace", "password": PASSWORD, "session": "bearer" });

    let answer = app.operator().send_json(Method::PUT, &path, &disabled(true)).await;
    assert_eq!((answer.status, &answer.body["disabled"]), (200, &json!(true)));
    assert_eq!((grace.get("/api/me").await.status, grace.get(&class.path("")).await.status), (401, 401));
    let refused = app.anonymous().send_json(Method::POST, "/api/login", &sign_in).await;
    assert_eq!((refused.status, refused.code()), (401, "invalid_credentials"), "as if there were no such name");
    assert_eq!(ada.get("/api/labs").await.status, 200, "the class goes on");

    app.operator().send_json(Method::PUT, &path, &disabled(false)).await;
    assert_eq!(grace.get("/api/me").await.status, 401, "a session that ended stays ended");
    let answer = app.anonymous().send_json(Method::POST, "/api/login", &sign_in).await;
    let grace = app.anonymous().with_token(answer.text("token"));
    assert_eq!(grace.get(&class.path("")).await.status, 200);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_password_ends_every_session_and_a_name_belongs_to_one() {
    let app = TestApp::start().await;
    let grace = app.new_instructor("grace").await;
    let path = format!("/api/admin/instructors/{}", app.id_of(&grace).await);
    let again = json!({ "name": "Grace", "display_name": "Another", "password": PASSWORD });
    let taken = app.operator().send_json(Method::POST, "/api/admin/instructors", &again).await;
    assert_eq!((taken.status, taken.code()), (409, "instructor_exists"));

    let change = json!({ "display_name": "Grace", "disabled": false, "password": "another long password" });
    assert_eq!(app.operator().send_json(Method::PUT, &path, &change).await.status, 200);
    assert_eq!(grace.get("/api/me").await.status, 401);
    for (password, status) in [(PASSWORD, 401), ("another long password", 200)] {
        let body = json!({ "name": "grace", "password": password, "session": "bearer" });
        assert_eq!(app.anonymous().send_json(Method::POST, "/api/login", &body).await.status, status);
    }
    app.finish().await;
}
