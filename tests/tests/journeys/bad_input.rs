//! Bad input at every route that takes a body or an identifier: a problem document, and nothing changed.

use journeys::TestApp;
use reqwest::Method;
use serde_json::{Value, json};

use crate::authorisation::{For, Row, Scene, rows};

#[tokio::test(flavor = "multi_thread")]
async fn every_body_is_checked_before_anything_happens() {
    let scene = Scene::start().await;
    for row in rows().into_iter().filter(|row| row.body.is_some()) {
        let body = row.body.clone().unwrap();
        let place = format!("{} {}", row.method, row.path);

        let mut unknown = body.clone();
        unknown["surprise"] = json!(1);
        let answer = send(&scene, &row, unknown.to_string().into(), "application/json").await;
        assert_eq!((answer.status, answer.code()), (422, "invalid_request"), "unknown field at {place}");
        assert!(answer.body["errors"].to_string().contains("surprise"), "{answer:?}");

        for name in body.as_object().unwrap().keys() {
            let mut wrong = body.clone();
            wrong[name] = json!({ "wrong": true });
            let answer = send(&scene, &row, wrong.to_string().into(), "application/json").await;
            assert_eq!(answer.status, 422, "wrong type of {name} at {place}: {answer:?}");
            assert!(answer.body["errors"][0]["field"].as_str().unwrap().starts_with(name.as_str()), "{answer:?}");
            let mut missing = body.clone();
            missing.as_object_mut().unwrap().remove(name);
            let answer = send(&scene, &row, missing.to_string().into(), "application/json").await;
            assert_eq!(answer.status, 422, "missing {name} at {place}");
        }

        for (kind, text, status, code) in [
            ("half a document", body.to_string().trim_end_matches('}').to_owned(), 400, "malformed_json"),
            ("no document", String::new(), 400, "malformed_json"),
            ("two documents", format!("{body} {body}"), 400, "malformed_json"),
            ("a list", "[]".to_owned(), 422, "invalid_request"),
            ("too much", format!("{{\"x\": \"{}\"}}", "x".repeat(400 << 10)), 413, "body_too_large"),
        ] {
            let answer = send(&scene, &row, text.into(), "application/json").await;
            assert_eq!((answer.status, answer.code()), (status, code), "{kind} at {place}");
        }
        let answer = send(&scene, &row, vec![0xff, 0xfe, 0x00].into(), "application/json").await;
        assert_eq!(answer.status, 400, "no text at {place}");
        let answer = send(&scene, &row, body.to_string().into(), "text/plain").await;
        assert_eq!((answer.status, answer.code()), (415, "unsupported_media_type"), "{place}");
    }
    let me = scene.ada.get("/api/me").await;
    assert_eq!(me.status, 200);
    scene.finish().await;
}

async fn send(scene: &Scene, row: &Row, body: reqwest::Body, content_type: &str) -> journeys::Answer {
    let who = scene.allowed(row.who);
    let request = who.request(row.method.parse().unwrap(), &scene.path(row));
    who.send(request.header("content-type", content_type).body(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_identifier_is_checked() {
    let scene = Scene::start().await;
    let unknown = [
        ("{environment}", "env_00000000000000000000000000"),
        ("{class}", "cls_00000000000000000000000000"),
        ("{lab}", "no-such-lab"),
    ];
    for row in rows().into_iter().filter(|row| row.path.contains('{')) {
        let who = scene.allowed(row.who);
        let first = unknown.iter().find(|(parameter, _)| row.path.contains(parameter)).unwrap();
        for (id, expected) in
            [(first.1, None), ("..", Some(422)), ("ENV_1", Some(422)), ("%00", Some(422)), ("env_%C3%BC", Some(422))]
        {
            let path = row.path.replacen(first.0, id, 1);
            let path = path.replace("{lab}", "lab-one");
            let mut request = who.request(row.method.parse::<Method>().unwrap(), &path);
            if let Some(body) = &row.body {
                request = request.json(body);
            }
            if id == ".." {
                // An HTTP client resolves it away: the path that is left is no route.
                continue;
            }
            let answer = who.send(request).await;
            let unknown = if row.who == For::Machines { 401 } else { 404 };
            let expected = if row.who == For::Machines { unknown } else { expected.unwrap_or(unknown) };
            assert_eq!(answer.status, expected, "{id} at {} {}: {answer:?}", row.method, row.path);
        }
    }
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_are_bounded_and_named() {
    let app = TestApp::start().await;
    let class = app.class("BAD-1").await;
    let members = format!("/api/admin/classes/{}/members", class.id);
    let valid = json!({ "name": "new", "display_name": "New", "role": "trainee", "password": "a long password" });
    for (field, value) in [
        ("name", json!("")),
        ("name", json!("a b")),
        ("name", json!("x".repeat(41))),
        ("display_name", json!("")),
        ("display_name", json!("x".repeat(81))),
        ("role", json!("operator")),
        ("password", json!("short")),
        ("password", json!("x".repeat(257))),
    ] {
        let mut body: Value = valid.clone();
        body[field] = value;
        let answer = app.operator().send_json(Method::POST, &members, &body).await;
        assert_eq!((answer.status, answer.code()), (422, "invalid_request"), "{body}");
        assert_eq!(answer.body["errors"][0]["field"], field, "{answer:?}");
    }
    app.finish().await;
}
