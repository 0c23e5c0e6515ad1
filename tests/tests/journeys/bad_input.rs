//! Bad input at every route that takes a body or an identifier: a problem document, and nothing changed.

use journeys::{Answer, Session, TestApp, settings_of};
use reqwest::Method;
use serde_json::{Value, json};

use crate::authorisation::{For, Row, Scene, rows};

/// Bytes that are more than the row's body may have.
fn too_much(row: &Row) -> usize {
    let is_lab = row.body.as_ref().is_some_and(|body| !body["files"].is_null());
    if is_lab { 5 << 20 } else { 400 << 10 }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_body_is_checked_before_anything_happens() {
    let scene = Scene::start().await;
    for row in rows().into_iter().filter(|row| row.body.is_some()) {
        let body = row.body.clone().unwrap();
        let place = format!("{} {}", row.method, row.path);
        let needed = needed(&row);

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
        }
        assert!(needed.iter().all(|name| !body[name].is_null()), "the row of {place} lacks one of {needed:?}");
        for name in &needed {
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
            ("too much", format!("{{\"x\": \"{}\"}}", "x".repeat(too_much(&row))), 413, "body_too_large"),
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

/// The fields without which the API's description does not take the row's body.
fn needed(row: &Row) -> Vec<String> {
    let api: Value = serde_json::from_str(include_str!("../../../docs/openapi.json")).unwrap();
    let operation = &api["paths"][row.path][row.method.to_lowercase()];
    let schema = resolved(&api, &operation["requestBody"]["content"]["application/json"]["schema"]);
    assert!(schema.is_object(), "docs/openapi.json describes no body of {} {}", row.method, row.path);
    let parts = schema["allOf"].as_array().cloned().unwrap_or_default();
    let parts = parts.iter().map(|part| resolved(&api, part)).chain([schema]);
    let names = parts.filter_map(|part| part["required"].as_array().cloned()).flatten();
    names.filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

fn resolved(api: &Value, schema: &Value) -> Value {
    match schema["$ref"].as_str() {
        Some(place) => api.pointer(place.trim_start_matches('#')).cloned().unwrap_or_default(),
        None => schema.clone(),
    }
}

async fn send(scene: &Scene, row: &Row, body: reqwest::Body, content_type: &str) -> Answer {
    let who = scene.allowed(row.who);
    let request = who.request(row.method.parse().unwrap(), &scene.path(row));
    let request = match edited(row) {
        // An edit is asked for what it was made from before its body is read.
        Some(_) => request.header("if-match", etag(scene, row, &who).await),
        None => request,
    };
    who.send(request.header("content-type", content_type).body(body)).await
}

/// Where what a row edits can be read, for a row that is answered with 428 unless it names what it read.
fn edited(row: &Row) -> Option<&'static str> {
    if row.answers != Some(428) {
        return None;
    }
    let place = row.path.trim_end_matches("/archive").trim_end_matches("/settings");
    Some(if place.ends_with("/members/{member}") { "/api/admin/classes/{class}/members" } else { place })
}

async fn etag(scene: &Scene, row: &Row, who: &Session) -> String {
    let read = who.get(&scene.path(&Row { path: edited(row).unwrap(), body: None, ..*row })).await;
    let member = scene.path(&Row { path: "{member}", body: None, ..*row });
    match read.list("members").iter().find(|person| person["id"] == *member) {
        Some(person) => format!("\"{}\"", person["revision"]),
        None => read.etag,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_identifier_is_checked() {
    let scene = Scene::start().await;
    let unknown = [
        ("{environment}", "env_00000000000000000000000000"),
        ("{class}", "cls_00000000000000000000000000"),
        ("{lab}", "no-such-lab"),
        ("{member}", "mem_00000000000000000000000000"),
        ("{link}", "jln_00000000000000000000000000"),
        ("{instructor}", "ins_00000000000000000000000000"),
    ];
    for row in rows() {
        for (parameter, nobodys) in unknown.into_iter().filter(|(parameter, _)| row.path.contains(parameter)) {
            for (id, expected) in [(nobodys, 404), ("ENV_1", 422), ("%00", 422), ("env_%C3%BC", 422)] {
                if id == nobodys && makes(&row, parameter) {
                    continue;
                }
                let who = scene.allowed(row.who);
                let path = row.path.replacen(parameter, id, 1);
                let path = scene.path(&Row { path: path.leak(), body: None, ..row });
                let mut request = who.request(row.method.parse::<Method>().unwrap(), &path);
                if let Some(body) = &row.body {
                    request = request.json(body);
                }
                let answer = who.send(request).await;
                let expected = if row.who == For::Machines { 401 } else { expected };
                assert_eq!(answer.status, expected, "{id} at {} {}: {answer:?}", row.method, row.path);
            }
        }
    }
    scene.finish().await;
}

/// Whether any name will do there: a lab comes to be by being pushed, and is examined before it is.
fn makes(row: &Row, parameter: &str) -> bool {
    let pushes = row.method == "PUT" && row.path.ends_with("/labs/{lab}");
    parameter == "{lab}" && (pushes || row.path.ends_with("/validate"))
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_are_bounded_and_named() {
    let app = TestApp::start().await;
    let class = app.class("BAD-1").await;
    let valid =
        json!({ "name": "new", "display_name": "New", "email": "new@example.org", "password": "a long password" });
    for (field, value) in [
        ("name", json!("")),
        ("name", json!("a b")),
        ("name", json!("x".repeat(41))),
        ("display_name", json!("")),
        ("display_name", json!("x".repeat(81))),
        ("display_name", json!("two\nlines")),
        ("email", json!("no address")),
        ("password", json!("short")),
        ("password", json!("x".repeat(257))),
    ] {
        let mut body = valid.clone();
        body[field] = value;
        let answer = app.operator().send_json(Method::POST, &class.path("/members"), &body).await;
        assert_eq!((answer.status, answer.code()), (422, "invalid_request"), "{body}");
        assert_eq!(answer.body["errors"][0]["field"], field, "{answer:?}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_classs_settings_are_bounded_and_do_not_contradict_each_other() {
    let app = TestApp::start().await;
    let class = app.class("BAD-2").await;
    let read = app.operator().get(&class.path("")).await;
    let valid = settings_of(&read.body);
    for (field, wrong) in [
        ("title", json!({ "title": "" })),
        ("title", json!({ "title": "x".repeat(81) })),
        ("time_zone", json!({ "time_zone": "Mars/Olympus" })),
        ("opens_at", json!({ "opens_at": "tomorrow" })),
        ("closes_at", json!({ "opens_at": "2026-05-02T08:00:00Z", "closes_at": "2026-05-01T08:00:00Z" })),
        ("seats", json!({ "seats": 0 })),
        ("seats", json!({ "seats": 1001 })),
        ("environments_per_trainee", json!({ "environments_per_trainee": 9 })),
        ("idle_minutes", json!({ "idle_minutes": 9 })),
        ("max_extra_minutes", json!({ "max_extra_minutes": 481 })),
        ("trainee_extension_minutes", json!({ "max_extra_minutes": 10, "trainee_extension_minutes": 11 })),
        ("providers", json!({ "providers": [] })),
        ("providers[0]", json!({ "providers": ["acme"] })),
        ("budget_micro_usd", json!({ "budget_micro_usd": 0 })),
        ("viewing", json!({ "viewing": "always" })),
        ("instructors", json!({ "instructors": ["ins_00000000000000000000000000"] })),
    ] {
        let mut settings = valid.clone();
        settings.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        let answer = app.operator().edit(&class.path(""), &read.etag, &settings).await;
        assert_eq!((answer.status, answer.code()), (422, "invalid_request"), "{wrong}");
        assert_eq!(answer.body["errors"][0]["field"], field, "{answer:?}");
    }
    assert_eq!(app.operator().get(&class.path("")).await.etag, read.etag, "nothing was written");
    for code in ["abc", "x".repeat(21).as_str(), "no spaces", "-ABC-", "ÄBCD"] {
        let body = json!({ "code": code, "title": "T" });
        let answer = app.operator().send_json(Method::POST, "/api/admin/classes", &body).await;
        assert_eq!((answer.status, &answer.body["errors"][0]["field"]), (422, &json!("code")), "{code}");
    }
    app.finish().await;
}
